// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/recorder/prune.hpp>

#include <filesystem>
#include <fstream>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t now_s = 1'000'000;

Stored stored(std::uint8_t name, std::int64_t ended_s, std::uint64_t bytes) {
    Stored s;
    s.id.bytes[0] = name;
    s.ended_s = ended_s;
    s.bytes = bytes;
    s.sealed = s.anchored = true;
    return s;
}

std::vector<int> names(const std::vector<Stored>& list) {
    std::vector<int> out;
    for (const auto& s : list) out.push_back(s.id.bytes[0]);
    return out;
}

TEST(Retention, by_age_takes_what_ended_longer_ago_and_nothing_at_the_limit) {
    const RetentionRules rules{100, std::nullopt};
    EXPECT_EQ(names(choose_to_prune(
                  {stored(1, now_s - 100, 5), stored(2, now_s - 101, 5), stored(3, now_s - 500, 5)},
                  rules, now_s)),
              (std::vector<int>{3, 2}));
}

TEST(Retention, by_size_takes_the_oldest_until_the_rest_fits) {
    const RetentionRules rules{std::nullopt, 25};
    const std::vector<Stored> all = {stored(1, 30, 10), stored(2, 10, 10), stored(3, 20, 10),
                                     stored(4, 40, 10)};
    EXPECT_EQ(names(choose_to_prune(all, rules, now_s)), (std::vector<int>{2, 3}));
    EXPECT_TRUE(choose_to_prune(all, {std::nullopt, 40}, now_s).empty());
    EXPECT_TRUE(choose_to_prune(all, {}, now_s).empty());
}

TEST(Retention, what_is_held_live_or_not_anchored_stays_whatever_the_rules_say) {
    auto held = stored(1, 1, 10);
    held.held = true;
    auto live = stored(2, 0, 10);
    live.sealed = false;
    auto waiting = stored(3, 1, 10);
    waiting.anchored = false;
    EXPECT_EQ(names(choose_to_prune({held, live, waiting, stored(4, 2, 10)}, {0, 0}, now_s)),
              (std::vector<int>{4}));
}

struct Pruned : testing::Test {
    test::RecordingRig rig;
    void SetUp() override {
        const auto writer = *rig.create();
        ASSERT_TRUE(writer->add(format::EventClass::screen, format::kind_server_pdu, 1,
                                test::noise(5000, 1)));
        ASSERT_TRUE(writer->close(true, "done", 2'000'000'000'000'000, 10));
    }
    void anchor() const { std::ofstream(rig.directory() + "/anchor.json") << "{}"; }
};

TEST_F(Pruned, a_recording_that_is_not_anchored_is_refused_and_whole) {
    EXPECT_FALSE(prune_recording(rig.directory(), now_s));
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
    EXPECT_FALSE(pruned_at(rig.directory()));
}

TEST_F(Pruned, contents_go_and_the_proof_that_it_was_stays) {
    anchor();
    const auto bytes = prunable_bytes(rig.directory());
    EXPECT_GT(bytes, 5000U);
    const auto freed = prune_recording(rig.directory(), now_s);
    ASSERT_TRUE(freed);
    EXPECT_EQ(*freed, bytes);
    EXPECT_EQ(pruned_at(rig.directory()), now_s);
    for (const auto* kept : {"manifest.json", "manifest.sig", "receipts/open.json",
                             "receipts/close.json", "tiles/0/0", "anchor.json"})
        EXPECT_TRUE(fs::exists(rig.directory() + "/" + kept)) << kept;
    for (const auto* gone : {"chunks", "envelopes"})
        EXPECT_FALSE(fs::exists(rig.directory() + "/" + gone)) << gone;
}

TEST_F(Pruned, what_was_interrupted_is_finished_and_keeps_its_date) {
    anchor();
    std::ofstream(rig.directory() + "/pruned.json") << R"({"pruned_at":77,"version":1})";
    ASSERT_TRUE(prune_recording(rig.directory(), now_s));
    EXPECT_EQ(pruned_at(rig.directory()), 77);
    EXPECT_EQ(prunable_bytes(rig.directory()), 0U);
    EXPECT_EQ(*prune_recording(rig.directory(), now_s), 0U);
}

}  // namespace
}  // namespace lucid::sessions::recorder
