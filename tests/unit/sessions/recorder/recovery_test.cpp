// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/recovery.hpp>

#include <filesystem>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
using format::EventClass;
using test::RecordingRig;

/// A recording that was left alone in the middle: `segments` written, none of them closed off.
void leave_open(RecordingRig& rig, std::uint64_t segments) {
    const auto writer = *rig.create();
    for (std::uint64_t n = 0; n < segments; ++n) {
        const auto now = n * 1'000'000;
        ASSERT_TRUE(
            writer->add(EventClass::screen, format::kind_server_pdu, now, test::noise(300, n)));
        ASSERT_TRUE(writer->tick(now + SessionWriter::segment_us_max));
    }
}

Bytes open_chunk(const RecordingRig& rig) {
    return *core::runtime::read_file(rig.chunk_folder() + "/open.lchk", format::chunk_bytes_max);
}

TEST(Recovery, a_chunk_torn_at_any_byte_becomes_a_partial_recording_that_verifies) {
    RecordingRig rig;
    leave_open(rig, 3);
    const auto chunk = open_chunk(rig);
    const auto copy = rig.sessions() + "/left-open";
    fs::copy(rig.directory(), copy, fs::copy_options::recursive);
    std::uint64_t last_size = 0;
    // Every byte of the first segment's edges, then in strides: each cut is a whole recovery.
    for (std::size_t cut = 0; cut <= chunk.size(); cut += cut < 120 ? 1 : 17) {
        fs::remove_all(rig.directory());
        fs::copy(copy, rig.directory(), fs::copy_options::recursive);
        fs::resize_file(rig.chunk_folder() + "/open.lchk", cut);
        const auto manifest = recover(rig.directory(), "recorder lost", rig.evidence_key);
        ASSERT_TRUE(manifest) << "cut at " << cut << ": " << manifest.error().message();
        EXPECT_FALSE(manifest->complete);
        EXPECT_EQ(manifest->reason, "recorder lost");
        EXPECT_GE(manifest->tree_size, last_size);
        last_size = manifest->tree_size;
        EXPECT_FALSE(needs_recovery(rig.directory()));
        ASSERT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned) << "cut at " << cut;
    }
    EXPECT_GE(last_size, 2U);
}

TEST(Recovery, keeps_every_whole_segment) {
    RecordingRig rig;
    leave_open(rig, 5);
    const auto manifest = recover(rig.directory(), "recorder lost", rig.evidence_key);
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->tree_size, 5U);
    const auto leaves = read_leaves(rig.directory(), *manifest);
    ASSERT_TRUE(leaves);
    EXPECT_EQ(leaves->size(), 5U);
    EXPECT_EQ(crypto::merkle_root(*leaves), manifest->root);
    EXPECT_EQ(rig.verify().events, 5U);
}

TEST(Recovery, a_session_without_events_is_partial_and_empty) {
    RecordingRig rig;
    leave_open(rig, 0);
    const auto manifest = recover(rig.directory(), "recorder lost", rig.evidence_key);
    ASSERT_TRUE(manifest);
    EXPECT_EQ(manifest->tree_size, 0U);
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
}

TEST(Recovery, an_ending_that_was_written_stands) {
    RecordingRig rig;
    auto writer = *rig.create();
    const auto start = *core::runtime::read_file(rig.directory() + "/start.json", 1 << 20);
    ASSERT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, 0, as_bytes("x")));
    const auto closed = writer->close(true, "left", 1'700'000'001'000'000, 1'000'000);
    ASSERT_TRUE(closed);
    // As after a crash between the manifest and the removal of the start record.
    ASSERT_TRUE(core::runtime::write_file_atomically(rig.directory() + "/start.json", start));
    const auto manifest = recover(rig.directory(), "recorder lost", rig.evidence_key);
    ASSERT_TRUE(manifest);
    EXPECT_TRUE(manifest->complete);
    EXPECT_EQ(manifest->to_json(), closed->to_json());
    EXPECT_FALSE(needs_recovery(rig.directory()));
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
}

TEST(Recovery, can_itself_be_interrupted_after_the_chunk_was_named) {
    RecordingRig rig;
    leave_open(rig, 2);
    const auto start = *core::runtime::read_file(rig.directory() + "/start.json", 1 << 20);
    const auto first = recover(rig.directory(), "recorder lost", rig.evidence_key);
    ASSERT_TRUE(first);
    fs::remove(rig.directory() + "/manifest.json");
    fs::remove(rig.directory() + "/manifest.sig");
    ASSERT_TRUE(core::runtime::write_file_atomically(rig.directory() + "/start.json", start));
    const auto second = recover(rig.directory(), "recorder lost", rig.evidence_key);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->to_json(), first->to_json());
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
}

}  // namespace
}  // namespace lucid::sessions::recorder
