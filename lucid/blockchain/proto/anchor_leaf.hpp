// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Leaves of the anchor log (docs/design/processes.md): what an inclusion proof proves, without any
/// EVM.

#include <lucid/blockchain/proto/header.hpp>
#include <lucid/common/crypto/ed25519.hpp>
#include <lucid/common/ids/session_id.hpp>

#include <variant>

namespace lucid::blockchain::proto {

/// A node's checkpoint over its live sessions of one slot.
struct CheckpointAnchor {
    std::uint64_t slot = 0;
    Hash32 root{};
    std::uint32_t count = 0;
};

/// A sealed session.
struct SessionAnchor {
    SessionId session_id;
    Hash32 manifest_hash{};
    std::uint64_t started_at_s = 0;
    Address owner{};
    Hash32 merkle_root{};
    std::uint64_t tree_size = 0;
    std::uint32_t chunk_count = 0;
};

/// A node and the key it signs evidence with; the first one stands in the genesis log.
struct NodeAnchor {
    crypto::Ed25519PublicKey evidence_key{};
};

/// Leaf data; the leaf hash is merkle_leaf() of it. `block_slot`: slot of the block that took it
/// in.
[[nodiscard]] Bytes anchor_leaf(std::uint64_t block_slot, const Address& node,
                                const CheckpointAnchor& anchor);
[[nodiscard]] Bytes anchor_leaf(std::uint64_t block_slot, const Address& node,
                                const SessionAnchor& anchor);
[[nodiscard]] Bytes anchor_leaf(std::uint64_t block_slot, const Address& node,
                                const NodeAnchor& anchor);

using Anchor = std::variant<CheckpointAnchor, SessionAnchor, NodeAnchor>;

struct AnchorLeaf {
    std::uint64_t block_slot = 0;
    Address node{};
    Anchor anchor;
};
/// The way back; every byte is accounted for.
Result<AnchorLeaf> decode_anchor_leaf(ByteView leaf);

}  // namespace lucid::blockchain::proto
