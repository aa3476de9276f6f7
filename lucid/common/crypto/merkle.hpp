// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// RFC 6962 / RFC 9162 Merkle trees over SHA-256: leaf = H(0x00 ‖ data), node = H(0x01 ‖ l ‖ r).
/// Segments, checkpoints of a node, and the anchor log all use these functions.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::crypto {

[[nodiscard]] Hash32 merkle_leaf(ByteView data);
[[nodiscard]] Hash32 merkle_node(const Hash32& left, const Hash32& right);
/// Root of the empty tree: SHA-256 of nothing.
[[nodiscard]] Hash32 merkle_empty_root();
[[nodiscard]] Hash32 merkle_root(std::span<const Hash32> leaves);

/// Grows leaf by leaf in O(log n) memory and gives the root at any moment.
class MerkleFrontier {
  public:
    void add(const Hash32& leaf);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Hash32 root() const;

  private:
    std::vector<Hash32> peaks_;
    std::uint64_t size_ = 0;
};

/// PATH(index, leaves) of RFC 6962 §2.1.1; index < leaves.size().
[[nodiscard]] std::vector<Hash32> merkle_inclusion_proof(std::span<const Hash32> leaves,
                                                         std::uint64_t index);
/// Errc::hash_mismatch or Errc::bad_length where the proof does not lead from leaf to root.
Result<void> merkle_verify_inclusion(const Hash32& leaf, std::uint64_t index, std::uint64_t size,
                                     std::span<const Hash32> proof, const Hash32& root);
/// PROOF(m, leaves) of RFC 6962 §2.1.2; old_size <= leaves.size().
[[nodiscard]] std::vector<Hash32> merkle_consistency_proof(std::span<const Hash32> leaves,
                                                           std::uint64_t old_size);
Result<void> merkle_verify_consistency(std::uint64_t old_size, const Hash32& old_root,
                                       std::uint64_t new_size, const Hash32& new_root,
                                       std::span<const Hash32> proof);

}  // namespace lucid::crypto
