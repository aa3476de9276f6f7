// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/door_tally.hpp>
#include <lucid/rdp/gateway/leg.hpp>
#include <lucid/rdp/gateway/login_queue.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
const WaitingRoom::Time start{};

Bytes request() {
    proto::ConnectionRequest request;
    request.cookie = "Cookie: mstshash=lt-one";
    request.requested_protocols = proto::protocol_ssl | proto::protocol_hybrid;
    return proto::encode_connection_request(request);
}

TEST(Door, waits_for_the_whole_request_and_no_byte_more) {
    const auto whole = request();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(judge_first_bytes(ByteView(whole).first(size)), FirstBytes::incomplete) << size;
    EXPECT_EQ(judge_first_bytes(whole), FirstBytes::request);
    auto more = whole;
    more.push_back(0x16);
    EXPECT_EQ(judge_first_bytes(more), FirstBytes::request);
}

TEST(Door, turns_away_what_is_no_rdp) {
    for (const std::string_view text : {"GET / HTTP/1.1", "\x16\x03\x01", "SSH-2.0", "\x04"})
        EXPECT_EQ(judge_first_bytes(as_bytes(text)), FirstBytes::no_rdp) << text;
    // A TPKT of another message, and one that is longer than any connection request.
    EXPECT_EQ(judge_first_bytes(Bytes{3, 0, 0, 7, 2, 0xf0, 0x80}), FirstBytes::no_rdp);
    const auto announce = [](std::size_t length) {
        return Bytes{3, 0, static_cast<std::uint8_t>(length >> 8),
                     static_cast<std::uint8_t>(length)};
    };
    EXPECT_EQ(judge_first_bytes(announce(Leg::clear_bytes_max)), FirstBytes::incomplete);
    EXPECT_EQ(judge_first_bytes(announce(Leg::clear_bytes_max + 1)), FirstBytes::no_rdp);
}

TEST(Door, damaged_requests_are_judged_without_harm) {
    const auto whole = request();
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        auto damaged = whole;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        (void)judge_first_bytes(damaged);
    }
}

TEST(WaitingRoom, the_oldest_goes_when_it_is_full) {
    WaitingRoom room(3, 1s);
    EXPECT_FALSE(room.enter(10, "a", start));
    EXPECT_FALSE(room.enter(11, "b", start));
    EXPECT_FALSE(room.enter(12, "c", start));
    EXPECT_EQ(room.enter(13, "d", start), 10);
    room.leave(10);
    EXPECT_EQ(room.size(), 3U);
    EXPECT_EQ(room.oldest(), 11);
}

TEST(WaitingRoom, one_address_pushes_out_its_own_only) {
    WaitingRoom room(100'000, 1s);
    EXPECT_FALSE(room.enter(1, "quiet", start));
    const int full = static_cast<int>(WaitingRoom::per_address_max);
    for (int i = 0; i < full; ++i) EXPECT_FALSE(room.enter(100 + i, "loud", start));
    EXPECT_EQ(room.enter(100 + full, "loud", start), 100);
}

TEST(WaitingRoom, patience_ends_at_its_time) {
    WaitingRoom room(10, 1s);
    EXPECT_FALSE(room.next_deadline());
    (void)room.enter(1, "a", start);
    (void)room.enter(2, "b", start + 1ms);
    EXPECT_FALSE(room.overdue(start + 999ms));
    EXPECT_EQ(room.overdue(start + 1s), 1);
    room.leave(1);
    room.leave(1);
    EXPECT_EQ(room.next_deadline(), start + 1001ms);
}

LoginQueue::Waiting waiting(const std::string& address) {
    return {core::net::Fd(), address, start};
}

TEST(LoginQueue, who_uses_the_fewest_places_is_next_and_of_those_the_newest) {
    LoginQueue queue;
    for (const auto* address : {"loud", "first", "second", "loud"}) queue.push(waiting(address));
    const auto none = [](const std::string&) { return std::size_t{0}; };
    EXPECT_EQ(queue.pop(none)->address, "second");
    const auto first_has_one = [](const std::string& a) {
        return std::size_t{a == "first" ? 5U : 0U};
    };
    EXPECT_EQ(queue.pop(first_has_one)->address, "loud");
    EXPECT_EQ(queue.size(), 2U);
}

TEST(LoginQueue, is_bounded_in_all_and_per_address) {
    LoginQueue queue;
    for (std::size_t i = 0; i < LoginQueue::per_address_max; ++i)
        EXPECT_EQ(queue.push(waiting("loud")), 0U);
    EXPECT_EQ(queue.push(waiting("loud")), 1U);
    EXPECT_EQ(queue.size(), LoginQueue::per_address_max);
    while (queue.size() < LoginQueue::waiting_max)
        queue.push(waiting(std::to_string(queue.size())));
    EXPECT_EQ(queue.push(waiting("one more")), 1U);
    EXPECT_EQ(queue.size(), LoginQueue::waiting_max);
}

TEST(LoginQueue, forgets_who_waited_too_long) {
    LoginQueue queue;
    queue.push({core::net::Fd(), "a", start});
    queue.push({core::net::Fd(), "b", start + 1s});
    EXPECT_EQ(queue.expire(start + 1s), 1U);
    EXPECT_EQ(queue.pop([](const std::string&) { return std::size_t{0}; })->address, "b");
    EXPECT_FALSE(queue.pop([](const std::string&) { return std::size_t{0}; }));
}

TEST(DoorTally, tells_at_once_and_then_at_its_pace) {
    const DoorTally::Time now = DoorTally::Time{} + 1h;
    DoorTally tally;
    EXPECT_FALSE(tally.due());
    tally.note(TurnedAway::no_rdp, "\x7f\0\0\x01"s);
    ASSERT_TRUE(tally.due());
    EXPECT_LE(*tally.due(), now);
    (void)tally.take(now);
    EXPECT_FALSE(tally.due());
    tally.note(TurnedAway::left, "\x7f\0\0\x02"s);
    tally.note(TurnedAway::silent, "\x7f\0\0\x02"s);
    tally.note(TurnedAway::silent, "\x20\x01\x0d\xb8\0\0\0\x07"s);
    EXPECT_EQ(tally.due(), now + DoorTally::pace);
    const auto news = decode_door_news(tally.take(now + DoorTally::pace));
    ASSERT_TRUE(news);
    EXPECT_EQ(news->counts, (std::array<std::uint32_t, turned_away_reasons>{0, 2, 1, 0}));
    EXPECT_EQ(news->last_address, "2001:db8:0:7::/64");
}

TEST(DoorTally, news_of_a_door_that_lies_are_refused) {
    DoorTally tally;
    tally.note(TurnedAway::crowded, "\x7f\0\0\x01"s);
    const auto whole = tally.take({});
    ASSERT_TRUE(decode_door_news(whole));
    EXPECT_EQ(decode_door_news(whole)->last_address, "127.0.0.1");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decode_door_news(ByteView(whole).first(size))) << size;
    auto longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(decode_door_news(longer));
    auto odd = whole;
    odd[4 * turned_away_reasons] = 5;
    odd.push_back(0);
    EXPECT_EQ(decode_door_news(odd).error().code, Errc::bad_length);
}

}  // namespace
}  // namespace lucid::rdp::gateway
