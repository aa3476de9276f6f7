// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/checkpoint.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/verify.hpp>

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

// Anchor records of a chain whose validator signs whatever it is told: proofs, hashes and
// signatures all fit, so it is what they say that is refused.

namespace lucid::evidence_test {
namespace {

namespace proto = blockchain::proto;
namespace tlog = blockchain::tlog;
using namespace sessions::format;
using Leaves = std::vector<CheckpointLeaf>;

constexpr std::uint64_t genesis_s = 1'700'000'000;
constexpr std::uint64_t chain_id = 19541;
constexpr std::uint64_t registration_slot = 5;

crypto::Ed25519Key key_of(std::uint8_t fill) {
    return crypto::Ed25519Key(crypto::Secret(Bytes(32, fill)));
}

/// A recording of four segments that lasts from slot 0 into slot 1.
class AnchorRefusals : public ::testing::Test {
  protected:
    AnchorRefusals() {
        for (std::uint8_t i = 1; i <= 4; ++i) recording_.push_back(Hash32{i});
        manifest_.session_id = SessionId{{5}};
        manifest_.node = proto::Address{9};
        manifest_.node_key = evidence_.public_key();
        manifest_.started_at_us = (genesis_s + 5) * 1'000'000;
        manifest_.ended_at_us = (proto::slot_start(genesis_s, 1) + 30) * 1'000'000;
        manifest_.tree_size = recording_.size();
        manifest_.root = crypto::merkle_root(recording_);
        validators_.validators = {{validator_.public_key(), 3, manifest_.node}};
        checkpoints_ = {{seen(2)}, {seen(3)}};
    }

    [[nodiscard]] CheckpointLeaf seen(std::size_t segments) const {
        return {manifest_.session_id, segments,
                crypto::merkle_root(std::span(recording_).first(segments))};
    }
    static proto::CheckpointAnchor checkpoint_of(std::uint64_t slot, const Leaves& leaves) {
        return {slot, checkpoint_root(leaves), static_cast<std::uint32_t>(leaves.size())};
    }
    /// A checkpoint of `who` in the slot behind the recording's.
    void add_between(const proto::Address& who, const Leaves& anchored, const Leaves& shown) {
        between_.push_back({0, proto::anchor_leaf(3, who, checkpoint_of(2, anchored)), {}, shown});
    }

    BlockEvidence block(std::uint64_t number, std::uint64_t slot, std::uint64_t time_s,
                        const AnchorRecord& record) const {
        proto::ConsensusPayload payload;
        payload.slot = slot;
        payload.validator_set_hash = validators_.hash();
        payload.log_size = record.log_size;
        payload.log_root = record.log_root;
        proto::Header header;
        header.number = number;
        header.timestamp = time_s;
        header.extra_data = to_bytes(payload.hash());
        return {header.encode(), payload.encode()};
    }
    void sign(AnchorRecord& record) const {
        const auto block_hash = proto::Header::decode(record.head.header)->hash();
        const auto& all = validators_.validators;
        const auto mine = std::find_if(all.begin(), all.end(), [&](const auto& v) {
            return v.key == validator_.public_key();
        });
        const proto::Certificate certificate{
            1,
            0,
            block_hash,
            {{static_cast<std::uint32_t>(mine - all.begin()),
              validator_.sign(proto::vote_message(chain_id, 1, 0, block_hash))}}};
        record.certificate = certificate.encode();
        tlog::Checkpoint checkpoint{"log.example", record.log_size, record.log_root, {}};
        if (edit_note_) edit_note_(checkpoint);
        const auto text = checkpoint.to_text();
        record.log_checkpoint =
            tlog::Note{text, {tlog::sign_text(text, checkpoint.origin, validator_)}}.to_text();
    }

    /// The record of a log that holds: the node, its checkpoints, what is between, the session.
    [[nodiscard]] AnchorRecord anchored() const {
        AnchorRecord r;
        r.chain_id = chain_id;
        r.node = manifest_.node;
        r.evidence_key = manifest_.node_key;
        r.started_at_s = genesis_s + 5;
        r.validator_sets = {validators_.encode()};
        std::vector<Hash32> log = {
            crypto::merkle_leaf(proto::anchor_leaf(0, r.node, proto::NodeAnchor{r.evidence_key}))};
        for (std::size_t slot = 0; slot < checkpoints_.size(); ++slot) {
            const auto anchor = checkpoint_of(slot, checkpoints_[slot]);
            r.checkpoints.push_back({anchor, {log.size(), slot + 1, {}}, checkpoints_[slot]});
            log.push_back(crypto::merkle_leaf(proto::anchor_leaf(slot + 1, r.node, anchor)));
        }
        for (auto entry : between_) {
            entry.anchor_index = log.size();
            r.between.push_back(entry);
            log.push_back(crypto::merkle_leaf(entry.leaf));
        }
        r.session = {log.size(), registration_slot, {}};
        const proto::SessionAnchor session{
            manifest_.session_id, {}, r.started_at_s, r.owner, manifest_.root,
            manifest_.tree_size,  0};
        log.push_back(crypto::merkle_leaf(proto::anchor_leaf(registration_slot, r.node, session)));

        r.log_size = log.size();
        r.log_root = crypto::merkle_root(log);
        const auto proof = [&](std::uint64_t i) { return crypto::merkle_inclusion_proof(log, i); };
        r.registration.inclusion = proof(0);
        for (auto& c : r.checkpoints) c.position.inclusion = proof(c.position.anchor_index);
        for (auto& entry : r.between) entry.inclusion = proof(entry.anchor_index);
        r.session.inclusion = proof(r.session.anchor_index);
        r.genesis = block(0, 0, genesis_s, {});
        r.head = block(1, registration_slot,
                       proto::slot_start(genesis_s, registration_slot) + head_late_s_, r);
        sign(r);
        return r;
    }
    [[nodiscard]] std::string judged() const {
        const auto result =
            verify_anchor(anchored(), manifest_, Hash32{}, recording_, std::nullopt);
        return result ? "accepted" : result.error().context;
    }

    const crypto::Ed25519Key evidence_ = key_of(1);
    const crypto::Ed25519Key validator_ = key_of(2);
    std::vector<Hash32> recording_;
    Manifest manifest_;
    proto::ValidatorSet validators_;
    std::vector<Leaves> checkpoints_;  ///< of slot 0, 1
    std::vector<LogEntry> between_;
    std::uint64_t head_late_s_ = 0;
    std::function<void(tlog::Checkpoint&)> edit_note_;
};

TEST_F(AnchorRefusals, what_the_tests_start_from_is_accepted) {
    EXPECT_EQ(judged(), "accepted");
}

TEST_F(AnchorRefusals, a_checkpoint_without_the_session) {
    checkpoints_[1] = {{SessionId{{6}}, 3, Hash32{}}};
    EXPECT_EQ(judged(), "a checkpoint does not name the session");
    checkpoints_[1] = {seen(3), {SessionId{{6}}, 3, Hash32{}}};
    EXPECT_EQ(judged(), "accepted");
}

TEST_F(AnchorRefusals, checkpoints_that_know_more_than_the_recording_or_than_the_next_one) {
    checkpoints_ = {{seen(3)}, {seen(2)}};
    EXPECT_EQ(judged(), "the recording is shorter than a checkpoint says");
    checkpoints_ = {{seen(3)}, {seen(4)}};
    EXPECT_EQ(judged(), "accepted");
    checkpoints_[1][0].tree_size = 5;
    EXPECT_EQ(judged(), "the recording is shorter than a checkpoint says");
}

TEST_F(AnchorRefusals, a_checkpoint_of_other_segments) {
    checkpoints_[1][0].root[0] ^= 1;
    EXPECT_EQ(judged(), "the recording differs from a checkpoint");
}

TEST_F(AnchorRefusals, leaves_shown_for_what_is_no_checkpoint_of_the_node) {
    const proto::Address other{8};
    add_between(other, {seen(4)}, {});
    EXPECT_EQ(judged(), "accepted");
    between_[0].leaves = {seen(4)};
    EXPECT_EQ(judged(), "leaves of others");
    between_ = {{0, proto::anchor_leaf(3, manifest_.node, proto::SessionAnchor{}), {}, {}}};
    EXPECT_EQ(judged(), "accepted");
    between_[0].leaves = {seen(4)};
    EXPECT_EQ(judged(), "leaves of others");
}

TEST_F(AnchorRefusals, a_later_checkpoint_that_saw_another_recording) {
    const std::string rule = "the recording is shorter than a checkpoint after its end says";
    const auto with = [&](const CheckpointLeaf& leaf) {
        between_.clear();
        add_between(manifest_.node, {leaf}, {leaf});
        return judged();
    };
    EXPECT_EQ(with(seen(4)), "accepted");
    EXPECT_EQ(with(seen(3)), "accepted") << "one that was made before the last segment";
    auto leaf = seen(4);
    leaf.root[0] ^= 1;
    EXPECT_EQ(with(leaf), rule);
    leaf = seen(4);
    leaf.tree_size = 5;
    EXPECT_EQ(with(leaf), rule);
}

TEST_F(AnchorRefusals, a_signed_note_of_another_head) {
    const std::string rule = "log checkpoint names another log head";
    edit_note_ = [](tlog::Checkpoint& c) { ++c.size; };
    EXPECT_EQ(judged(), rule);
    edit_note_ = [](tlog::Checkpoint& c) { c.root[0] ^= 1; };
    EXPECT_EQ(judged(), rule);
    edit_note_ = [](tlog::Checkpoint& c) { c.extensions = {"more"}; };
    EXPECT_EQ(judged(), rule);
}

TEST_F(AnchorRefusals, a_second_validator) {
    auto& all = validators_.validators;
    all.push_back({key_of(3).public_key(), 1, proto::Address{8}});
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    EXPECT_EQ(judged(), "log checkpoint signature lines");
}

TEST_F(AnchorRefusals, a_head_block_whose_time_is_not_its_slots) {
    head_late_s_ = 1;
    EXPECT_EQ(judged(), "head block's time is not its slot's");
}

}  // namespace
}  // namespace lucid::evidence_test
