// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A seccomp filter, rule by rule: the one place that writes BPF. Which calls a process may make
/// stands with the process (seccomp(2), "Seccomp BPF" of the kernel's documentation).

#include <lucid/common/result/result.hpp>

#include <cstdint>
#include <linux/filter.h>
#include <span>
#include <vector>

namespace lucid::core::runtime {

class SystemCallFilter {
  public:
    enum class Answer {
        allow,
        refuse,  ///< the call fails with EPERM
        kill,    ///< the process ends
    };

    /// `otherwise`: for calls that no rule names. Calls of another architecture end the process.
    explicit SystemCallFilter(Answer otherwise);

    void rules(std::span<const std::uint32_t> numbers, Answer answer);
    /// mmap and mprotect, unless they ask for executable memory.
    void allow_memory_without_code();
    /// tgkill at the own process: abort() does that.
    void allow_own_signals();
    /// From here on, for the calling thread and what it starts; there is no way back. Needs no new
    /// privileges (harden_process).
    Result<void> enter();

  private:
    void load(std::size_t offset);
    void answer(Answer answer);
    /// Skips `statements` unless the loaded value is `value`.
    void unless_equal_skip(std::uint32_t value, std::uint8_t statements);

    Answer otherwise_;
    std::vector<sock_filter> program_;
};

}  // namespace lucid::core::runtime
