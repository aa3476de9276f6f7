// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/recorder/recovery.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
using format::EventClass;
using test::noise;
using test::RecordingRig;

std::size_t files_in(const std::string& folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++count;
    return count;
}

/// Largest file that this process may write, until it goes out of scope.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(std::size_t bytes) {
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
        rlimit now = before_;
        now.rlim_cur = bytes;
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &now), 0);
    }
    ~FileSizeLimit() {
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

TEST(SessionWriter, envelope_receipt_and_start_record_are_there_before_the_first_event) {
    RecordingRig rig;
    const auto writer = *rig.create();
    EXPECT_TRUE(fs::exists(rig.directory() + "/envelopes/0.age"));
    EXPECT_TRUE(fs::exists(rig.directory() + "/receipts/open.json"));
    EXPECT_TRUE(fs::exists(rig.directory() + "/start.json"));
    EXPECT_EQ(files_in(rig.chunk_folder()), 0U);
    EXPECT_FALSE(rig.create()) << "a session id is used once";
}

TEST(SessionWriter, an_idle_session_has_nothing_due_and_writes_nothing) {
    RecordingRig rig;
    const auto writer = *rig.create();
    for (std::uint64_t now = 0; now < 3'600'000'000; now += 60'000'000) {
        ASSERT_TRUE(writer->tick(now));
        ASSERT_FALSE(writer->due_us());
    }
    EXPECT_EQ(files_in(rig.chunk_folder()), 0U);
    EXPECT_EQ(writer->stored_bytes(), 0U);
}

TEST(SessionWriter, a_segment_closes_after_its_time_and_is_synced_within_the_promise) {
    RecordingRig rig;
    const auto writer = *rig.create();
    ASSERT_TRUE(
        writer->add(EventClass::screen, format::kind_server_pdu, 1'000, as_bytes("pixels")));
    EXPECT_EQ(writer->due_us(), 1'000 + SessionWriter::segment_us_max);
    ASSERT_TRUE(writer->tick(1'000 + SessionWriter::segment_us_max - 1));
    EXPECT_EQ(writer->stored_bytes(), 0U);
    ASSERT_TRUE(writer->tick(1'000 + SessionWriter::segment_us_max));
    EXPECT_GT(writer->stored_bytes(), 0U);
    EXPECT_EQ(writer->synced().size, 0U);
    const auto due = writer->due_us();
    ASSERT_TRUE(due);
    // Power loss costs one second at most: 500 ms open, 400 ms until it is synced, and some air.
    EXPECT_LE(*due, 1'000U + 900'000U);
    ASSERT_TRUE(writer->tick(*due));
    EXPECT_EQ(writer->synced().size, 1U);
    EXPECT_FALSE(writer->due_us());
}

TEST(SessionWriter, a_full_segment_closes_at_once) {
    RecordingRig rig;
    const auto writer = *rig.create();
    const auto event = noise(64 * 1024, 1);
    for (int i = 0; i < 4; ++i)
        ASSERT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, 0, event));
    EXPECT_GT(writer->stored_bytes(), 0U);
    EXPECT_LE(writer->stored_bytes(), format::segment_events_bytes_max + 4096);
}

TEST(SessionWriter, an_event_at_the_limit_is_recorded_and_past_it_refused) {
    RecordingRig rig;
    const auto writer = *rig.create();
    const auto event = noise(format::event_payload_bytes_max + 1, 2);
    EXPECT_FALSE(writer->add(EventClass::screen, format::kind_server_pdu, 0, event));
    EXPECT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, 0,
                            ByteView(event).first(format::event_payload_bytes_max)));
}

TEST(SessionWriter, what_was_recorded_verifies_and_opens_with_all_events) {
    RecordingRig rig;
    auto writer = *rig.create();
    std::uint64_t events = 0;
    for (std::uint64_t now = 0; now < 10'000'000; now += 40'000, ++events) {
        const auto event_class = static_cast<EventClass>(events % 5);
        ASSERT_TRUE(writer->add(event_class, format::kind_server_pdu, now, noise(events, now)));
        ASSERT_TRUE(writer->tick(now));
    }
    const auto manifest = writer->close(true, "left", 1'700'000'010'000'000, 10'000'000);
    ASSERT_TRUE(manifest);
    EXPECT_FALSE(fs::exists(rig.directory() + "/start.json"));
    const auto report = rig.verify();
    ASSERT_EQ(report.verdict, format::Verdict::consistent_unpinned)
        << report.bad->file << ": " << report.bad->rule;
    EXPECT_TRUE(report.opened);
    EXPECT_EQ(report.events, events);
    EXPECT_TRUE(report.manifest->complete);
    EXPECT_EQ(rig.last_event_us(), (events - 1) * 40'000);
}

TEST(SessionWriter, chunks_rotate_below_their_limit) {
    RecordingRig rig;
    auto writer = *rig.create();
    constexpr std::uint64_t events = 200;
    for (std::uint64_t n = 0; n < events; ++n)
        ASSERT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, n, noise(100'000, n)));
    const auto manifest = writer->close(true, "left", 1'700'000'001'000'000, events);
    ASSERT_TRUE(manifest);
    ASSERT_EQ(manifest->chunks.size(), 3U);
    for (const auto& chunk : manifest->chunks) EXPECT_LE(chunk.size, format::chunk_bytes_max);
    const auto report = rig.verify();
    EXPECT_EQ(report.verdict, format::Verdict::consistent_unpinned);
    EXPECT_EQ(report.events, events);
}

TEST(SessionWriter, a_clock_that_goes_back_does_not_reorder_a_segment) {
    RecordingRig rig;
    auto writer = *rig.create();
    ASSERT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, 500, as_bytes("a")));
    ASSERT_TRUE(writer->add(EventClass::screen, format::kind_server_pdu, 100, as_bytes("b")));
    ASSERT_TRUE(writer->close(true, "left", 1'700'000'001'000'000, 500));
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
}

TEST(SessionWriter, after_a_failed_write_nothing_more_is_written_and_what_is_there_recovers) {
    RecordingRig rig;
    auto writer = *rig.create();
    const auto event = noise(100'000, 7);
    std::uint64_t now = 0;
    {
        const FileSizeLimit limit(1'000'000);
        Result<void> added;
        while (added && now < 100'000'000) {
            now += 10'000;
            added = writer->add(EventClass::screen, format::kind_server_pdu, now, event);
        }
        ASSERT_FALSE(added) << "the limit was never met";
    }
    // There is room again, as when another file was deleted: a torn segment must stay the last
    // thing in its chunk.
    EXPECT_FALSE(writer->add(EventClass::audit, format::kind_note, now, as_bytes("{}")));
    EXPECT_FALSE(writer->tick(now + 1'000'000));
    EXPECT_FALSE(writer->close(true, "left", 1'700'000'001'000'000, now));
    ASSERT_TRUE(needs_recovery(rig.directory()));
    const auto manifest = recover(rig.directory(), "recording failed", rig.evidence_key);
    ASSERT_TRUE(manifest);
    EXPECT_FALSE(manifest->complete);
    EXPECT_GT(manifest->tree_size, 0U);
    EXPECT_EQ(rig.verify().verdict, format::Verdict::consistent_unpinned);
}

}  // namespace
}  // namespace lucid::sessions::recorder
