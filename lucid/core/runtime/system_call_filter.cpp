// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/system_call_filter.hpp>

#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lucid::core::runtime {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_AARCH64;
#else
#error "say which system call numbers this machine has"
#endif
/// Numbers with this bit are the x32 ABI's: other names for the same calls.
constexpr std::uint32_t foreign_numbers = 0x40000000;

/// The low half of a 64-bit argument on a little-endian machine.
constexpr std::size_t argument(std::size_t index) {
    return offsetof(seccomp_data, args) + index * sizeof(std::uint64_t);
}

}  // namespace

SystemCallFilter::SystemCallFilter(Answer otherwise) : otherwise_(otherwise) {
    load(offsetof(seccomp_data, arch));
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, our_architecture, 1, 0));
    answer(Answer::kill);
    load(offsetof(seccomp_data, nr));
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, foreign_numbers, 0, 1));
    answer(Answer::kill);
}

void SystemCallFilter::rules(std::span<const std::uint32_t> numbers, Answer then) {
    for (const auto number : numbers) {
        unless_equal_skip(number, 1);
        answer(then);
    }
}

void SystemCallFilter::allow_memory_without_code() {
    for (const std::uint32_t number : {SYS_mmap, SYS_mprotect}) {
        unless_equal_skip(number, 4);
        load(argument(2));
        program_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
        answer(Answer::allow);
        answer(otherwise_);
    }
}

void SystemCallFilter::allow_own_signals() {
    unless_equal_skip(SYS_tgkill, 4);
    load(argument(0));
    unless_equal_skip(static_cast<std::uint32_t>(::getpid()), 1);
    answer(Answer::allow);
    answer(otherwise_);
}

Result<void> SystemCallFilter::enter() {
    answer(otherwise_);
    const sock_fprog filter{static_cast<unsigned short>(program_.size()), program_.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        return fail_errno(errno, "seccomp filter");
    return {};
}

void SystemCallFilter::load(std::size_t offset) {
    program_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
}

void SystemCallFilter::answer(Answer answer) {
    std::uint32_t value = SECCOMP_RET_KILL_PROCESS;
    if (answer == Answer::allow) value = SECCOMP_RET_ALLOW;
    if (answer == Answer::refuse) value = SECCOMP_RET_ERRNO | EPERM;
    program_.push_back(BPF_STMT(BPF_RET | BPF_K, value));
}

void SystemCallFilter::unless_equal_skip(std::uint32_t value, std::uint8_t statements) {
    program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, statements));
}

}  // namespace lucid::core::runtime
