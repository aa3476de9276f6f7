// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/rdpei.hpp>

#include "scripted_host.hpp"

namespace lucid::test {
namespace {

namespace channels = rdp::proto::channels;
using client::TouchAction;
using client::TouchPoint;
using State = client::Touch::State;

constexpr std::uint8_t channel_id = 7;

Bytes touch_pdu(std::uint16_t event, ByteView body = {}) {
    return Writer()
        .u16_le(event)
        .u32_le(static_cast<std::uint32_t>(6 + body.size()))
        .bytes(body)
        .take();
}
Bytes ready(std::uint32_t version) {
    return touch_pdu(1, Writer().u32_le(version).view());
}
const Bytes suspend = touch_pdu(4);
const Bytes resume = touch_pdu(5);

/// A machine whose host is ready.
struct Machine {
    Machine() {
        EXPECT_TRUE(touch.message(ready(channels::touch_version_1_0), out, events));
        out.clear();
    }
    Result<void> act(TouchAction action, std::size_t contact = 0, std::int32_t x = 1,
                     std::int32_t y = 2) {
        const TouchPoint point{contact, action, x, y};
        return touch.frame(std::span(&point, 1), now_ms, out);
    }
    /// contactFlags of the last message: one contact, one byte for each number.
    [[nodiscard]] int flags() const { return out.back().back(); }

    client::Touch touch;
    client::Messages out;
    std::vector<client::Event> events;
    std::uint64_t now_ms = 1000;
};

TEST(Touch, answers_ready_with_its_version_and_contacts) {
    struct Case {
        std::uint32_t host;
        std::uint32_t answer;
    };
    for (const auto& c : {Case{0x10000, 0x10000}, Case{0x10001, 0x10001}, Case{0x20000, 0x10001},
                          Case{0x30000, 0x10001}}) {
        client::Touch touch;
        client::Messages out;
        std::vector<client::Event> events;
        ASSERT_TRUE(touch.message(ready(c.host), out, events)) << c.host;
        ASSERT_EQ(out.size(), 1U);
        EXPECT_EQ(out[0], touch_pdu(2, Writer().u32_le(0).u32_le(c.answer).u16_le(10).view()));
        EXPECT_EQ(touch.state(), State::ready);
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(std::get<client::TouchChanged>(events[0]).what, "ready");
    }
}

TEST(Touch, says_frames_of_contacts) {
    Machine m;
    const std::array down = {TouchPoint{0, TouchAction::down, 5, -5},
                             TouchPoint{9, TouchAction::down, 300, 0}};
    ASSERT_TRUE(m.touch.frame(down, m.now_ms, m.out));
    EXPECT_EQ(m.out.back(),
              touch_pdu(3, Bytes{0, 1, 2, 0, 0, 0, 0x05, 0x25, 0x19, 9, 0, 0x41, 0x2c, 0, 0x19}));
    m.now_ms += 16;
    const std::array lift = {TouchPoint{9, TouchAction::up, 70000, 33}};
    ASSERT_TRUE(m.touch.frame(lift, m.now_ms, m.out));
    EXPECT_EQ(m.out.back(),
              touch_pdu(3, Bytes{0, 1, 1, 0x40, 0x3e, 0x80, 9, 0, 0x81, 0x11, 0x70, 0x40, 0x21, 4}))
        << "16000 us behind the first";
}

TEST(Touch, contacts_change_as_the_specification_allows) {
    Machine m;
    const auto does = [&m](TouchAction action) { return m.act(action) ? m.flags() : -1; };
    // From nowhere: down or hovering only.
    EXPECT_EQ(does(TouchAction::move), -1);
    EXPECT_EQ(does(TouchAction::up), -1);
    EXPECT_EQ(does(TouchAction::cancel), -1);
    EXPECT_EQ(does(TouchAction::down), 0x19);
    EXPECT_EQ(does(TouchAction::down), -1);
    EXPECT_EQ(does(TouchAction::move), 0x1a);
    EXPECT_EQ(does(TouchAction::up), 0x04);
    EXPECT_EQ(does(TouchAction::up), -1) << "it is gone";
    EXPECT_EQ(does(TouchAction::hover), 0x0a);
    EXPECT_EQ(does(TouchAction::hover), 0x0a);
    EXPECT_EQ(does(TouchAction::move), -1);
    EXPECT_EQ(does(TouchAction::down), 0x19);
    EXPECT_EQ(does(TouchAction::hover), 0x0c) << "lifted and still seen";
    EXPECT_EQ(does(TouchAction::up), 0x02);
    EXPECT_EQ(does(TouchAction::hover), 0x0a);
    EXPECT_EQ(does(TouchAction::cancel), 0x22);
    EXPECT_EQ(does(TouchAction::down), 0x19);
    EXPECT_EQ(does(TouchAction::cancel), 0x24);
}

TEST(Touch, dismisses_what_hovers) {
    Machine m;
    EXPECT_EQ(m.touch.dismiss(3, m.out).error().code, Errc::bad_value);
    ASSERT_TRUE(m.act(TouchAction::down, 3));
    EXPECT_EQ(m.touch.dismiss(3, m.out).error().code, Errc::bad_value);
    ASSERT_TRUE(m.act(TouchAction::hover, 3));
    ASSERT_TRUE(m.touch.dismiss(3, m.out));
    EXPECT_EQ(m.out.back(), touch_pdu(6, Bytes{3}));
    EXPECT_EQ(m.touch.dismiss(3, m.out).error().code, Errc::bad_value) << "once";
    EXPECT_EQ(m.touch.dismiss(client::touch_contacts_max, m.out).error().code, Errc::bad_value);
}

TEST(Touch, frames_are_taken_whole_or_not_at_all) {
    Machine m;
    std::vector<TouchPoint> points;
    for (std::size_t i = 0; i < client::touch_contacts_max; ++i)
        points.push_back({i, TouchAction::down, 0, 0});
    auto more = points;
    more.push_back({0, TouchAction::up, 0, 0});
    EXPECT_EQ(m.touch.frame(more, 0, m.out).error().code, Errc::limit_exceeded);
    auto twice = points;
    twice.back().contact = 0;
    EXPECT_EQ(m.touch.frame(twice, 0, m.out).error().code, Errc::bad_value);
    auto unknown = points;
    unknown.back().contact = client::touch_contacts_max;
    EXPECT_EQ(m.touch.frame(unknown, 0, m.out).error().code, Errc::bad_value);
    auto wrong = points;
    wrong.back().action = TouchAction::move;
    EXPECT_EQ(m.touch.frame(wrong, 0, m.out).error().code, Errc::bad_value);
    EXPECT_TRUE(m.out.empty());
    EXPECT_TRUE(m.touch.frame(points, 0, m.out)) << "as many as there are";
    EXPECT_TRUE(m.touch.frame({}, 0, m.out));
    EXPECT_EQ(m.out.size(), 1U) << "nothing is nothing";
}

TEST(Touch, places_end_where_the_protocols_numbers_do) {
    constexpr auto max = channels::touch_coordinate_max;
    for (const auto x : {max, -max, 0}) {
        Machine m;
        EXPECT_TRUE(m.act(TouchAction::down, 0, x, -x)) << x;
    }
    for (const auto x : {max + 1, -max - 1}) {
        Machine m;
        EXPECT_EQ(m.act(TouchAction::down, 0, x, 0).error().code, Errc::bad_value) << x;
        EXPECT_EQ(m.act(TouchAction::down, 0, 0, x).error().code, Errc::bad_value) << x;
    }
    // Each length of number from its first to its last.
    struct Case {
        std::int32_t value;
        Bytes bytes;
    };
    const Case cases[] = {{0x1f, {0x1f}},
                          {-0x1f, {0x3f}},
                          {0x20, {0x40, 0x20}},
                          {-0x1fff, {0x7f, 0xff}},
                          {0x2000, {0x80, 0x20, 0x00}},
                          {0x1fffff, {0x9f, 0xff, 0xff}},
                          {-0x200000, {0xe0, 0x20, 0x00, 0x00}},
                          {max, {0xdf, 0xff, 0xff, 0xff}}};
    for (const auto& c : cases) {
        Machine m;
        ASSERT_TRUE(m.act(TouchAction::down, 0, c.value, 0));
        Writer body;
        body.u8(0).u8(1).u8(1).u8(0).u8(0).u8(0).bytes(c.bytes).u8(0).u8(0x19);
        EXPECT_EQ(m.out.back(), touch_pdu(3, body.view())) << c.value;
    }
}

TEST(Touch, a_long_rest_fits_into_the_offset) {
    Machine m;
    ASSERT_TRUE(m.act(TouchAction::down));
    m.now_ms = ~std::uint64_t{0};
    ASSERT_TRUE(m.act(TouchAction::up));
    Writer body;
    body.u8(0).u8(1).u8(1).bytes(Bytes(8, 0xff)).u8(0).u8(0).u8(1).u8(2).u8(4);
    EXPECT_EQ(m.out.back(), touch_pdu(3, body.view()));
}

TEST(Touch, is_silent_while_the_host_has_suspended_it) {
    Machine m;
    ASSERT_TRUE(m.act(TouchAction::down));
    m.out.clear();
    ASSERT_TRUE(m.touch.message(suspend, m.out, m.events));
    EXPECT_EQ(m.touch.state(), State::suspended);
    EXPECT_EQ(m.act(TouchAction::up).error().code, Errc::refused);
    EXPECT_EQ(m.touch.dismiss(0, m.out).error().code, Errc::refused);
    ASSERT_TRUE(m.touch.message(resume, m.out, m.events));
    EXPECT_TRUE(m.out.empty());
    EXPECT_EQ(m.act(TouchAction::up).error().code, Errc::bad_value) << "the host took it away";
    EXPECT_TRUE(m.act(TouchAction::down));
}

TEST(Touch, refuses_what_no_host_says) {
    const auto said = [](ByteView message) {
        client::Touch touch;
        client::Messages out;
        std::vector<client::Event> events;
        return touch.message(message, out, events).error().code;
    };
    EXPECT_EQ(said(ready(0xffff)), Errc::unsupported);
    EXPECT_EQ(said(suspend), Errc::bad_value) << "before it was ready";
    EXPECT_EQ(said(resume), Errc::bad_value);
    for (const std::uint16_t event : std::initializer_list<std::uint16_t>{0, 2, 3, 6, 7, 8, 0x100})
        EXPECT_EQ(said(touch_pdu(event)), Errc::bad_value) << event;
}

TEST(Touch, messages_are_read_to_the_byte) {
    const auto old = ready(channels::touch_version_1_0);
    const auto featured = touch_pdu(1, Writer().u32_le(0x30000).u32_le(1).view());
    const auto read = channels::decode_touch_host_message(featured);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->version, 0x30000U);
    EXPECT_EQ(read->features, 1U);
    EXPECT_EQ(channels::decode_touch_host_message(old)->features, 0U);
    for (const auto& whole : {old, featured, suspend, resume}) {
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_FALSE(channels::decode_touch_host_message(ByteView(whole).first(size))) << size;
        for (auto body_bytes = whole.size() - 6 + 1; body_bytes < 16; ++body_bytes)
            EXPECT_EQ(channels::decode_touch_host_message(touch_pdu(whole[0], Bytes(body_bytes, 1)))
                          .has_value(),
                      whole[0] == 1 && body_bytes == 8)
                << body_bytes;
        // Damage: another event, or a length that is not the message's, is refused.
        for (std::size_t bit = 0; bit < 6 * 8; ++bit) {
            auto damaged = whole;
            damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
            const auto taken = channels::decode_touch_host_message(damaged);
            const bool is_other_event = (damaged == suspend) || (damaged == resume);
            EXPECT_EQ(taken.has_value(), is_other_event) << bit;
        }
    }
}

Bytes dvc_data(ByteView body) {
    return Writer().u8(0x30).u8(channel_id).bytes(body).take();
}

TEST(TouchChannel, goes_over_the_dynamic_channel) {
    Host host(all_channels());
    host.activate();
    host.output();
    EXPECT_EQ(host.peer.touch_state(), State::absent);
    const TouchPoint tap{0, TouchAction::down, 1, 2};
    EXPECT_EQ(host.peer.touch(std::span(&tap, 1), 1).error().code, Errc::refused);
    host.say(host_message(
        dynamic_channel,
        Writer().u8(0x10).u8(channel_id).text(client::touch_channel_name).u8(0).view()));
    host.say(host_message(dynamic_channel, dvc_data(ready(channels::touch_version_1_1))));
    EXPECT_EQ(host.messages_on(dynamic_channel).size(), 2U) << "created, ready";
    EXPECT_EQ(host.peer.touch_state(), State::ready);
    ASSERT_TRUE(host.peer.touch(std::span(&tap, 1), 1));
    const auto sent = host.messages_on(dynamic_channel);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(to_bytes(channels::decode_dvc_pdu(sent[0], false)->data),
              touch_pdu(3, Bytes{0, 1, 1, 0, 0, 0, 1, 2, 0x19}));
    const TouchPoint lifted{0, TouchAction::hover, 1, 2};
    ASSERT_TRUE(host.peer.touch(std::span(&lifted, 1), 2));
    ASSERT_TRUE(host.peer.dismiss_touch(0));
    EXPECT_EQ(host.messages_on(dynamic_channel).size(), 2U);
    host.say(host_message(dynamic_channel, Bytes{0x40, channel_id}));
    EXPECT_EQ(host.peer.touch_state(), State::absent);
    const auto told = host.events<client::TouchChanged>();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].what, "ready");
    EXPECT_EQ(told[1].what, "closed");
}

TEST(TouchChannel, a_broken_message_ends_the_connection) {
    Host host(all_channels());
    host.activate();
    host.say(host_message(
        dynamic_channel,
        Writer().u8(0x10).u8(channel_id).text(client::touch_channel_name).u8(0).view()));
    EXPECT_EQ(host.tell(host_message(dynamic_channel, dvc_data(touch_pdu(9)))).error().code,
              Errc::bad_value);
}

}  // namespace
}  // namespace lucid::test
