// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the processor can do beyond what the program is compiled for. Every function written for it
/// has a portable one beside it that gives the same bytes; tests compare the two.

namespace lucid::processor {

#if defined(__x86_64__)
/// AVX2, with its registers saved by the system.
[[nodiscard]] inline bool has_avx2() {
    static const bool has = __builtin_cpu_supports("avx2") != 0;
    return has;
}
/// Marks a function compiled for AVX2. It may be called only where has_avx2() says so.
#define LUCID_AVX2 __attribute__((target("avx2")))
#endif

}  // namespace lucid::processor
