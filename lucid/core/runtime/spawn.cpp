// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/signals.hpp>
#include <lucid/core/runtime/spawn.hpp>

#include <cerrno>
#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

#include <climits>

namespace lucid::core::runtime {

std::string own_executable() {
    std::array<char, PATH_MAX> path{};
    const auto length = ::readlink("/proc/self/exe", path.data(), path.size());
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "lucid";
}

Result<Child> spawn_role(const std::string& executable, const std::string& role,
                         const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {"role", role};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return spawn_program(executable, words);
}

Result<Child> spawn_program(const std::string& executable,
                            const std::vector<std::string>& arguments) {
    LUCID_TRY(auto ends, net::FrameChannel::make_pair());
    // Everything is allocated before fork: the child of a threaded process may only make calls that
    // are safe after it.
    std::vector<std::string> words = {executable};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return fail_errno(errno, "fork");
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(127);
        unblock_signals();
        if (ends.second.fd() == role_channel_fd) {
            // dup2 onto itself would leave close-on-exec set.
            const int moved = ::dup(ends.second.fd());
            if (moved < 0) ::_exit(127);
            ::dup2(moved, role_channel_fd);
        } else {
            ::dup2(ends.second.fd(), role_channel_fd);
        }
        close_descriptors_from(role_channel_fd + 1);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    return Child{pid, std::move(ends.first)};
}

}  // namespace lucid::core::runtime
