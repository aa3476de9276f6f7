// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What is known not to pass, and why. A failure that is not named here fails the run; so does a
/// name that nothing fails under any more.

#include <span>
#include <string_view>

namespace lucid::blockchain::conformance {

struct Gap {
    std::string_view pattern;  ///< part of "file name"
    std::string_view reason;
};

[[nodiscard]] std::span<const Gap> known_gaps();
/// The gap that explains a failure; nullptr: none does.
[[nodiscard]] const Gap* gap_of(std::string_view file, std::string_view name);

}  // namespace lucid::blockchain::conformance
