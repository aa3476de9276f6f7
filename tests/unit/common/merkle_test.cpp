// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <gtest/gtest.h>

namespace lucid::crypto {
namespace {

/// MTH of RFC 6962 §2.1, straight from the definition.
Hash32 reference_root(std::span<const Hash32> leaves) {
    if (leaves.empty()) return sha256(ByteView{});
    if (leaves.size() == 1) return leaves[0];
    std::size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    return merkle_node(reference_root(leaves.first(k)), reference_root(leaves.subspan(k)));
}

std::vector<Hash32> make_leaves(std::size_t count) {
    std::vector<Hash32> leaves;
    for (std::size_t i = 0; i < count; ++i)
        leaves.push_back(merkle_leaf(Bytes{static_cast<std::uint8_t>(i), 1}));
    return leaves;
}

// Values of the certificate-transparency reference implementation.
TEST(Merkle, matches_reference_roots) {
    const std::vector<std::string> data = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
    std::vector<Hash32> leaves;
    for (const auto& item : data) leaves.push_back(merkle_leaf(*from_hex(item)));
    EXPECT_EQ(to_hex(merkle_root(leaves)),
              "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    EXPECT_EQ(to_hex(merkle_root(std::span(leaves).first(3))),
              "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    EXPECT_EQ(to_hex(merkle_empty_root()),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Merkle, frontier_and_levels_equal_the_definition) {
    MerkleFrontier frontier;
    const auto leaves = make_leaves(70);
    for (std::size_t n = 0; n <= leaves.size(); ++n) {
        const auto expected = reference_root(std::span(leaves).first(n));
        EXPECT_EQ(merkle_root(std::span(leaves).first(n)), expected) << n;
        EXPECT_EQ(frontier.root(), expected) << n;
        EXPECT_EQ(frontier.size(), n);
        if (n < leaves.size()) frontier.add(leaves[n]);
    }
}

TEST(Merkle, every_inclusion_proof_verifies_and_no_other) {
    for (std::size_t n = 1; n <= 20; ++n) {
        const auto leaves = make_leaves(n);
        const auto root = merkle_root(leaves);
        for (std::size_t i = 0; i < n; ++i) {
            auto proof = merkle_inclusion_proof(leaves, i);
            EXPECT_TRUE(merkle_verify_inclusion(leaves[i], i, n, proof, root));
            for (std::size_t j = 0; j < n; ++j)
                if (j != i) EXPECT_FALSE(merkle_verify_inclusion(leaves[i], j, n, proof, root));
            EXPECT_FALSE(merkle_verify_inclusion(leaves[i], i, 0, proof, root));
            proof.push_back(root);
            EXPECT_FALSE(merkle_verify_inclusion(leaves[i], i, n, proof, root));
            proof.pop_back();
            if (!proof.empty()) {
                proof.back()[0] ^= 1;
                EXPECT_FALSE(merkle_verify_inclusion(leaves[i], i, n, proof, root));
                proof.pop_back();
                EXPECT_FALSE(merkle_verify_inclusion(leaves[i], i, n, proof, root));
            }
        }
    }
}

TEST(Merkle, every_consistency_proof_verifies_and_damage_does_not) {
    const auto leaves = make_leaves(20);
    for (std::size_t n = 0; n <= leaves.size(); ++n) {
        const auto all = std::span(leaves).first(n);
        for (std::size_t m = 0; m <= n; ++m) {
            auto proof = merkle_consistency_proof(all, m);
            const auto old_root = merkle_root(all.first(m));
            EXPECT_TRUE(merkle_verify_consistency(m, old_root, n, merkle_root(all), proof));
            if (!proof.empty()) {
                proof[0][5] ^= 1;
                EXPECT_FALSE(merkle_verify_consistency(m, old_root, n, merkle_root(all), proof));
                proof.pop_back();
                EXPECT_FALSE(merkle_verify_consistency(m, old_root, n, merkle_root(all), proof));
            }
            auto wrong = old_root;
            wrong[0] ^= 1;
            EXPECT_FALSE(merkle_verify_consistency(m, wrong, n, merkle_root(all),
                                                   merkle_consistency_proof(all, m)));
        }
    }
}

}  // namespace
}  // namespace lucid::crypto
