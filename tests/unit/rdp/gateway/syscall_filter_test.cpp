// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/syscall_filter.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

/// Runs in a confined child; the exit code names the first wrong answer, 0 for none.
int probe_confined() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 1;
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) return 2;
    if (!confine_to_open_descriptors()) return 3;
    if (::open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM) return 4;
    if (::socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) return 5;
    if (::fork() >= 0 || errno != EPERM) return 6;
    char* const none[] = {nullptr};
    if (::execve("/bin/true", none, none) == 0 || errno != EPERM) return 7;
    if (::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
        MAP_FAILED)
        return 8;
    void* const memory =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 9;
    if (::mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0) return 10;
    char byte = 'x';
    if (::write(pipe[1], &byte, 1) != 1 || ::read(pipe[0], &byte, 1) != 1) return 11;
    return 0;
}

TEST(SyscallFilter, leaves_open_descriptors_and_memory_and_nothing_else) {
    if (!has_syscall_filter()) GTEST_SKIP() << "a sanitizer's runtime needs more";
    const pid_t child = ::fork();
    if (child == 0) ::_exit(probe_confined());
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace lucid::rdp::gateway
