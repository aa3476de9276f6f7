// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/sanitized.hpp>
#include <lucid/core/runtime/system_call_filter.hpp>

#include <array>
#include <sys/syscall.h>

// A decoder computes: what it may ask the kernel for is a short list. Everything else ends it, so
// that whoever took it over does not get a second try.

namespace lucid::core::runtime {
namespace {

constexpr auto allowed = std::to_array<std::uint32_t>({
    // Descriptors it has; recvmsg also takes those it is handed.
    SYS_read,
    SYS_write,
    SYS_pread64,
    SYS_pwrite64,
    SYS_readv,
    SYS_writev,
    SYS_lseek,
    SYS_ftruncate,
    SYS_recvfrom,
    SYS_sendto,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_ppoll,
    SYS_shutdown,
    SYS_close,
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
    // Time, randomness, and how many processors there are.
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_clock_nanosleep,
    SYS_getrandom,
    SYS_sched_getaffinity,
    SYS_sched_yield,
    SYS_getrusage,
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

/// Asked for by libraries out of habit; the answer "no" is as good.
constexpr auto refused = std::to_array<std::uint32_t>({
    SYS_fcntl,
    SYS_ioctl,
    SYS_newfstatat,
    SYS_statx,
    SYS_prlimit64,
    SYS_sysinfo,
    SYS_uname,
#if defined(SYS_access)
    SYS_access,
#endif
#if defined(SYS_readlink)
    SYS_readlink,
#endif
    SYS_readlinkat,
    SYS_faccessat,
});

}  // namespace

Result<void> confine_decoder() {
    // Where Landlock and namespaces are missing the filter alone keeps files and sockets away.
    (void)leave_network();
    Jail nothing;
    nothing.bind_tcp.emplace();
    nothing.connect_tcp.emplace();
    LUCID_CHECK(enter_jail(nothing));
    if constexpr (sanitized) return {};
    using Answer = SystemCallFilter::Answer;
    SystemCallFilter filter(Answer::kill);
    filter.rules(allowed, Answer::allow);
    filter.rules(refused, Answer::refuse);
    filter.allow_memory_without_code();
    filter.allow_own_signals();
    return filter.enter();
}

}  // namespace lucid::core::runtime
