// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/file_lock.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>

namespace lucid::core::runtime {

namespace {
constexpr std::chrono::milliseconds pause{20};
}  // namespace

Result<net::Fd> lock_file(const std::string& path, std::chrono::milliseconds patience) {
    net::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.valid()) return fail_errno(errno, "lock file");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return fail_errno(errno, "lock file");
        if (std::chrono::steady_clock::now() >= deadline)
            return fail(Errc::timed_out, "lock that another process holds");
        std::this_thread::sleep_for(pause);
    }
    return file;
}

}  // namespace lucid::core::runtime
