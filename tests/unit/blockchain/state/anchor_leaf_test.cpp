// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/anchor_leaf.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::proto {
namespace {

Bytes encode(const AnchorLeaf& leaf) {
    return std::visit(
        [&](const auto& anchor) { return anchor_leaf(leaf.block_slot, leaf.node, anchor); },
        leaf.anchor);
}

std::vector<Bytes> leaves() {
    const Address node{7};
    SessionAnchor session;
    session.session_id.bytes.fill(1);
    session.tree_size = 9;
    session.chunk_count = 2;
    return {anchor_leaf(5, node, CheckpointAnchor{4, Hash32{3}, 2}), anchor_leaf(5, node, session),
            anchor_leaf(5, node, NodeAnchor{})};
}

TEST(AnchorLeaf, is_read_back_to_the_byte) {
    for (const auto& bytes : leaves()) {
        const auto leaf = decode_anchor_leaf(bytes);
        ASSERT_TRUE(leaf) << leaf.error().message();
        EXPECT_EQ(leaf->block_slot, 5U);
        EXPECT_EQ(encode(*leaf), bytes);
    }
}

TEST(AnchorLeaf, no_prefix_and_no_longer_one_is_read) {
    for (auto bytes : leaves()) {
        for (std::size_t length = 0; length < bytes.size(); ++length)
            ASSERT_FALSE(decode_anchor_leaf(ByteView(bytes).first(length))) << length;
        bytes.push_back(0);
        EXPECT_FALSE(decode_anchor_leaf(bytes));
    }
}

TEST(AnchorLeaf, a_changed_bit_is_refused_or_says_something_else) {
    for (auto bytes : leaves())
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            auto changed = bytes;
            changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
            const auto leaf = decode_anchor_leaf(changed);
            if (leaf) EXPECT_EQ(encode(*leaf), changed);
        }
}

}  // namespace
}  // namespace lucid::blockchain::proto
