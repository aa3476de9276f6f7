// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/sessions/recorder/index_tap.hpp>
#include <lucid/sessions/recorder/prune.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>

#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/socket.h>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

using format::EventClass;
using test::RecordingRig;
namespace fs = std::filesystem;

constexpr int long_enough_ms = 20'000;

/// A session with an indexer that the test plays.
class Tapped : public testing::Test {
  protected:
    Tapped() {
        writer_ = *rig_.create();
        const auto key = crypto::Secret::copy_of(crypto::random_array<32>());
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        indexer_ = core::net::Fd(ends[0]);
        tap_ = std::make_unique<IndexTap>(rig_.id, core::net::Fd(ends[1]),
                                          *IndexWriter::create(rig_.directory(), rig_.id, key),
                                          rig_.evidence_key, space_);
    }

    void screen_event(std::uint64_t time_us, ByteView payload) {
        tap_->offer({EventClass::screen, format::kind_server_pdu, time_us, payload, 0});
    }
    void answer(EventClass event_class, std::uint8_t kind, std::uint64_t time_us,
                ByteView payload) {
        Writer w;
        w.u32_le(static_cast<std::uint32_t>(10 + payload.size()));
        w.u8(static_cast<std::uint8_t>(event_class)).u8(kind).u64_le(time_us).bytes(payload);
        (void)::send(indexer_.get(), w.view().data(), w.view().size(), MSG_NOSIGNAL);
    }
    void done() { answer(EventClass::index, format::kind_index_done, 0, {}); }
    Bytes page_group() {
        const Bytes page(100, 7);
        const std::array<ByteView, 1> pages = {page};
        return format::encode_page_group(next_page_++, pages);
    }
    void seal() {
        ASSERT_TRUE(writer_->add(EventClass::screen, format::kind_server_pdu, 5, Bytes(10)));
        tap_->finish(*writer_->close(true, "test", 1'800'000'000'000'000, 10));
    }
    void wait_until_done() {
        for (int ms = 0; !tap_->done() && ms < long_enough_ms; ms += 5) ::poll(nullptr, 0, 5);
        EXPECT_TRUE(tap_->done());
    }
    /// The recording is good, with an index or without, and nothing lies about.
    void expect_index(bool there) {
        wait_until_done();
        EXPECT_EQ(fs::exists(rig_.directory() + "/index/index.json"), there);
        EXPECT_FALSE(fs::exists(rig_.sessions() + "/.index/" + rig_.id.hex()));
        EXPECT_EQ(space_.used(), 0U);
        const auto report = rig_.verify();
        EXPECT_NE(report.verdict, format::Verdict::refused)
            << (report.bad ? report.bad->file + ": " + report.bad->rule : "");
    }
    /// What came to the indexer until the recorder has said all.
    Bytes all_events() {
        Bytes all;
        ByteArray<4096> block;
        for (;;) {
            const auto got = ::recv(indexer_.get(), block.data(), block.size(), 0);
            if (got <= 0) return all;
            append(all, ByteView(block).first(static_cast<std::size_t>(got)));
        }
    }

    RecordingRig rig_;
    std::unique_ptr<SessionWriter> writer_;
    core::net::Fd indexer_;
    IndexQueueSpace space_;
    std::unique_ptr<IndexTap> tap_;
    std::uint32_t next_page_ = 0;
};

TEST_F(Tapped, an_index_is_there_once_the_session_is_sealed) {
    answer(EventClass::index, format::kind_pages, 3, page_group());
    answer(EventClass::index, format::kind_keyframe, 3, format::encode_keyframe({{{0, 1}}}));
    seal();
    EXPECT_FALSE(fs::exists(rig_.directory() + "/index"));
    (void)all_events();
    done();
    wait_until_done();
    EXPECT_TRUE(fs::exists(rig_.directory() + "/index/index.json"));
    replay::DirectoryBundle source(rig_.directory());
    format::VerifyOptions options;  // class 5's key is another one here
    options.allow_unanchored = true;
    EXPECT_EQ(format::verify(source, options).verdict, format::Verdict::consistent_unpinned);
}

TEST_F(Tapped, the_indexer_gets_pixels_and_that_something_was_typed) {
    screen_event(1, Bytes{1, 2, 3});
    tap_->offer({EventClass::input, format::kind_client_pdu, 2, Bytes{9, 9}, 0});
    tap_->offer({EventClass::channels, format::kind_server_channel, 3, Bytes{8}, 0});
    tap_->stored(77);
    seal();
    const auto events = all_events();
    const Bytes expected = {13, 0, 0, 0, 0,  1, 1, 0, 0, 0,  0, 0, 0, 0,  1, 2, 3, 10,
                            0,  0, 0, 1, 16, 2, 0, 0, 0, 0,  0, 0, 0, 18, 0, 0, 0, 5,
                            94, 0, 0, 0, 0,  0, 0, 0, 0, 77, 0, 0, 0, 0,  0, 0, 0};
    EXPECT_EQ(events, expected);
    done();
    wait_until_done();
}

TEST_F(Tapped, an_indexer_that_dies_costs_the_index_and_nothing_else) {
    answer(EventClass::index, format::kind_pages, 3, page_group());
    indexer_.reset();
    wait_until_done();
    screen_event(4, Bytes(1000));
    seal();
    expect_index(false);
}

TEST_F(Tapped, an_indexer_that_ends_without_its_last_word_has_made_none) {
    seal();
    answer(EventClass::index, format::kind_pages, 3, page_group());
    (void)all_events();
    indexer_.reset();
    expect_index(false);
}

struct Bad {
    EventClass event_class;
    std::uint8_t kind;
    std::uint64_t time_us;
    Bytes payload;
};
class Misled : public Tapped, public testing::WithParamInterface<Bad> {};

TEST_P(Misled, what_is_no_index_ends_it) {
    const auto& bad = GetParam();
    answer(EventClass::index, format::kind_pages, 3, page_group());
    answer(bad.event_class, bad.kind, bad.time_us, bad.payload);
    wait_until_done();
    seal();
    expect_index(false);
}

INSTANTIATE_TEST_SUITE_P(
    Frames, Misled,
    testing::Values(Bad{EventClass::screen, 1, 4, {1}},
                    Bad{EventClass::index, format::kind_index_map, 4, {0}},
                    Bad{EventClass::index, format::kind_keyframe, 2, {0}},         // time goes back
                    Bad{EventClass::index, format::kind_pages, 4, Bytes(9, 9)}));  // page number

TEST_F(Tapped, an_indexer_that_does_not_keep_up_is_given_up) {
    const Bytes large(format::event_payload_bytes_max);
    for (std::size_t sent = 0; sent <= IndexTap::queue_bytes_max + (1 << 20); sent += large.size())
        screen_event(sent, large);
    wait_until_done();
    seal();
    expect_index(false);
}

TEST_F(Tapped, the_memory_of_all_queues_has_an_end) {
    ASSERT_TRUE(space_.take(IndexQueueSpace::bytes_max - 5'000));
    EXPECT_FALSE(space_.take(5'001));
    screen_event(1, Bytes(4'000));
    screen_event(2, Bytes(4'000));  // unless the first one is sent by then
    for (int i = 3; i < 1'000 && !tap_->done(); ++i) screen_event(i, Bytes(4'000));
    wait_until_done();
    seal();
    space_.give_back(IndexQueueSpace::bytes_max - 5'000);
    expect_index(false);
}

TEST_F(Tapped, what_is_sent_is_given_back) {
    const Bytes large(format::event_payload_bytes_max);
    Bytes got(large.size());
    for (std::uint64_t i = 0; i < 2 * IndexQueueSpace::bytes_max / large.size(); ++i) {
        screen_event(i, large);
        for (std::size_t left = large.size(); left > 0;) {
            const auto n = ::recv(indexer_.get(), got.data(), left, 0);
            ASSERT_GT(n, 0);
            left -= static_cast<std::size_t>(n);
        }
    }
    seal();
    (void)all_events();
    done();
    wait_until_done();
    EXPECT_EQ(space_.used(), 0U);
    EXPECT_TRUE(fs::exists(rig_.directory() + "/index/index.json"));
}

TEST_F(Tapped, a_recording_that_is_pruned_meanwhile_gets_none) {
    seal();
    (void)all_events();
    std::ofstream(rig_.directory() + "/anchor.json") << "{}";
    ASSERT_TRUE(prune_recording(rig_.directory(), 1'800'000'100));
    done();
    wait_until_done();
    EXPECT_FALSE(fs::exists(rig_.directory() + "/index"));
    EXPECT_FALSE(fs::exists(rig_.sessions() + "/.index/" + rig_.id.hex()));
}

TEST_F(Tapped, an_indexer_that_takes_too_long_after_the_session_is_given_up) {
    seal();
    tap_->hurry(std::chrono::milliseconds(50));
    expect_index(false);
}

TEST_F(Tapped, an_indexer_cannot_fill_the_disk) {
    Bytes noise = test::noise(100 * 1024, 1);
    for (std::uint64_t sent = 0; sent < 2 * IndexWriter::bytes_anyhow && !tap_->done();
         sent += noise.size())
        answer(EventClass::index, format::kind_thumbnail, sent, noise);
    wait_until_done();
    seal();
    expect_index(false);
}

TEST_F(Tapped, a_recording_that_is_not_sealed_gets_none) {
    tap_->abandon();
    wait_until_done();
    EXPECT_FALSE(fs::exists(rig_.sessions() + "/.index/" + rig_.id.hex()));
}

}  // namespace
}  // namespace lucid::sessions::recorder
