// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>

namespace lucid::blockchain::proto {
namespace {

constexpr std::string_view magic = "lucid/anchor/1";
constexpr std::uint8_t type_checkpoint = 1;
constexpr std::uint8_t type_session = 2;
constexpr std::uint8_t type_node = 3;

Writer leaf_head(std::uint8_t type, std::uint64_t block_slot, const Address& node) {
    Writer w;
    w.text(magic).u8(type).u64_le(block_slot).bytes(node);
    return w;
}

Result<CheckpointAnchor> read_checkpoint(Reader& r) {
    CheckpointAnchor anchor;
    LUCID_TRY(anchor.slot, r.u64_le("checkpoint slot"));
    LUCID_TRY(anchor.root, r.array<32>("checkpoint root"));
    LUCID_TRY(anchor.count, r.u32_le("checkpoint count"));
    return anchor;
}

Result<SessionAnchor> read_session(Reader& r) {
    SessionAnchor anchor;
    LUCID_TRY(anchor.session_id.bytes, r.array<32>("session id"));
    LUCID_TRY(anchor.manifest_hash, r.array<32>("manifest hash"));
    LUCID_TRY(anchor.started_at_s, r.u64_le("started at"));
    LUCID_TRY(anchor.owner, r.array<20>("owner"));
    LUCID_TRY(anchor.merkle_root, r.array<32>("merkle root"));
    LUCID_TRY(anchor.tree_size, r.u64_le("tree size"));
    LUCID_TRY(anchor.chunk_count, r.u32_le("chunk count"));
    return anchor;
}

}  // namespace

Bytes anchor_leaf(std::uint64_t block_slot, const Address& node, const CheckpointAnchor& anchor) {
    auto w = leaf_head(type_checkpoint, block_slot, node);
    w.u64_le(anchor.slot).bytes(anchor.root).u32_le(anchor.count);
    return w.take();
}

Bytes anchor_leaf(std::uint64_t block_slot, const Address& node, const SessionAnchor& anchor) {
    auto w = leaf_head(type_session, block_slot, node);
    w.bytes(anchor.session_id.bytes).bytes(anchor.manifest_hash).u64_le(anchor.started_at_s);
    w.bytes(anchor.owner).bytes(anchor.merkle_root).u64_le(anchor.tree_size);
    w.u32_le(anchor.chunk_count);
    return w.take();
}

Bytes anchor_leaf(std::uint64_t block_slot, const Address& node, const NodeAnchor& anchor) {
    auto w = leaf_head(type_node, block_slot, node);
    w.bytes(anchor.evidence_key);
    return w.take();
}

Result<AnchorLeaf> decode_anchor_leaf(ByteView bytes) {
    Reader r(bytes);
    AnchorLeaf leaf;
    LUCID_CHECK(r.expect(as_bytes(magic), "anchor leaf"));
    LUCID_TRY(const auto type, r.u8("anchor leaf type"));
    LUCID_TRY(leaf.block_slot, r.u64_le("anchor leaf slot"));
    LUCID_TRY(leaf.node, r.array<20>("anchor leaf node"));
    if (type == type_checkpoint) {
        LUCID_TRY(leaf.anchor, read_checkpoint(r));
    } else if (type == type_session) {
        LUCID_TRY(leaf.anchor, read_session(r));
    } else if (type == type_node) {
        NodeAnchor node;
        LUCID_TRY(node.evidence_key, r.array<32>("evidence key"));
        leaf.anchor = node;
    } else {
        return fail(Errc::bad_value, "anchor leaf type", type);
    }
    if (!r.empty()) return fail(Errc::trailing_bytes, "anchor leaf", r.remaining());
    return leaf;
}

}  // namespace lucid::blockchain::proto
