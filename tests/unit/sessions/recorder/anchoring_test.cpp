// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/anchoring.hpp>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

using test::RecordingRig;

constexpr std::uint64_t genesis_s = 1'700'000'000;
constexpr std::uint64_t slot_s = 120;

/// A chain that notes what it is told, and can be away.
class ChainDouble final : public core::ports::AnchorSink {
  public:
    bool away = false;
    std::vector<blockchain::proto::CheckpointAnchor> checkpoints;
    std::vector<blockchain::proto::SessionAnchor> sessions;

    Result<core::ports::ChainIdentity> identity() override {
        if (away) return fail(Errc::peer_closed, "chain");
        return core::ports::ChainIdentity{7, genesis_s, {}};
    }
    Result<std::string> submit(const blockchain::proto::CheckpointAnchor& anchor) override {
        if (away) return fail(Errc::peer_closed, "chain");
        checkpoints.push_back(anchor);
        return std::string("aa");
    }
    Result<std::string> submit(const blockchain::proto::SessionAnchor& anchor) override {
        if (away) return fail(Errc::peer_closed, "chain");
        sessions.push_back(anchor);
        return std::string("bb");
    }
    Result<std::optional<core::ports::AnchorPlace>> find(const SessionId&) override {
        return std::nullopt;
    }
    Result<std::string> evidence(const SessionId&, std::uint64_t, std::uint64_t) override {
        return fail(Errc::not_found, "anchor");
    }
};

struct Fixture {
    RecordingRig rig;
    ChainDouble chain;
    Anchoring anchoring{chain, rig.sessions(), crypto::Secret::copy_of(Bytes(32, 9)),
                        [](const SessionId&, const core::ports::AnchorPlace&) {}};
};

format::Manifest ended(const SessionId& id, std::uint64_t from_s, std::uint64_t to_s) {
    format::Manifest manifest;
    manifest.session_id = id;
    manifest.started_at_us = (genesis_s + from_s) * 1'000'000;
    manifest.ended_at_us = (genesis_s + to_s) * 1'000'000;
    manifest.tree_size = 3;
    return manifest;
}

TEST(Anchoring, says_nothing_while_no_session_was_there) {
    Fixture f;
    f.chain.away = true;
    EXPECT_TRUE(f.anchoring.round(genesis_s + 10 * slot_s));
}

TEST(Anchoring, each_slot_of_a_live_session_gets_one_checkpoint_from_the_first_on) {
    Fixture f;
    f.anchoring.begin(f.rig.id, (genesis_s + 5) * 1'000'000);
    ASSERT_TRUE(f.anchoring.round(genesis_s + slot_s - 1));
    EXPECT_TRUE(f.chain.checkpoints.empty()) << "the slot is not over";
    ASSERT_TRUE(f.anchoring.round(genesis_s + slot_s));
    ASSERT_TRUE(f.anchoring.round(genesis_s + slot_s + 1));
    ASSERT_EQ(f.chain.checkpoints.size(), 1U);
    EXPECT_EQ(f.chain.checkpoints[0].slot, 0U);
    EXPECT_EQ(f.chain.checkpoints[0].count, 1U);
    EXPECT_EQ(f.chain.checkpoints[0].root,
              format::checkpoint_root({{f.rig.id, 0, crypto::merkle_empty_root()}}));

    const TreeHead head{2, Hash32{5}};
    f.anchoring.update(f.rig.id, head);
    ASSERT_TRUE(f.anchoring.round(genesis_s + 3 * slot_s));
    ASSERT_EQ(f.chain.checkpoints.size(), 3U) << "the slot that no round fell into, too";
    EXPECT_EQ(f.chain.checkpoints[2].slot, 2U);
    EXPECT_EQ(f.chain.checkpoints[2].root,
              format::checkpoint_root({{f.rig.id, head.size, head.root}}));
}

TEST(Anchoring, a_session_begins_after_the_checkpoints_that_were_made) {
    Fixture f;
    const SessionId late{crypto::sha256(as_bytes("late"))};
    const auto end_of_slot_us = (genesis_s + slot_s) * 1'000'000;
    EXPECT_EQ(f.anchoring.begin(f.rig.id, end_of_slot_us - 5), end_of_slot_us - 5);
    ASSERT_TRUE(f.anchoring.round(genesis_s + slot_s));
    // Its host was dialled in the slot before, and answered slowly.
    EXPECT_EQ(f.anchoring.begin(late, end_of_slot_us - 3), end_of_slot_us);
    ASSERT_TRUE(f.anchoring.round(genesis_s + 2 * slot_s));
    ASSERT_EQ(f.chain.checkpoints.size(), 2U);
    EXPECT_EQ(f.chain.checkpoints[0].count, 1U);
    EXPECT_EQ(f.chain.checkpoints[1].count, 2U);
    f.anchoring.drop(late);
    ASSERT_TRUE(f.anchoring.round(genesis_s + 3 * slot_s));
    EXPECT_EQ(f.chain.checkpoints[2].count, 1U);
}

TEST(Anchoring, leaves_are_on_disk_before_the_chain_hears_of_them) {
    Fixture f;
    f.anchoring.begin(f.rig.id, genesis_s * 1'000'000);
    ASSERT_TRUE(f.anchoring.round(genesis_s + slot_s));
    const auto stored =
        core::runtime::read_file(f.rig.sessions() + "/.checkpoints/0.json", 1 << 20);
    ASSERT_TRUE(stored);
    EXPECT_NE(as_text(*stored).find(f.rig.id.hex()), std::string_view::npos);
}

TEST(Anchoring, a_checkpoint_that_the_chain_missed_is_submitted_later_with_the_same_leaves) {
    Fixture f;
    f.anchoring.begin(f.rig.id, genesis_s * 1'000'000);
    ASSERT_TRUE(f.anchoring.round(genesis_s + slot_s));
    f.chain.away = true;
    EXPECT_FALSE(f.anchoring.round(genesis_s + 2 * slot_s));
    f.chain.away = false;
    ASSERT_TRUE(f.anchoring.round(genesis_s + 2 * slot_s + 1));
    ASSERT_EQ(f.chain.checkpoints.size(), 2U);

    // Another recorder process on the same folder: what was promised for a slot stays.
    ChainDouble again;
    Anchoring restarted(again, f.rig.sessions(), crypto::Secret::copy_of(Bytes(32, 9)),
                        [](const SessionId&, const core::ports::AnchorPlace&) {});
    restarted.end(f.rig.id, ended(f.rig.id, 0, 2 * slot_s + 1), Hash32{});
    ASSERT_TRUE(restarted.round(genesis_s + 3 * slot_s));
    ASSERT_GE(again.checkpoints.size(), 2U);
    EXPECT_EQ(again.checkpoints[0].root, f.chain.checkpoints[0].root);
    EXPECT_EQ(again.checkpoints[1].root, f.chain.checkpoints[1].root);
}

TEST(Anchoring, a_session_is_registered_once_after_its_manifest) {
    Fixture f;
    f.anchoring.begin(f.rig.id, genesis_s * 1'000'000);
    ASSERT_TRUE(f.anchoring.round(genesis_s + 1));
    EXPECT_TRUE(f.chain.sessions.empty());
    const auto manifest = ended(f.rig.id, 0, 30);
    f.anchoring.end(f.rig.id, manifest, Hash32{4});
    ASSERT_TRUE(f.anchoring.round(genesis_s + 31));
    ASSERT_TRUE(f.anchoring.round(genesis_s + 2 * slot_s));
    ASSERT_EQ(f.chain.sessions.size(), 1U);
    EXPECT_EQ(f.chain.sessions[0].manifest_hash, Hash32{4});
    EXPECT_EQ(f.chain.sessions[0].tree_size, 3U);
    ASSERT_EQ(f.chain.checkpoints.size(), 1U) << "no checkpoint for slots behind its end";
}

TEST(Anchoring, owners_of_two_sessions_have_different_addresses) {
    Fixture f;
    SessionId other = f.rig.id;
    other.bytes[0] ^= 1;
    f.anchoring.end(f.rig.id, ended(f.rig.id, 0, 1), Hash32{1});
    f.anchoring.end(other, ended(other, 0, 1), Hash32{2});
    ASSERT_TRUE(f.anchoring.round(genesis_s + 2));
    ASSERT_EQ(f.chain.sessions.size(), 2U);
    EXPECT_NE(f.chain.sessions[0].owner, f.chain.sessions[1].owner);
}

}  // namespace
}  // namespace lucid::sessions::recorder
