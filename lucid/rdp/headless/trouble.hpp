// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/result/result.hpp>

#include <string>

namespace lucid::rdp::headless {

/// Why something did not work, for the person who asked, and what to do about it (may be empty).
struct Trouble {
    std::string what;
    std::string next;
};
template <class T>
using Outcome = tl::expected<T, Trouble>;
using tl::unexpected;

}  // namespace lucid::rdp::headless
