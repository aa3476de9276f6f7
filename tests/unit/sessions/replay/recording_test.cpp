// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/recording.hpp>
#include <lucid/sessions/replay/replay_server.hpp>

#include <filesystem>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::replay {
namespace {

namespace fs = std::filesystem;
using format::EventClass;
using recorder::test::RecordingRig;

/// Screen events close their segments later than the notes between them.
void record(RecordingRig& rig) {
    auto writer = *rig.create();
    ASSERT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, 0, as_bytes("s0")));
    ASSERT_TRUE(writer->add(EventClass::audit, format::kind_note, 10, as_bytes("{}")));
    ASSERT_TRUE(writer->tick(600'000));
    ASSERT_TRUE(writer->add(EventClass::audit, format::kind_note, 700'000, as_bytes("{}")));
    ASSERT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, 800'000, as_bytes("s1")));
    ASSERT_TRUE(writer->add(EventClass::audit, format::kind_note, 900'000, as_bytes("{}")));
    ASSERT_TRUE(writer->close(true, "left", 1'700'000'001'000'000, 1'000'000));
}

TEST(Recording, events_come_in_order_of_time_across_classes) {
    RecordingRig rig;
    record(rig);
    DirectoryBundle source(rig.directory());
    const auto recording = open_recording(source, rig.owner);
    ASSERT_TRUE(recording) << recording.error().message();
    std::vector<std::uint64_t> times;
    for (const auto& event : recording->events) times.push_back(event.time_us);
    EXPECT_EQ(times, (std::vector<std::uint64_t>{0, 10, 700'000, 800'000, 900'000}));
    EXPECT_EQ(as_text(recording->events[3].payload), "s1");
}

TEST(Recording, connections_begin_where_the_host_answered_anew) {
    Recording recording;
    EXPECT_TRUE(connection_starts(recording).empty());
    for (const auto kind :
         {format::kind_note, format::kind_connect_response, format::kind_server_pdu,
          format::kind_note, format::kind_connect_response, format::kind_server_pdu})
        recording.events.push_back({EventClass::screen, kind, 0, {}, recording.events.size()});
    EXPECT_EQ(connection_starts(recording), (std::vector<std::size_t>{1, 4}));
}

TEST(Recording, opens_for_its_recipients_only) {
    RecordingRig rig;
    record(rig);
    DirectoryBundle source(rig.directory());
    const auto recording = open_recording(source, crypto::age::Identity::generate());
    ASSERT_FALSE(recording);
    EXPECT_EQ(recording.error().code, make_error_code(Errc::refused));
}

TEST(Recording, is_not_there_before_it_is_sealed) {
    RecordingRig rig;
    const auto writer = *rig.create();
    DirectoryBundle source(rig.directory());
    EXPECT_FALSE(open_recording(source, rig.owner));
}

TEST(DirectoryBundle, a_link_is_refused) {
    RecordingRig rig;
    record(rig);
    DirectoryBundle source(rig.directory());
    ASSERT_TRUE(source.list());
    fs::create_symlink("/etc/passwd", rig.directory() + "/link");
    EXPECT_FALSE(source.list());
    EXPECT_EQ(rig.verify().verdict, format::Verdict::refused);
}

TEST(DirectoryBundle, lists_files_of_folders_by_their_path) {
    RecordingRig rig;
    record(rig);
    const auto files = *DirectoryBundle(rig.directory()).list();
    const auto has = [&](const std::string& name) {
        return std::any_of(files.begin(), files.end(),
                           [&](const auto& file) { return file.name == name && file.size > 0; });
    };
    EXPECT_TRUE(has("manifest.json"));
    EXPECT_TRUE(has("envelopes/0.age"));
    EXPECT_TRUE(has("tiles/0/0"));
    EXPECT_FALSE(DirectoryBundle(rig.directory() + "/none").list());
}

}  // namespace
}  // namespace lucid::sessions::replay
