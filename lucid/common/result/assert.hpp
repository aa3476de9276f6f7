// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace lucid {
/// Prints the failed claim to standard error and aborts.
[[noreturn]] void assertion_failed(const char* claim, const char* file, int line) noexcept;
}  // namespace lucid

/// A claim about our own code, checked in every build. Never on a peer's bytes: those get a Result.
#define LUCID_ASSERT(claim) \
    ((claim) ? void(0) : ::lucid::assertion_failed(#claim, __FILE__, __LINE__))
