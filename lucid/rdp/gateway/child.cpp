// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/child.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace lucid::rdp::gateway {

namespace {

constexpr int channel_fd = 3;

std::string describe(int status) {
    if (WIFEXITED(status)) return fmt::format("exited with {}", WEXITSTATUS(status));
    return fmt::format("killed by signal {}", WTERMSIG(status));
}

}  // namespace

Result<Child> Child::spawn(const std::string& role, const std::vector<std::string>& arguments) {
    LUCID_TRY(auto ends, core::net::FrameChannel::make_pair());
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    // adddup2 onto the same number clears close-on-exec (glibc 2.29), so 3 needs no special case.
    posix_spawn_file_actions_adddup2(&actions, ends.second.fd(), channel_fd);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // Signals of the terminal go to core alone, which ends its children in order; blocked signals
    // of the starting thread must not be inherited.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

    std::vector<std::string> texts = {"lucid", "role", role};
    texts.insert(texts.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& text : texts) argv.push_back(text.data());
    argv.push_back(nullptr);
    Child child;
    const int error =
        ::posix_spawn(&child.pid_, "/proc/self/exe", &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        child.pid_ = -1;
        return fail_errno(error, "starting a process");
    }
    child.channel_ = std::move(ends.first);
    return child;
}

Child::Child(Child&& other) noexcept
    : channel_(std::move(other.channel_)),
      pid_(std::exchange(other.pid_, -1)),
      ending_(std::move(other.ending_)) {}

Child& Child::operator=(Child&& other) noexcept {
    if (this != &other) {
        kill();
        channel_ = std::move(other.channel_);
        pid_ = std::exchange(other.pid_, -1);
        ending_ = std::move(other.ending_);
    }
    return *this;
}

Child::~Child() {
    kill();
}

bool Child::wait(std::chrono::milliseconds patience) {
    if (pid_ < 0) return true;
    const core::net::Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (process.valid()) {
        pollfd item{process.get(), POLLIN, 0};
        int ready = -1;
        do ready = ::poll(&item, 1, static_cast<int>(patience.count()));
        while (ready < 0 && errno == EINTR);
        if (ready <= 0) return false;
    }
    int status = 0;
    const pid_t reaped = ::waitpid(pid_, &status, process.valid() ? 0 : WNOHANG);
    if (reaped == 0) return false;
    ending_ = reaped == pid_ ? describe(status) : "gone";
    pid_ = -1;
    return true;
}

void Child::terminate() {
    if (pid_ > 0) (void)::kill(pid_, SIGTERM);
}

void Child::kill() {
    if (pid_ < 0) return;
    (void)::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ending_ = describe(status);
    pid_ = -1;
}

}  // namespace lucid::rdp::gateway
