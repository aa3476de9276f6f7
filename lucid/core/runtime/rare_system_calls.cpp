// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/sanitized.hpp>
#include <lucid/core/runtime/system_call_filter.hpp>

#include <array>
#include <sys/syscall.h>

namespace lucid::core::runtime {
namespace {

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

}  // namespace

Result<void> refuse_rare_system_calls(bool no_programs) {
    if constexpr (sanitized) return {};
    using Answer = SystemCallFilter::Answer;
    SystemCallFilter filter(Answer::allow);
    filter.rules(rare, Answer::refuse);
    if (no_programs) filter.rules(programs, Answer::refuse);
    return filter.enter();
}

}  // namespace lucid::core::runtime
