// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/monitors.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>
#include <lucid/rdp/proto/client_data.hpp>

#include "scripted_host.hpp"

namespace lucid::test {
namespace {

namespace channels = rdp::proto::channels;
using client::LayoutUse;
using client::Monitor;
using client::Monitors;

/// The rule that is broken; empty: none.
std::string_view broken(const Monitors& monitors, LayoutUse use = LayoutUse::display_control) {
    const auto checked = client::check_monitors(monitors, use);
    return checked ? "" : checked.error().context;
}
bool is_about(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

TEST(Monitors, sides_and_their_limits) {
    EXPECT_EQ(broken({{0, 0, 200, 200}}), "");
    EXPECT_EQ(broken({{0, 0, 8192, 4096}}), "");
    EXPECT_EQ(broken({{0, 0, 4096, 8192}}), "");
    for (const auto& [width, height] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
             {198, 200}, {200, 199}, {8194, 200}, {200, 8193}, {0, 0}, {0xffffffff, 200}})
        EXPECT_TRUE(is_about(broken({{0, 0, width, height}}), "sides")) << width << 'x' << height;
    EXPECT_TRUE(is_about(broken({{0, 0, 801, 600}}), "even"));
    EXPECT_EQ(broken({{0, 0, 800, 601}}), "") << "heights may be odd";
}

TEST(Monitors, one_is_primary) {
    EXPECT_TRUE(is_about(broken({}), "no monitor"));
    EXPECT_TRUE(is_about(broken({{1, 0, 800, 600}}), "+0+0"));
    EXPECT_EQ(broken({{800, 0, 800, 600}, {0, 0, 800, 600}}), "") << "in any order";
    EXPECT_TRUE(is_about(broken({{0, 0, 800, 600}, {0, 0, 800, 600}}), "overlap"));
}

TEST(Monitors, do_not_overlap_and_touch_each_other) {
    const Monitor primary{0, 0, 800, 600};
    struct Case {
        Monitor other;
        std::string_view display;
        std::string_view connection;
    };
    const Case cases[] = {
        {{800, 0, 800, 600}, "", ""},
        {{-800, 599, 800, 600}, "", ""},
        {{800, 600, 200, 200}, "", ""},  // a corner only
        {{-200, -200, 200, 200}, "", ""},
        {{799, 599, 200, 200}, "monitors overlap", "monitors overlap"},
        {{-2, -2, 2000, 2000}, "monitors overlap", "monitors overlap"},
        {{801, 0, 800, 600}, "a monitor touches no other", ""},
        {{0, 601, 800, 600}, "a monitor touches no other", ""},
        {{801, 600, 200, 200}, "a monitor touches no other", ""},
    };
    for (const auto& c : cases) {
        const Monitors monitors = {primary, c.other};
        EXPECT_EQ(broken(monitors), c.display) << c.other.left << ',' << c.other.top;
        EXPECT_EQ(broken(monitors, LayoutUse::connection), c.connection) << c.other.left;
    }
}

TEST(Monitors, are_limited_in_number_place_and_room) {
    Monitors row;
    for (std::int32_t i = 0; i < 16; ++i) row.push_back({i * 200, 0, 200, 200});
    EXPECT_EQ(broken(row), "");
    row.push_back({16 * 200, 0, 200, 200});
    EXPECT_TRUE(is_about(broken(row), "16"));
    const Monitor primary{0, 0, 200, 200};
    // 32766 pixels together, and two more.
    EXPECT_EQ(broken({primary, {32564, 0, 202, 200}}, LayoutUse::connection), "");
    EXPECT_TRUE(is_about(broken({primary, {32564, 0, 204, 200}}, LayoutUse::connection), "large"));
    EXPECT_TRUE(is_about(broken({primary, {0, -32567, 200, 200}}, LayoutUse::connection), "large"));
    for (const std::int32_t far : {32767, -32767, INT32_MAX, INT32_MIN})
        EXPECT_TRUE(is_about(broken({primary, {far, 0, 200, 200}}, LayoutUse::connection), "far"));
    // Four of 3840 x 2160 fit into the picture; 8192 x 4098 does not.
    EXPECT_EQ(broken({{0, 0, 3840, 2160},
                      {3840, 0, 3840, 2160},
                      {0, 2160, 3840, 2160},
                      {3840, 2160, 3840, 2160}}),
              "");
    EXPECT_TRUE(is_about(broken({{0, 0, 8192, 4098}}), "large"));
}

TEST(Monitors, the_picture_is_the_rectangle_around_them) {
    EXPECT_EQ(client::bounds_of(Monitors{{0, 0, 1280, 1024}}), (Monitor{0, 0, 1280, 1024}));
    EXPECT_EQ(client::bounds_of(Monitors{{0, 0, 1280, 1024}, {-800, 500, 800, 600}}),
              (Monitor{-800, 0, 2080, 1100}));
}

TEST(Monitors, are_written_as_sizes_and_places) {
    const auto two = client::parse_monitors("1280x1024+0+0,1024x768-1024+20");
    ASSERT_TRUE(two);
    EXPECT_EQ(*two, (Monitors{{0, 0, 1280, 1024}, {-1024, 20, 1024, 768}}));
    for (const auto* text :
         {"", ",", "1280", "1280x1024", "1280x1024+0", "1280x1024+0+0,", "1280x1024+0+0;8x8+0+0",
          "1280x1024+0+0 ", "x1024+0+0", "-1280x1024+0+0", "1280x-1024+0+0", "1280x1024++0+0",
          "1280x1024+0x0", "99999999999x1+0+0"})
        EXPECT_EQ(client::parse_monitors(text).error().code, Errc::bad_value) << text;
    std::string many = "1x1+0+0";
    for (int i = 1; i < 16; ++i) many += ",1x1+0+0";
    EXPECT_EQ(client::parse_monitors(many)->size(), 16U);
    EXPECT_EQ(client::parse_monitors(many + ",1x1+0+0").error().code, Errc::limit_exceeded);
}

/// CS_MONITOR and CS_MONITOR_EX of the first packet.
std::vector<Bytes> monitor_blocks(client::Settings settings) {
    client::Client peer(std::move(settings), {});
    peer.start();
    const auto packet = peer.take_output();
    const auto blocks = rdp::proto::locate_client_blocks(packet);
    EXPECT_TRUE(blocks);
    std::vector<Bytes> found;
    for (const auto type :
         {rdp::proto::GccBlockType::cs_monitor, rdp::proto::GccBlockType::cs_monitor_ex})
        if (const auto* block = rdp::proto::find_block(*blocks, type))
            found.push_back(to_bytes(ByteView(packet).subspan(block->offset, block->length)));
    return found;
}

TEST(MonitorsAtConnection, are_said_with_their_last_row_and_column) {
    client::Settings settings;
    EXPECT_TRUE(monitor_blocks(std::move(settings)).empty()) << "one needs no words";
    client::Settings two;
    two.monitors = {{0, 0, 1280, 1024}, {-1024, 16, 1024, 768}};
    const auto blocks = monitor_blocks(std::move(two));
    ASSERT_EQ(blocks.size(), 2U);
    Writer w;
    w.u16_le(0xc005).u16_le(52).u32_le(0).u32_le(2);
    w.u32_le(0).u32_le(0).u32_le(1279).u32_le(1023).u32_le(1);
    w.u32_le(0xfffffc00).u32_le(16).u32_le(0xffffffff).u32_le(783).u32_le(0);
    EXPECT_EQ(blocks[0], w.take());
    Writer ex;
    ex.u16_le(0xc008).u16_le(56).u32_le(0).u32_le(20).u32_le(2);
    for (int i = 0; i < 2; ++i) ex.u32_le(0).u32_le(0).u32_le(0).u32_le(100).u32_le(100);
    EXPECT_EQ(blocks[1], ex.take());
}

Bytes host_layout(const Monitors& monitors) {
    auto payload = rdp::proto::encode_client_monitors(monitors);
    payload.erase(payload.begin(), payload.begin() + 4);  // flags, which a host's has not
    return payload;
}

TEST(MonitorsOfTheHost, are_told) {
    const Monitors monitors = {{0, 0, 1280, 1024}, {1280, -100, 800, 600}};
    Host host(all_channels());
    host.activate();
    host.say(from_host(io_channel, share_data(0x37, host_layout(monitors))));
    const auto told = host.events<client::HostMonitors>();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].monitors, monitors);
    EXPECT_FALSE(host.tell(from_host(io_channel, share_data(0x37, Bytes{1, 0, 0}))));
}

TEST(MonitorsOfTheHost, are_read_to_the_byte) {
    const auto whole = host_layout({{0, 0, 1280, 1024}, {1280, -100, 800, 600}});
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(rdp::proto::decode_host_monitors(ByteView(whole).first(size))) << size;
    auto longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(rdp::proto::decode_host_monitors(longer));
    auto many = Writer().u32_le(64).zeros(64 * 20).take();
    EXPECT_EQ(rdp::proto::decode_host_monitors(many)->size(), rdp::proto::host_monitors_max);
    many = Writer().u32_le(65).zeros(65 * 20).take();
    EXPECT_EQ(rdp::proto::decode_host_monitors(many).error().code, Errc::limit_exceeded);
    // It ends before it begins: in either direction.
    for (const std::size_t last : {8, 12}) {
        auto turned = Writer().u32_le(1).u32_le(5).u32_le(5).u32_le(5).u32_le(5).u32_le(1).take();
        EXPECT_EQ(rdp::proto::decode_host_monitors(turned)->at(0), (Monitor{5, 5, 1, 1}));
        turned[4 + last] = 4;
        EXPECT_EQ(rdp::proto::decode_host_monitors(turned).error().code, Errc::bad_value);
    }
}

TEST(DisplayControl, arranges_monitors_within_what_the_host_takes) {
    Host host(all_channels());
    host.activate();
    const Monitors two = {{0, 0, 1024, 768}, {1024, 0, 800, 600}};
    EXPECT_EQ(host.peer.arrange(two).error().code, Errc::unsupported);
    host.say(host_message(dynamic_channel,
                          Writer().u8(0x10).u8(3).text(client::display_channel_name).u8(0).view()));
    const auto takes = [&host](std::uint32_t count, std::uint32_t a, std::uint32_t b) {
        host.say(host_message(
            dynamic_channel,
            Writer().u8(0x30).u8(3).u32_le(5).u32_le(20).u32_le(count).u32_le(a).u32_le(b).view()));
        host.output();
    };
    takes(2, 1024, 768);
    ASSERT_TRUE(host.peer.arrange(two));
    const auto sent = host.messages_on(dynamic_channel);
    ASSERT_EQ(sent.size(), 1U);
    const auto layout =
        channels::decode_monitor_layout(channels::decode_dvc_pdu(sent[0], false)->data);
    ASSERT_TRUE(layout);
    EXPECT_EQ(*layout, two);
    EXPECT_EQ(host.peer.arrange(Monitors{{0, 0, 1024, 768}, {1025, 0, 800, 600}}).error().code,
              Errc::bad_value)
        << "they lie apart";
    takes(1, 8192, 8192);
    EXPECT_EQ(host.peer.arrange(two).error().code, Errc::bad_value) << "two are too many";
    takes(2, 1024, 618);  // 1024 x 768 + 800 x 600 are 768 pixels more than that twice
    EXPECT_EQ(host.peer.arrange(two).error().code, Errc::bad_value);
    takes(2, 0xffffffff, 0xffffffff);
    EXPECT_TRUE(host.peer.arrange(two)) << "no product overflows";
}

}  // namespace
}  // namespace lucid::test
