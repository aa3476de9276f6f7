// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Two checkpoints and the proof between them: every pair of sizes, and everything that may be
// wrong.
#include <lucid/blockchain/tlog/growth.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::tlog {
namespace {

constexpr std::uint64_t seen_at_s = 1'700'000'000;

class GrowthTest : public ::testing::Test {
  protected:
    GrowthTest() {
        for (std::uint8_t i = 0; i < 40; ++i) leaves_.push_back(crypto::merkle_leaf(Bytes{i}));
    }
    static crypto::Ed25519Key key_of(std::uint8_t seed) {
        return crypto::Ed25519Key(crypto::Secret(Bytes(32, seed)));
    }
    [[nodiscard]] Note checkpoint(std::uint64_t size, const std::string& origin = "log") const {
        Note note;
        const auto root = size == 0 ? crypto::merkle_empty_root()
                                    : crypto::merkle_root(std::span(leaves_).first(size));
        note.text = Checkpoint{origin, size, root, {}}.to_text();
        note.signatures.push_back(sign_text(note.text, origin, key_));
        return note;
    }
    [[nodiscard]] AddCheckpoint grown(std::uint64_t from, std::uint64_t size) const {
        AddCheckpoint out;
        out.old_size = from;
        if (from > 0)
            out.proof = crypto::merkle_consistency_proof(std::span(leaves_).first(size), from);
        out.note = checkpoint(size);
        return out;
    }
    [[nodiscard]] std::error_code error(const Note& before, const AddCheckpoint& after,
                                        std::span<const VerifierKey> witnesses = {}) const {
        const auto result = verify_growth(before, after, log_key_, witnesses);
        return result ? std::error_code() : result.error().code;
    }

    crypto::Ed25519Key key_ = key_of(1);
    VerifierKey log_key_{"log", KeyType::ed25519, key_.public_key()};
    std::vector<Hash32> leaves_;
};

TEST_F(GrowthTest, every_pair_of_sizes) {
    for (std::uint64_t from = 0; from <= leaves_.size(); ++from)
        for (auto size = from; size <= leaves_.size(); ++size) {
            const auto growth = verify_growth(checkpoint(from), grown(from, size), log_key_, {});
            ASSERT_TRUE(growth) << from << " to " << size << ": " << growth.error().message();
            EXPECT_EQ(growth->before.size, from);
            EXPECT_EQ(growth->after.size, size);
        }
}

TEST_F(GrowthTest, a_log_that_was_rewritten) {
    const auto before = checkpoint(17);
    leaves_[3][0] ^= 1;
    EXPECT_EQ(error(before, grown(17, 33)), Errc::hash_mismatch);
    EXPECT_EQ(error(before, grown(17, 17)), Errc::hash_mismatch) << "same size, another root";
    leaves_[3][0] ^= 1;
    for (std::size_t i = 0; i < grown(17, 33).proof.size(); ++i) {
        auto damaged = grown(17, 33);
        damaged.proof[i][31] ^= 1;
        EXPECT_EQ(error(before, damaged), Errc::hash_mismatch) << i;
        damaged = grown(17, 33);
        damaged.proof.erase(damaged.proof.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_NE(error(before, damaged), std::error_code()) << i;
    }
    auto empty = checkpoint(0);
    empty.text = Checkpoint{"log", 0, crypto::merkle_leaf({}), {}}.to_text();
    empty.signatures = {sign_text(empty.text, "log", key_)};
    EXPECT_EQ(error(empty, grown(0, 5)), Errc::hash_mismatch);
}

TEST_F(GrowthTest, what_does_not_belong_together) {
    EXPECT_EQ(error(checkpoint(20), grown(5, 10)), Errc::refused) << "shorter";
    EXPECT_EQ(error(checkpoint(5), grown(6, 10)), Errc::refused) << "proof from elsewhere";
    EXPECT_EQ(error(checkpoint(5, "other"), grown(5, 10)), Errc::refused);
}

TEST_F(GrowthTest, signatures) {
    auto unsigned_note = checkpoint(5);
    unsigned_note.signatures = {sign_text(unsigned_note.text, "other", key_of(2))};
    EXPECT_EQ(error(unsigned_note, grown(5, 10)), Errc::not_found);
    auto forged = grown(5, 10);
    forged.note.signatures[0].signature[0] ^= 1;
    EXPECT_EQ(error(checkpoint(5), forged), Errc::bad_signature);
    EXPECT_TRUE(verify_growth(checkpoint(5), forged, std::nullopt, {}))
        << "without a key the proof alone counts";

    const auto witness = key_of(9);
    const std::array keys = {VerifierKey{"witness", KeyType::cosignature, witness.public_key()}};
    auto seen = grown(5, 10);
    EXPECT_EQ(error(checkpoint(5), seen, keys), Errc::not_found);
    seen.note.signatures.push_back(cosign_text(seen.note.text, "witness", witness, seen_at_s));
    EXPECT_EQ(error(checkpoint(5), seen, keys), std::error_code());
    seen.note.signatures.back().signature[7] ^= 1;
    EXPECT_EQ(error(checkpoint(5), seen, keys), Errc::bad_signature) << "the time is signed too";
}

}  // namespace
}  // namespace lucid::blockchain::tlog
