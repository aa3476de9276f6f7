// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/sanitized.hpp>
#include <lucid/core/runtime/system_call_filter.hpp>
#include <lucid/rdp/gateway/syscall_filter.hpp>

#include <array>
#include <span>
#include <sys/syscall.h>

namespace lucid::rdp::gateway {

namespace {

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

}  // namespace

std::size_t allowed_system_calls() {
    // mmap, mprotect and tgkill have conditions.
    return allowed.size() + 3;
}

bool has_syscall_filter() {
    return !core::runtime::sanitized;
}

namespace {

Result<void> confine(std::span<const std::uint32_t> more) {
    if (!has_syscall_filter()) return {};
    using Answer = core::runtime::SystemCallFilter::Answer;
    core::runtime::SystemCallFilter filter(Answer::refuse);
    filter.rules(allowed, Answer::allow);
    filter.rules(more, Answer::allow);
    filter.allow_memory_without_code();
    filter.allow_own_signals();
    return filter.enter();
}

}  // namespace

Result<void> confine_to_open_descriptors() {
    return confine({});
}

Result<void> confine_to_listener() {
    return confine(allowed_at_the_door);
}

}  // namespace lucid::rdp::gateway
