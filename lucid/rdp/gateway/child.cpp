// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/spawn.hpp>
#include <lucid/rdp/gateway/child.hpp>

#include <cerrno>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

namespace {

/// Not the path: after an upgrade the file there may be another version than this process.
constexpr const char* own_image = "/proc/self/exe";

std::string describe(int status) {
    if (WIFEXITED(status)) return fmt::format("exited with {}", WEXITSTATUS(status));
    return fmt::format("killed by signal {}", WTERMSIG(status));
}

}  // namespace

Result<Child> Child::spawn(const std::string& role, const std::vector<std::string>& arguments) {
    LUCID_TRY(auto started, core::runtime::spawn_role(own_image, role, arguments));
    Child child;
    child.pid_ = started.pid;
    child.channel_ = std::move(started.channel);
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
