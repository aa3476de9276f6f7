// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Roots of Merkle Patricia tries (Yellow Paper Appendix D), computed from sorted items; nodes are
/// never stored.

#include <lucid/common/bytes/bytes.hpp>

#include <map>
#include <vector>

namespace lucid::blockchain::state {

/// Key → RLP value, keys as they stand in the trie (hashed by the caller where the trie is secure).
using TrieItems = std::map<Bytes, Bytes>;

/// Hex-prefix encoding of a path (Appendix C); `leaf` is its terminator flag.
[[nodiscard]] Bytes hex_prefix(ByteView nibbles, bool leaf);

[[nodiscard]] Hash32 trie_root(const TrieItems& items);
/// Trie of a block's transactions or receipts: key = RLP of the index.
[[nodiscard]] Hash32 ordered_trie_root(const std::vector<Bytes>& values);

}  // namespace lucid::blockchain::state
