// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The tree's hashes as tiles of 256 (C2SP tlog-tiles, heights of 8): level 0 holds leaves, level n
/// + 1 the roots of full tiles of level n.

#include <lucid/common/bytes/bytes.hpp>

#include <map>
#include <string>
#include <vector>

namespace lucid::sessions::format {

inline constexpr std::size_t tile_hashes = 256;

/// Relative path ("tiles/0/3") → content, for all tiles of a tree with these leaves.
[[nodiscard]] std::map<std::string, Bytes> make_tiles(std::span<const Hash32> leaves);

}  // namespace lucid::sessions::format
