// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/anchor_log.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include "scratch_store.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::store {
namespace {

TEST(AnchorLog, is_the_tree_of_rfc_6962_at_every_size) {
    test::ScratchStore scratch;
    std::vector<Hash32> leaves;
    for (std::uint64_t size = 0; size < 70; ++size) {
        // Some are stored, the last ones only appended.
        const auto snapshot = *scratch.store().snapshot();
        AnchorLog log(snapshot, size);
        const Bytes data = {static_cast<std::uint8_t>(size), 1, 2};
        ASSERT_TRUE(log.append({crypto::merkle_leaf(data), size + 5, data}));
        leaves.push_back(crypto::merkle_leaf(data));
        EXPECT_EQ(*log.root(), crypto::merkle_root(leaves));
        auto batch = *scratch.store().begin();
        for (const auto& [key, value] : log.rows()) ASSERT_TRUE(batch.put(key, value));
        ASSERT_TRUE(batch.commit());
    }
    const auto snapshot = *scratch.store().snapshot();
    const AnchorLog log(snapshot, leaves.size());
    EXPECT_EQ(log.entry(3)->block_slot, 8);
    for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
        const std::span first(leaves.data(), size);
        EXPECT_EQ(*log.root(size), crypto::merkle_root(first));
        for (std::uint64_t i = 0; i < size; ++i) {
            ASSERT_EQ(*log.inclusion(i, size), crypto::merkle_inclusion_proof(first, i));
            ASSERT_EQ(*log.consistency(i, size), crypto::merkle_consistency_proof(first, i));
        }
    }
    EXPECT_FALSE(log.inclusion(70, 70));
    EXPECT_FALSE(log.inclusion(0, 71));
    EXPECT_FALSE(log.consistency(5, 71));
    EXPECT_FALSE(log.entry(70));
    EXPECT_FALSE(log.subtree(3, 8)) << "not full yet";
    EXPECT_EQ(*AnchorLog(snapshot, 0).root(), crypto::merkle_empty_root());
}

}  // namespace
}  // namespace lucid::blockchain::store
