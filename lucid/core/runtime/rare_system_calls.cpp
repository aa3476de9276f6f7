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
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace lucid::core::runtime {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_X86_64;
/// Numbers with this bit are the x32 ABI's: other names for the same calls.
constexpr std::uint32_t foreign_numbers = 0x40000000;
#elif defined(__aarch64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t foreign_numbers = 0x40000000;
#else
#error "say which system call numbers this machine has"
#endif

constexpr auto rare = std::to_array<std::uint32_t>({
    // Other processes.
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_pidfd_getfd,
    // What the system consists of.
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_unshare,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_acct,
    SYS_quotactl,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_fsopen,
    SYS_fsmount,
    SYS_move_mount,
    SYS_open_tree,
    SYS_settimeofday,
    SYS_clock_settime,
    // Large kernel interfaces that attackers like.
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_personality,
    SYS_lookup_dcookie,
    SYS_mbind,
    SYS_migrate_pages,
    SYS_move_pages,
    SYS_vmsplice,
});
constexpr auto programs = std::to_array<std::uint32_t>({SYS_execve, SYS_execveat});

void statement(std::vector<sock_filter>& program, unsigned code, std::uint32_t value) {
    program.push_back(BPF_STMT(static_cast<std::uint16_t>(code), value));
}

void refuse(std::vector<sock_filter>& program, std::uint32_t number) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    statement(program, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
}

}  // namespace

Result<void> refuse_rare_system_calls(bool no_programs) {
    if constexpr (sanitized) return {};
    std::vector<sock_filter> program;
    statement(program, BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, our_architecture, 1, 0));
    statement(program, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    statement(program, BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, foreign_numbers, 0, 1));
    statement(program, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    for (const auto number : rare) refuse(program, number);
    if (no_programs)
        for (const auto number : programs) refuse(program, number);
    statement(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        return fail_errno(errno, "seccomp filter");
    return {};
}

}  // namespace lucid::core::runtime
