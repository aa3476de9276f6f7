// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Looks through the pages of a store before LMDB does. LMDB trusts its file: a page that is cut
/// off or overwritten ends the process by an assertion or worse, where an error is wanted. What is
/// checked is what LMDB relies on to stay within its pages, not what the pages say.

#include <lucid/common/result/result.hpp>

namespace lucid::storage::kv {

/// Larger stores are checked so far when they are opened, unless their file was cut.
inline constexpr std::uint64_t pages_checked_at_open = 65'536;

/// `file`: LMDB's data file, format 1. `transaction`: number of an open read transaction, which
/// keeps its pages from being used again. Errc::bad_magic with the number of the page.
[[nodiscard]] Result<void> check_pages(int file, std::uint64_t transaction);

}  // namespace lucid::storage::kv
