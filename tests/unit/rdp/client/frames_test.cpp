// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/capabilities.hpp>
#include <lucid/rdp/proto/channels/egfx_commands.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/updates.hpp>

#include "scripted_host.hpp"

// Acknowledgements of frames: of surface commands (MS-RDPRFX 2.2.3.1) and of the graphics pipeline
// (MS-RDPEGFX 2.2.2.13).

namespace lucid::test {
namespace {

namespace channels = rdp::proto::channels;

/// Demand Active with a Frame Acknowledge set of four frames.
Bytes demand_with_acknowledgements() {
    Writer w;
    w.u32_le(0x103ea).u16_le(4).u16_le(24 + 8 + 4).text("RDP").u8(0).u16_le(2).u16_le(0);
    w.u16_le(1).u16_le(24).zeros(20).u16_le(0x1e).u16_le(8).u32_le(4).u32_le(0);
    return share_pdu(1, w.view());
}

Bytes marker(bool end, std::uint32_t frame) {
    return Writer().u16_le(4).u16_le(end ? 1 : 0).u32_le(frame).take();
}
/// One fast-path update of surface commands.
Bytes surface_update(ByteView commands) {
    const auto size = static_cast<std::uint16_t>(commands.size());
    Writer w;
    w.u8(0).u16_be(static_cast<std::uint16_t>(0x8000 | (size + 6))).u8(4).u16_le(size);
    return w.bytes(commands).take();
}
/// A Set Surface Bits that draws outside of every desktop.
Bytes undrawable() {
    Writer w;
    w.u16_le(1).u16_le(60000).u16_le(60000).u16_le(60001).u16_le(60001);
    w.u8(32).u8(0).u8(0).u8(0).u16_le(1).u16_le(1).u32_le(4).u32_le(0);
    return w.take();
}

void activate_with(Host& host, ByteView demand) {
    host.join();
    host.say(from_host(io_channel, licensing()));
    host.output();
    host.say(from_host(io_channel, demand));
    host.say(from_host(io_channel, share_data(0x28, Bytes(8))));
}

bool offers_acknowledgements(const std::vector<Bytes>& sent) {
    const auto sets = rdp::proto::locate_capabilities(sent.at(0));
    EXPECT_TRUE(sets);
    for (const auto& set : *sets)
        if (set.type == rdp::proto::capstype_frame_acknowledge) {
            const auto bytes = ByteView(sent[0]).subspan(set.offset, set.length);
            EXPECT_EQ(to_bytes(bytes),
                      (Bytes{0x1e, 0, 8, 0, client::frames_in_flight_max, 0, 0, 0}));
            return true;
        }
    return false;
}

TEST(SurfaceFrames, each_is_acknowledged_once_it_is_drawn) {
    Host host(all_channels());
    activate_with(host, demand_with_acknowledgements());
    EXPECT_TRUE(offers_acknowledgements(host.output_on(io_channel)));
    auto commands = marker(false, 7);
    append(commands, marker(true, 7));
    append(commands, undrawable());
    append(commands, marker(true, 0x01020304));
    host.say(surface_update(marker(false, 6)));
    EXPECT_TRUE(host.output().empty()) << "begun only";
    host.say(surface_update(commands));
    const auto sent = host.output_on(io_channel);
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0], (Bytes{22, 0, 0x17, 0,    0xef, 3, 0xea, 3, 1, 0, 0,
                              1,  8, 0,    0x38, 0,    0, 0,    7, 0, 0, 0}));
    EXPECT_EQ(to_bytes(ByteView(sent[1]).subspan(18)), (Bytes{4, 3, 2, 1}));
    EXPECT_EQ(host.peer.frames(), 2U);
}

TEST(SurfaceFrames, cut_anywhere_nothing_is_acknowledged) {
    const auto update = surface_update(marker(true, 7));
    for (std::size_t size = 0; size < update.size(); ++size) {
        Host host(all_channels());
        activate_with(host, demand_with_acknowledgements());
        host.output();
        host.say(ByteView(update).first(size));
        EXPECT_TRUE(host.output().empty()) << size;
        host.say(ByteView(update).subspan(size));
        EXPECT_EQ(host.output().size(), 1U) << size;
    }
    // Commands that are cut inside of a whole update are an update that cannot be drawn.
    const auto whole = marker(true, 7);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        Host host(all_channels());
        activate_with(host, demand_with_acknowledgements());
        host.output();
        host.say(surface_update(ByteView(whole).first(size)));
        EXPECT_TRUE(host.output().empty()) << size;
        EXPECT_EQ(host.events<client::Undrawn>().size(), 1U) << size;
    }
}

TEST(SurfaceFrames, hosts_that_know_no_acknowledgements_get_none) {
    Host host(all_channels());
    activate_with(host, active_pdu(1));
    EXPECT_FALSE(offers_acknowledgements(host.output_on(io_channel)));
    host.say(surface_update(marker(true, 7)));
    EXPECT_TRUE(host.output().empty());
    EXPECT_EQ(host.peer.frames(), 1U);

    auto settings = all_channels();
    settings.graphics = client::Graphics::bitmap;
    Host bitmaps(std::move(settings));
    activate_with(bitmaps, demand_with_acknowledgements());
    EXPECT_FALSE(offers_acknowledgements(bitmaps.output_on(io_channel)));
    bitmaps.say(surface_update(marker(true, 7)));
    EXPECT_TRUE(bitmaps.output().empty());
}

TEST(SurfaceFrames, stop_with_the_desktop_and_go_on_with_the_next) {
    Host host(all_channels());
    activate_with(host, demand_with_acknowledgements());
    host.say(from_host(io_channel, share_pdu(6, Bytes(6))));
    host.output();
    host.say(surface_update(marker(true, 7)));
    EXPECT_TRUE(host.output().empty());
    host.say(from_host(io_channel, demand_with_acknowledgements()));
    host.say(from_host(io_channel, share_data(0x28, Bytes(8))));
    host.output();
    host.say(surface_update(marker(true, 8)));
    EXPECT_EQ(host.output().size(), 1U);
}

Bytes end_frame(std::uint32_t frame) {
    return Writer().u16_le(0x0c).u16_le(0).u32_le(12).u32_le(frame).take();
}
/// Solid fill of a surface that is not there.
Bytes undrawable_command() {
    return Writer().u16_le(4).u16_le(0).u32_le(16).u16_le(99).u32_le(0).u16_le(0).take();
}
/// A message of the graphics channel, which has the id 5, in one ZGFX segment.
Bytes graphics(ByteView commands) {
    return host_message(dynamic_channel,
                        Writer().u8(0x30).u8(5).u8(0xe0).u8(4).bytes(commands).view());
}

class GraphicsFrames : public testing::Test {
  protected:
    GraphicsFrames() : host(all_channels()) {
        host.activate();
        Writer create;
        create.u8(0x10).u8(5).text(client::graphics_channel_name).u8(0);
        host.say(host_message(dynamic_channel, create.view()));
        host.output();
    }
    std::vector<channels::FrameAcknowledge> acknowledged() {
        std::vector<channels::FrameAcknowledge> found;
        for (const auto& message : host.messages_on(dynamic_channel)) {
            const auto command =
                channels::EgfxReader(channels::decode_dvc_pdu(message, false)->data).next();
            EXPECT_TRUE(command);
            found.push_back(std::get<channels::FrameAcknowledge>(*command));
        }
        return found;
    }
    Host host;
};

TEST_F(GraphicsFrames, each_of_a_message_is_acknowledged) {
    auto commands = end_frame(3);
    append(commands, undrawable_command());
    append(commands, end_frame(4));
    host.say(graphics(commands));
    EXPECT_EQ(host.events<client::Undrawn>().size(), 1U);
    auto sent = acknowledged();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].frame_id, 3U);
    EXPECT_EQ(sent[0].total_frames_decoded, 1U);
    EXPECT_EQ(sent[1].frame_id, 4U);
    EXPECT_EQ(sent[1].total_frames_decoded, 2U);
    host.say(graphics(end_frame(3)));
    sent = acknowledged();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].total_frames_decoded, 3U);
    EXPECT_EQ(host.peer.frames(), 3U);
}

TEST_F(GraphicsFrames, what_waits_to_be_read_is_told) {
    auto two = graphics(end_frame(1));
    const auto second = graphics(end_frame(2));
    append(two, second);
    host.say(two);
    const auto sent = acknowledged();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].queue_depth, second.size());
    EXPECT_EQ(sent[1].queue_depth, 1U) << "0 would mean that it is not told";
}

TEST_F(GraphicsFrames, other_messages_of_the_channel_repeat_nothing) {
    host.say(graphics(end_frame(1)));
    EXPECT_EQ(acknowledged().size(), 1U);
    host.say(graphics(Writer().u16_le(0x0b).u16_le(0).u32_le(16).u32_le(0).u32_le(2).view()));
    host.say(host_message(dynamic_channel, Writer().u8(0x30).u8(6).zeros(4).view()));
    EXPECT_TRUE(host.output().empty());
}

}  // namespace
}  // namespace lucid::test
