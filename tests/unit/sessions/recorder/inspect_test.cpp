// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/inspect.hpp>
#include <lucid/sessions/recorder/prune.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/recording.hpp>

#include <filesystem>
#include <fstream>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;

struct Inspected : testing::Test {
    test::RecordingRig rig;
    void record(std::uint64_t segments = 3) {
        const auto writer = *rig.create();
        for (std::uint64_t n = 0; n < segments; ++n) {
            ASSERT_TRUE(writer->add(format::EventClass::screen, format::kind_server_pdu,
                                    n * 1'000'000, test::noise(500, n)));
            ASSERT_TRUE(writer->tick(n * 1'000'000 + 900'000));
        }
        ASSERT_TRUE(writer->close(true, "done", 2'000'000'000'000'000, segments * 1'000'000));
    }
    [[nodiscard]] Inspection look() const { return inspect(rig.directory(), true); }
    [[nodiscard]] std::string chunk() const {
        return fs::directory_iterator(rig.chunk_folder())->path().string();
    }
    void flip(const std::string& path) const {
        auto bytes = *core::runtime::read_file(path, 64 << 20);
        bytes[bytes.size() / 2] ^= 1;
        ASSERT_TRUE(core::runtime::write_file_atomically(path, bytes));
    }
};

TEST_F(Inspected, a_sealed_recording_is_intact) {
    record(300);
    std::uint64_t bytes = 0;
    const auto seen = inspect(rig.directory(), true, [&](std::uint64_t n) { bytes += n; });
    EXPECT_EQ(seen.state, RecordingState::sealed);
    EXPECT_TRUE(seen.intact());
    EXPECT_FALSE(seen.anchored);
    EXPECT_EQ(seen.bytes, bytes);
    EXPECT_EQ(seen.manifest->tree_size, 300U);
    EXPECT_TRUE(inspect(rig.directory(), false).intact());
}

TEST_F(Inspected, a_live_or_lost_one_is_unfinished) {
    const auto writer = *rig.create();
    EXPECT_EQ(look().state, RecordingState::unfinished);
}

TEST_F(Inspected, an_empty_folder_explains_nothing) {
    fs::create_directories(rig.directory());
    EXPECT_EQ(look().state, RecordingState::unexplained);
}

TEST_F(Inspected, missing_and_damaged_chunks_are_named) {
    record();
    const auto path = chunk();
    const auto name = "chunks/" + fs::path(path).filename().string();
    flip(path);
    EXPECT_EQ(look().damaged, std::vector{name});
    EXPECT_TRUE(inspect(rig.directory(), false).damaged.empty()) << "not read, so not noticed";
    fs::resize_file(path, fs::file_size(path) - 1);
    EXPECT_EQ(inspect(rig.directory(), false).damaged, std::vector{name});
    fs::remove(path);
    EXPECT_EQ(look().missing, std::vector{name});
    EXPECT_FALSE(rebuild_tiles(rig.directory(), *look().manifest));
}

TEST_F(Inspected, what_the_manifest_does_not_know_is_an_orphan_and_can_be_set_aside) {
    record();
    const auto stray = rig.chunk_folder() + "/" + std::string(64, '0') + ".lchk";
    std::ofstream(stray) << "stray";
    std::ofstream(rig.directory() + "/manifest.json.new.77") << "torn";
    const auto seen = look();
    EXPECT_EQ(seen.orphans.size(), 2U);
    EXPECT_EQ(rig.verify().verdict, format::Verdict::refused);
    ASSERT_TRUE(set_aside(rig.directory(), seen.orphans));
    EXPECT_TRUE(look().intact());
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
    const auto aside = rig.sessions() + "/.set-aside/" + rig.id.hex();
    EXPECT_TRUE(fs::exists(aside + "/chunks/" + std::string(64, '0') + ".lchk"));
    // A second one of that name does not overwrite the first.
    std::ofstream(stray) << "again";
    ASSERT_TRUE(set_aside(rig.directory(), look().orphans));
    EXPECT_TRUE(fs::exists(aside + "/chunks/" + std::string(64, '0') + ".lchk~2"));
}

TEST_F(Inspected, a_whole_folder_can_be_set_aside) {
    fs::create_directories(rig.directory() + "/chunks");
    std::ofstream(rig.directory() + "/chunks/open.lchk") << "x";
    ASSERT_TRUE(set_aside(rig.directory(), {""}));
    EXPECT_FALSE(fs::exists(rig.directory()));
    EXPECT_TRUE(fs::exists(rig.sessions() + "/.set-aside/" + rig.id.hex() + "/chunks/open.lchk"));
}

TEST_F(Inspected, broken_tiles_are_made_again) {
    record(300);
    flip(rig.directory() + "/tiles/0/0");
    EXPECT_TRUE(look().tiles_broken);
    fs::remove_all(rig.directory() + "/tiles/1");
    EXPECT_TRUE(inspect(rig.directory(), false).tiles_broken);
    ASSERT_TRUE(rebuild_tiles(rig.directory(), *look().manifest));
    EXPECT_TRUE(look().intact());
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
}

TEST_F(Inspected, small_files_that_are_missing_or_changed_are_named) {
    record();
    fs::remove(rig.directory() + "/receipts/close.json");
    flip(rig.directory() + "/envelopes/0.age");
    const auto seen = look();
    EXPECT_EQ(seen.missing, std::vector<std::string>{"receipts/close.json"});
    EXPECT_EQ(seen.damaged, std::vector<std::string>{"envelopes/0.age"});
}

TEST_F(Inspected, a_manifest_that_is_none_or_not_signed_so_is_not_readable) {
    record();
    flip(rig.directory() + "/manifest.sig");
    EXPECT_EQ(look().state, RecordingState::not_readable);
    EXPECT_NE(look().reason.find("sign"), std::string::npos);
    std::ofstream(rig.directory() + "/manifest.json", std::ios::trunc) << "{}";
    EXPECT_EQ(look().state, RecordingState::not_readable);
}

TEST_F(Inspected, a_pruned_one_is_told_from_one_that_was_pruned_in_part) {
    record();
    std::ofstream(rig.directory() + "/anchor.json") << "{}";
    std::ofstream(rig.directory() + "/pruned.json") << R"({"pruned_at":5,"version":1})";
    EXPECT_EQ(look().state, RecordingState::half_pruned);
    ASSERT_TRUE(prune_recording(rig.directory(), 9));
    EXPECT_EQ(look().state, RecordingState::pruned);
    EXPECT_TRUE(look().intact());
    EXPECT_TRUE(look().anchored);
}

TEST_F(Inspected, whose_it_was_is_read_from_the_note_that_opens_the_commitment) {
    const format::Parties parties{"alice", "lt-x", "192.0.2.7:5"};
    const ByteArray<16> salt{1, 2, 3};
    auto skeleton = rig.skeleton();
    skeleton.parties_commitment = format::commit_parties(parties, salt);
    const auto writer = *rig.create(skeleton);
    ASSERT_TRUE(
        writer->add(format::EventClass::screen, format::kind_server_pdu, 0, test::noise(500, 1)));
    ASSERT_TRUE(writer->tick(600'000));
    ASSERT_TRUE(writer->add(format::EventClass::audit, format::kind_note, 700'000,
                            as_bytes(format::opening_note({"mallory", "", ""}, salt))));
    ASSERT_TRUE(writer->add(format::EventClass::audit, format::kind_note, 700'001,
                            as_bytes(format::opening_note(parties, salt))));
    ASSERT_TRUE(writer->close(true, "done", 2'000'000'000'000'000, 800'000));
    replay::DirectoryBundle source(rig.directory());
    const auto read = replay::read_parties(source, rig.owner);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->user, "alice");
    EXPECT_FALSE(replay::read_parties(source, crypto::age::Identity::generate()));
}

}  // namespace
}  // namespace lucid::sessions::recorder
