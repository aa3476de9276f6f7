// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/sanitized.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// A decoder computes: what it may ask the kernel for is a short list. Everything else ends it, so
// that whoever took it over does not get a second try.

namespace lucid::core::runtime {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_AARCH64;
#else
#error "say which system call numbers this machine has"
#endif

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

#define LUCID_FIELD(member) static_cast<std::uint32_t>(offsetof(seccomp_data, member))

class Program {
  public:
    Program() {
        load(LUCID_FIELD(arch));
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, our_architecture, 1, 0));
        answer(SECCOMP_RET_KILL_PROCESS);
        load(LUCID_FIELD(nr));
    }
    void rule(std::uint32_t number, std::uint32_t action) {
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
        answer(action);
    }
    /// Allowed unless the third argument asks for executable memory.
    void allow_without_exec(std::uint32_t number) {
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
        load(LUCID_FIELD(args) + 2 * sizeof(std::uint64_t));
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
        answer(SECCOMP_RET_ALLOW);
        answer(SECCOMP_RET_KILL_PROCESS);
    }
    /// abort() signals the own process.
    void allow_own_signals() {
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4));
        load(LUCID_FIELD(args));
        program_.push_back(
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(::getpid()), 0, 1));
        answer(SECCOMP_RET_ALLOW);
        answer(SECCOMP_RET_KILL_PROCESS);
    }
    Result<void> enter() {
        answer(SECCOMP_RET_KILL_PROCESS);
        const sock_fprog filter{static_cast<unsigned short>(program_.size()), program_.data()};
        if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
            return fail_errno(errno, "seccomp filter");
        return {};
    }

  private:
    void load(std::uint32_t offset) {
        program_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
    }
    void answer(std::uint32_t action) { program_.push_back(BPF_STMT(BPF_RET | BPF_K, action)); }
    std::vector<sock_filter> program_;
};

}  // namespace

Result<void> confine_decoder() {
    // Where Landlock and namespaces are missing the filter alone keeps files and sockets away.
    (void)leave_network();
    Jail nothing;
    nothing.bind_tcp.emplace();
    nothing.connect_tcp.emplace();
    LUCID_CHECK(enter_jail(nothing));
    if constexpr (sanitized) return {};
    Program program;
    for (const auto number : allowed) program.rule(number, SECCOMP_RET_ALLOW);
    for (const auto number : refused) program.rule(number, SECCOMP_RET_ERRNO | EPERM);
    program.allow_without_exec(SYS_mmap);
    program.allow_without_exec(SYS_mprotect);
    program.allow_own_signals();
    return program.enter();
}

}  // namespace lucid::core::runtime
