// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/common/bytes/writer.hpp>

namespace lucid::blockchain::proto {
namespace {

constexpr std::string_view magic = "lucid/anchor/1";

Writer leaf_head(std::uint8_t type, std::uint64_t block_slot, const Address& node) {
    Writer w;
    w.text(magic).u8(type).u64_le(block_slot).bytes(node);
    return w;
}

}  // namespace

Bytes anchor_leaf(std::uint64_t block_slot, const Address& node, const CheckpointAnchor& anchor) {
    auto w = leaf_head(1, block_slot, node);
    w.u64_le(anchor.slot).bytes(anchor.root).u32_le(anchor.count);
    return w.take();
}

Bytes anchor_leaf(std::uint64_t block_slot, const Address& node, const SessionAnchor& anchor) {
    auto w = leaf_head(2, block_slot, node);
    w.bytes(anchor.session_id.bytes).bytes(anchor.manifest_hash).u64_le(anchor.started_at_s);
    w.bytes(anchor.owner).bytes(anchor.merkle_root).u64_le(anchor.tree_size);
    w.u32_le(anchor.chunk_count);
    return w.take();
}

Bytes anchor_leaf(std::uint64_t block_slot, const Address& node, const NodeAnchor& anchor) {
    auto w = leaf_head(3, block_slot, node);
    w.bytes(anchor.evidence_key);
    return w.take();
}

}  // namespace lucid::blockchain::proto
