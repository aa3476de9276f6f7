// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/witness.hpp>

#include "forge.hpp"
#include <gtest/gtest.h>

// Bundles whose log head outside witnesses have cosigned.

namespace lucid::evidence_test {
namespace {

namespace tlog = blockchain::tlog;
using sessions::format::AnchorRecord;
using sessions::format::Verdict;

class WitnessedBundle : public ::testing::Test {
  protected:
    WitnessedBundle() {
        for (std::uint8_t i = 0; i < 3; ++i) keys_.emplace_back(crypto::Secret(Bytes(32, 100 + i)));
        record_ = *AnchorRecord::from_json(as_bytes(world().sessions[0].anchor_json));
        note_ = *tlog::Note::from_text(record_.log_checkpoint);
    }

    static std::string name(std::size_t i) { return "witness" + std::to_string(i) + ".example"; }
    [[nodiscard]] std::string verifier(std::size_t i) const {
        return tlog::VerifierKey{name(i), tlog::KeyType::cosignature, keys_[i].public_key()}
            .to_text();
    }
    /// What the i-th witness says of this head, having seen nothing before.
    [[nodiscard]] tlog::NoteSignature cosigned_by(std::size_t i) const {
        const auto origin = tlog::Checkpoint::from_text(note_.text)->origin;
        const tlog::Witness witness(
            name(i), keys_[i],
            {{origin,
              {{origin, tlog::KeyType::ed25519, world().validator_key().public_key()}, {}}}});
        const auto answer =
            witness.add_checkpoint(tlog::AddCheckpoint{0, {}, note_}.to_text(), 1'700'000'500);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return *tlog::parse_signature_line(answer.body);
    }
    AnchorRecord witnessed(std::size_t count) {
        auto record = record_;
        auto note = note_;
        for (std::size_t i = 0; i < count; ++i) {
            note.signatures.push_back(cosigned_by(i));
            record.witnesses.push_back(verifier(i));
        }
        record.log_checkpoint = note.to_text();
        return record;
    }
    static Verdict verdict(const AnchorRecord& record, const std::vector<std::string>& witnesses,
                           std::uint64_t quorum) {
        auto bundle = world().bundles[0];
        bundle.files["anchor.json"] = to_bytes(as_bytes(record.to_json()));
        sessions::format::VerifyOptions options;
        options.trust = world().trust();
        options.trust->witnesses = witnesses;
        options.trust->witness_quorum = quorum;
        return sessions::format::verify(bundle, options).verdict;
    }

    std::vector<crypto::Ed25519Key> keys_;
    AnchorRecord record_;
    tlog::Note note_;
};

TEST_F(WitnessedBundle, is_verified_when_enough_trusted_witnesses_cosigned) {
    const auto two = witnessed(2);
    EXPECT_EQ(verdict(two, {}, 0), Verdict::verified);
    EXPECT_EQ(verdict(two, {verifier(0)}, 1), Verdict::verified);
    EXPECT_EQ(verdict(two, {verifier(1), verifier(0), verifier(2)}, 2), Verdict::verified);
    EXPECT_EQ(verdict(two, {verifier(1), verifier(0), verifier(2)}, 3), Verdict::refused);
    EXPECT_EQ(verdict(two, {verifier(2)}, 1), Verdict::refused);
    EXPECT_EQ(verdict(record_, {verifier(0)}, 1), Verdict::refused);
}

TEST_F(WitnessedBundle, the_record_comes_back_from_its_text) {
    const auto json = witnessed(3).to_json();
    const auto again = AnchorRecord::from_json(as_bytes(json));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->to_json(), json);
    EXPECT_EQ(again->witnesses.size(), 3U);
    sessions::format::Trust trust = world().trust();
    trust.witnesses = {verifier(0), verifier(1)};
    trust.witness_quorum = 2;
    const auto trust_again = sessions::format::Trust::from_json(as_bytes(trust.to_json()));
    ASSERT_TRUE(trust_again);
    EXPECT_EQ(trust_again->witnesses, trust.witnesses);
    EXPECT_EQ(trust_again->witness_quorum, 2U);
}

TEST_F(WitnessedBundle, a_trust_file_asks_for_as_many_witnesses_as_it_names) {
    sessions::format::Trust trust = world().trust();
    trust.witnesses = {verifier(0)};
    for (const std::uint64_t quorum : {0, 2}) {
        trust.witness_quorum = quorum;
        EXPECT_FALSE(sessions::format::Trust::from_json(as_bytes(trust.to_json())));
    }
    trust.witnesses = {verifier(0), verifier(0)};
    trust.witness_quorum = 1;
    EXPECT_FALSE(sessions::format::Trust::from_json(as_bytes(trust.to_json())));
}

TEST_F(WitnessedBundle, every_damaged_byte_of_the_cosignatures_is_refused) {
    const auto good = witnessed(2);
    const auto refused = [&](const AnchorRecord& record, const std::string& what) {
        auto bundle = world().bundles[0];
        bundle.files["anchor.json"] = to_bytes(as_bytes(record.to_json()));
        expect_refused(std::move(bundle), what, "anchor.json");
    };
    for (std::size_t i = note_.to_text().size(); i < good.log_checkpoint.size(); ++i) {
        auto bad = good;
        // Stays ASCII, so it is the signature that is judged and not the JSON.
        bad.log_checkpoint[i] = bad.log_checkpoint[i] == 'A' ? 'B' : 'A';
        if (static_cast<unsigned char>(good.log_checkpoint[i]) < 0x80)
            refused(bad, "cosignature byte");
    }
    auto bad = good;
    std::swap(bad.witnesses[0], bad.witnesses[1]);
    refused(bad, "witnesses swapped");
    bad = good;
    bad.witnesses.pop_back();
    refused(bad, "a witness unnamed");
    bad = good;
    bad.witnesses.push_back(verifier(2));
    refused(bad, "a witness that has not signed");
    bad = good;
    bad.witnesses[0] = verifier(2);
    refused(bad, "another witness");
    bad = good;
    bad.log_checkpoint = record_.log_checkpoint;
    refused(bad, "no cosignatures");
    bad = record_;
    bad.log_checkpoint = good.log_checkpoint;
    refused(bad, "no witnesses named");
}

}  // namespace
}  // namespace lucid::evidence_test
