// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/syscall_filter.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <span>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LUCID_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LUCID_SANITIZED 1
#endif

namespace lucid::rdp::gateway {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_AARCH64;
#else
#error "say which system call numbers this machine has"
#endif

constexpr auto allowed = std::to_array<std::uint32_t>({
    // Descriptors it has; recvmsg also takes the ones that core hands over.
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_recvfrom,
    SYS_sendto,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_ppoll,
    SYS_close,
    SYS_fcntl,
    SYS_setsockopt,
    SYS_getsockopt,
    SYS_shutdown,
    SYS_fstat,
#if defined(SYS_poll)
    SYS_poll,
#endif
    // Memory; mmap and mprotect have a rule of their own.
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    // Time and randomness.
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_clock_nanosleep,
    SYS_getrandom,
    // Leaving, in order or by an assertion.
    SYS_exit,
    SYS_exit_group,
    SYS_restart_syscall,
    SYS_rt_sigreturn,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_getpid,
    SYS_gettid,
});

/// What the door does besides: a listener it was given, and thousands of descriptors to wait for.
constexpr auto allowed_at_the_door = std::to_array<std::uint32_t>({
    SYS_accept4,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
#if defined(SYS_epoll_wait)
    SYS_epoll_wait,
#endif
});

#define LUCID_FIELD(member) static_cast<std::uint32_t>(offsetof(seccomp_data, member))

void load(std::vector<sock_filter>& program, std::uint32_t offset) {
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

void answer(std::vector<sock_filter>& program, std::uint32_t action) {
    program.push_back(BPF_STMT(BPF_RET | BPF_K, action));
}

/// A call that is allowed unless its third argument asks for executable memory.
void allow_without_exec(std::vector<sock_filter>& program, std::uint32_t number) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
    // The low half of a 64-bit argument on a little-endian machine.
    load(program, LUCID_FIELD(args) + 2 * sizeof(std::uint64_t));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
}

/// abort() signals the own process; nobody else's.
void allow_own_signals(std::vector<sock_filter>& program) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4));
    load(program, LUCID_FIELD(args));
    program.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(::getpid()), 0, 1));
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
}

std::vector<sock_filter> make_program(std::span<const std::uint32_t> more) {
    std::vector<sock_filter> program;
    // Another architecture's numbers mean other calls.
    load(program, LUCID_FIELD(arch));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, our_architecture, 1, 0));
    answer(program, SECCOMP_RET_KILL_PROCESS);
    load(program, LUCID_FIELD(nr));
    for (const auto number : allowed) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
        answer(program, SECCOMP_RET_ALLOW);
    }
    for (const auto number : more) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
        answer(program, SECCOMP_RET_ALLOW);
    }
    allow_without_exec(program, SYS_mmap);
    allow_without_exec(program, SYS_mprotect);
    allow_own_signals(program);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
    return program;
}

}  // namespace

std::size_t allowed_system_calls() {
    // mmap, mprotect and tgkill have conditions.
    return allowed.size() + 3;
}

bool has_syscall_filter() {
#if defined(LUCID_SANITIZED)
    return false;
#else
    return true;
#endif
}

namespace {

Result<void> confine(std::span<const std::uint32_t> more) {
    if (!has_syscall_filter()) return {};
    auto program = make_program(more);
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        return fail_errno(errno, "seccomp filter");
    return {};
}

}  // namespace

Result<void> confine_to_open_descriptors() {
    return confine({});
}

Result<void> confine_to_listener() {
    return confine(allowed_at_the_door);
}

}  // namespace lucid::rdp::gateway
