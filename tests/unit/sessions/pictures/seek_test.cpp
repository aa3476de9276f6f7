// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/format/verify.hpp>
#include <lucid/sessions/pictures/player.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/moment.hpp>

#include <filesystem>
#include <fstream>
#include <random>
#include <tests/support/indexed_session.hpp>
#include <unistd.h>

#include "recordings.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions {
namespace {

using format::EventClass;
using format::kind_connect_response;
using format::kind_server_pdu;

class Seek : public testing::Test {
  protected:
    Seek() : root_(testing::TempDir() + "lucid-seek-" + std::to_string(::getpid())) {
        std::filesystem::create_directories(root_);
    }
    ~Seek() override { std::filesystem::remove_all(root_); }

    /// A screen of 256 x 192: noise that does not compress in places that change, whole repaints
    /// now and then, an idle part; keyframes are cheap beside that.
    std::unique_ptr<test::IndexedSession> record(unsigned steps) {
        pictures::IndexerOptions options;
        options.keyframe_distance_bytes = 48 * 1024;
        options.keyframe_bytes_max = 128 * 1024;
        options.share_permille = 500;
        auto session = std::make_unique<test::IndexedSession>(root_, std::move(options));
        std::mt19937 random(7);
        session->event(EventClass::screen, kind_connect_response, 0,
                       test::connect_response({.channels = 1}));
        session->event(EventClass::screen, kind_server_pdu, 0, test::demand_active(256, 192));
        std::uint64_t t = 0;
        for (unsigned i = 0; i < steps; ++i) {
            // Several PDUs may have one time.
            t += random() % 3 * 40'000;
            times_.push_back(t);
            session->event(EventClass::screen, kind_server_pdu, t, update(random, i));
            if (i % 7 == 0)
                session->event(EventClass::input, format::kind_client_pdu, t,
                               Bytes{0x04, 9, 0x20, 0, 0x08, 10, 0, 8, 0});
        }
        end_us_ = t;
        const auto finished = session->finish(t);
        EXPECT_TRUE(finished) << finished.error().message();
        return session;
    }

    static Bytes update(std::mt19937& random, unsigned i) {
        if (i % 50 == 0) return test::fast_path_update(1, test::solid_bitmap(0, 0, 100, 100, i));
        const auto side = static_cast<std::uint16_t>(8 + random() % 24);
        const auto x = static_cast<std::uint16_t>(random() % (i % 3 == 0 ? 224 : 64));
        const auto y = static_cast<std::uint16_t>(random() % (i % 3 == 0 ? 160 : 64));
        auto bitmap = test::solid_bitmap(x, y, side, side, 0);
        for (std::size_t at = bitmap.size() - 4U * side * side; at < bitmap.size(); ++at)
            bitmap[at] = static_cast<std::uint8_t>(random());
        return test::fast_path_update(1, bitmap);
    }

    std::string root_;
    std::vector<std::uint64_t> times_;
    std::uint64_t end_us_ = 0;
};

TEST_F(Seek, the_picture_is_the_one_played_from_the_beginning) {
    const auto session = record(900);
    EXPECT_GT(session->keyframes(), 5U);
    std::mt19937 random(3);
    for (int i = 0; i < 60; ++i) {
        const auto at = i % 2 == 0 ? random() % (end_us_ + 1000) : times_[random() % times_.size()];
        const auto played = test::picture_at(session->directory(), session->owner(), at, false);
        const auto sought = test::picture_at(session->directory(), session->owner(), at, true);
        ASSERT_FALSE(played.empty()) << at;
        ASSERT_EQ(played, sought) << at;
    }
}

TEST_F(Seek, the_index_is_part_of_a_recording_that_verifies) {
    const auto session = record(300);
    replay::DirectoryBundle source(session->directory());
    format::VerifyOptions options;
    options.identity = &session->owner();
    options.allow_unanchored = true;
    const auto good = format::verify(source, options);
    EXPECT_EQ(good.verdict, format::Verdict::consistent_unpinned)
        << (good.bad ? good.bad->file + ": " + good.bad->rule : "");
    // Any byte of any of its files.
    std::mt19937 random(5);
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(session->directory() + "/index")) {
        if (!file.is_regular_file()) continue;
        const auto path = file.path().string();
        std::fstream bytes(path, std::ios::in | std::ios::out | std::ios::binary);
        const auto at = static_cast<std::streamoff>(random() % file.file_size());
        bytes.seekg(at);
        const auto old = static_cast<char>(bytes.get());
        bytes.seekp(at).put(static_cast<char>(old ^ 4)).flush();
        EXPECT_EQ(format::verify(source, options).verdict, format::Verdict::refused) << path;
        bytes.seekp(at).put(old).flush();
    }
    std::ofstream(session->directory() + "/index/more") << "x";
    EXPECT_EQ(format::verify(source, options).verdict, format::Verdict::refused);
    std::filesystem::remove_all(session->directory() + "/index");
    EXPECT_EQ(format::verify(source, options).verdict, format::Verdict::consistent_unpinned)
        << "an index may be absent";
}

TEST_F(Seek, an_index_that_is_damaged_is_said_and_not_used) {
    const auto session = record(300);
    for (const auto& file :
         std::filesystem::directory_iterator(session->directory() + "/index/chunks"))
        std::filesystem::resize_file(file.path(), file.file_size() / 2);
    replay::DirectoryBundle source(session->directory());
    const auto moment = replay::open_moment(source, session->owner(), end_us_, {});
    ASSERT_TRUE(moment);
    EXPECT_FALSE(moment->index_problem.empty());
    EXPECT_FALSE(moment->keyframe_us);
    pictures::Player player(moment->recording);
    player.advance(end_us_);
    EXPECT_EQ(to_bytes(player.frame().pixels),
              test::picture_at(session->directory(), session->owner(), end_us_, false));
}

TEST_F(Seek, the_mouse_is_where_it_was_before_the_keyframe) {
    const auto session = record(600);
    replay::DirectoryBundle source(session->directory());
    const auto moment = replay::open_moment(source, session->owner(), end_us_, {true, true});
    ASSERT_TRUE(moment);
    ASSERT_TRUE(moment->keyframe_us);
    pictures::Stage stage({});
    for (const auto& event : moment->recording.events)
        ASSERT_TRUE(stage.play(event.event_class, event.kind, event.payload));
    EXPECT_EQ(stage.mouse_x(), 10U);
    EXPECT_EQ(stage.mouse_y(), 8U);
}

TEST_F(Seek, thumbnails_and_activity_are_read_back) {
    const auto session = record(600);
    replay::DirectoryBundle source(session->directory());
    const auto json = source.read("manifest.json", format::manifest_bytes_max);
    const auto manifest = format::Manifest::from_json(*json);
    const auto key = format::open_session_envelope(*source.read("envelopes/0.age", 65536),
                                                   manifest->session_id, session->owner());
    auto index = replay::IndexReader::open(
        source, *manifest, format::class_key(*key, manifest->session_id, EventClass::index));
    ASSERT_TRUE(index) << index.error().message();
    EXPECT_EQ(index->keyframes().size(), session->keyframes());
    const std::array kinds = {format::kind_thumbnail, format::kind_activity};
    const auto events = index->all(kinds);
    ASSERT_TRUE(events);
    std::uint64_t pdus = 0;
    std::size_t thumbnails = 0;
    for (const auto& event : *events) {
        if (event.kind == format::kind_thumbnail) {
            ++thumbnails;
            EXPECT_EQ(event.payload[1], 'P');
            continue;
        }
        const auto activity = format::decode_activity(event.payload);
        ASSERT_TRUE(activity);
        pdus += activity->host_pdus;
    }
    EXPECT_EQ(pdus, 602U);
    EXPECT_GE(thumbnails, 1U);
}

TEST_F(Seek, an_index_keeps_to_its_share) {
    test::IndexedSession session(root_);
    session.event(EventClass::screen, kind_connect_response, 0,
                  test::connect_response({.channels = 1}));
    session.event(EventClass::screen, kind_server_pdu, 0, test::demand_active(256, 192));
    std::mt19937 random(11);
    std::uint64_t t = 0;
    for (unsigned i = 0; i < 6000; ++i)
        session.event(EventClass::screen, kind_server_pdu, t += 50'000, update(random, i + 1));
    ASSERT_TRUE(session.finish(t));
    EXPECT_GT(session.keyframes(), 0U);
    EXPECT_LT(session.index_bytes() * 20, session.recorded_bytes());
}

}  // namespace
}  // namespace lucid::sessions
