// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/witness.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::tlog {
namespace {

crypto::Ed25519Key key_of(std::uint8_t seed) {
    return crypto::Ed25519Key(crypto::Secret(Bytes(32, seed)));
}

/// A log of numbered leaves, its key, and a witness that knows it.
class WitnessTest : public ::testing::Test {
  protected:
    WitnessTest()
        : log_key_(key_of(1)),
          witness_key_(key_of(2)),
          witness_("witness.example", witness_key_, known()) {
        for (std::uint8_t i = 0; i < 100; ++i) leaves_.push_back(crypto::merkle_leaf(Bytes{i}));
    }

    std::map<std::string, Witness::Log> known() const {
        return {{"log.example", {{"log.example", KeyType::ed25519, log_key_.public_key()}, {}}}};
    }
    [[nodiscard]] Hash32 root(std::uint64_t size) const {
        return crypto::merkle_root(std::span(leaves_).first(size));
    }
    [[nodiscard]] AddCheckpoint request(std::uint64_t old_size, std::uint64_t size) const {
        AddCheckpoint out;
        out.old_size = old_size;
        out.proof = crypto::merkle_consistency_proof(std::span(leaves_).first(size),
                                                     std::min(old_size, size));
        out.note.text = Checkpoint{"log.example", size, root(size), {}}.to_text();
        out.note.signatures.push_back(sign_text(out.note.text, "log.example", log_key_));
        return out;
    }
    WitnessAnswer ask(const AddCheckpoint& what) {
        auto answer = witness_.add_checkpoint(what.to_text(), 1'700'000'000);
        if (answer.head) witness_.keep(answer.origin, *answer.head);
        return answer;
    }

    crypto::Ed25519Key log_key_;
    crypto::Ed25519Key witness_key_;
    Witness witness_;
    std::vector<Hash32> leaves_;
};

TEST_F(WitnessTest, cosigns_a_growing_log) {
    std::uint64_t before = 0;
    for (const std::uint64_t size : {1, 2, 3, 7, 8, 64, 65, 100}) {
        const auto what = request(before, size);
        const auto answer = ask(what);
        ASSERT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.head, (WitnessedHead{size, root(size)}));
        const auto line = parse_signature_line(answer.body);
        ASSERT_TRUE(line);
        const auto time_s = verify_note({what.note.text, {*line}}, witness_.verifier_key());
        ASSERT_TRUE(time_s);
        EXPECT_EQ(*time_s, 1'700'000'000);
        before = size;
    }
}

TEST_F(WitnessTest, cosigns_the_same_head_again) {
    EXPECT_EQ(ask(request(0, 10)).status, 200);
    EXPECT_EQ(ask(request(10, 10)).status, 200);
}

TEST_F(WitnessTest, says_what_it_has_when_the_old_size_is_another) {
    EXPECT_EQ(ask(request(0, 10)).status, 200);
    for (const auto old_size : {0, 5, 11}) {
        const auto answer = ask(request(static_cast<std::uint64_t>(old_size), 20));
        EXPECT_EQ(answer.status, 409);
        EXPECT_EQ(answer.content_type, "text/x.tlog.size");
        EXPECT_EQ(answer.body, "10\n");
        EXPECT_FALSE(answer.head);
    }
}

TEST_F(WitnessTest, a_fork_is_never_cosigned) {
    EXPECT_EQ(ask(request(0, 10)).status, 200);
    leaves_[3] = crypto::merkle_leaf(Bytes{0xff});
    EXPECT_EQ(ask(request(10, 10)).status, 409);
    EXPECT_EQ(ask(request(10, 20)).status, 422);
    EXPECT_EQ(witness_.logs().at("log.example").head.size, 10);
}

TEST_F(WitnessTest, a_shorter_log_is_refused) {
    EXPECT_EQ(ask(request(0, 10)).status, 200);
    EXPECT_EQ(ask(request(10, 9)).status, 400);
}

TEST_F(WitnessTest, every_damaged_proof_hash_is_refused) {
    EXPECT_EQ(ask(request(0, 37)).status, 200);
    const auto good = request(37, 100);
    for (std::size_t i = 0; i < good.proof.size(); ++i) {
        auto bad = good;
        bad.proof[i][5] ^= 1;
        EXPECT_EQ(ask(bad).status, 422) << i;
    }
    auto bad = good;
    bad.proof.pop_back();
    EXPECT_EQ(ask(bad).status, 422);
    bad = good;
    bad.proof.push_back(Hash32{});
    EXPECT_EQ(ask(bad).status, 422);
    EXPECT_EQ(ask(good).status, 200);
}

TEST_F(WitnessTest, proofs_where_none_belongs_are_refused) {
    auto first = request(0, 10);
    first.proof.push_back(Hash32{});
    EXPECT_EQ(ask(first).status, 422);
    EXPECT_EQ(ask(request(0, 10)).status, 200);
    auto same = request(10, 10);
    same.proof.push_back(Hash32{});
    EXPECT_EQ(ask(same).status, 422);
}

TEST_F(WitnessTest, unknown_logs_and_foreign_signatures_are_refused) {
    auto what = request(0, 10);
    what.note.text = Checkpoint{"other.example", 10, root(10), {}}.to_text();
    what.note.signatures = {sign_text(what.note.text, "other.example", log_key_)};
    EXPECT_EQ(ask(what).status, 404);
    what = request(0, 10);
    what.note.signatures = {sign_text(what.note.text, "log.example", witness_key_)};
    EXPECT_EQ(ask(what).status, 403);
    what = request(0, 10);
    what.note.signatures[0].signature[0] ^= 1;
    EXPECT_EQ(ask(what).status, 403);
}

TEST_F(WitnessTest, every_cut_request_is_refused) {
    EXPECT_EQ(ask(request(0, 37)).status, 200);
    const auto whole = request(37, 100).to_text();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto answer = witness_.add_checkpoint(std::string_view(whole).substr(0, size), 1);
        EXPECT_EQ(answer.status, 400) << size;
        EXPECT_FALSE(answer.head);
    }
}

TEST_F(WitnessTest, sixty_three_proof_hashes_and_no_more) {
    auto what = request(0, 10);
    what.proof.assign(proof_hashes_max, Hash32{});
    EXPECT_TRUE(AddCheckpoint::from_text(what.to_text()));
    what.proof.push_back(Hash32{});
    EXPECT_FALSE(AddCheckpoint::from_text(what.to_text()));
}

}  // namespace
}  // namespace lucid::blockchain::tlog
