// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/camera.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/egfx_avc.hpp>
#include <lucid/rdp/proto/channels/egfx_commands.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/proto/channels/usb.hpp>
#include <lucid/rdp/proto/window_orders.hpp>

#include <tests/support/egfx_writer.hpp>
#include <tests/support/rdp_session.hpp>

#include <gtest/gtest.h>

// What the parsers of channel messages refuse, by the field that they name, and the rarer forms.

namespace lucid::rdp::proto::channels {
namespace {

using test::EgfxWriter;
using test::wide;

template <class T>
std::string refused(const Result<T>& result) {
    return result ? "accepted" : result.error().context;
}

std::string refused(const EgfxWriter& commands) {
    return refused(EgfxReader(commands.view()).next());
}

template <class T>
T read(std::uint16_t id, ByteView body) {
    EgfxWriter w;
    w.command(id, body);
    const auto command = EgfxReader(w.view()).next();
    EXPECT_TRUE(command) << command.error().message();
    EXPECT_TRUE(command && std::holds_alternative<T>(*command));
    return command && std::holds_alternative<T>(*command) ? std::get<T>(*command) : T{};
}

TEST(Egfx, commands_that_few_hosts_send) {
    const auto context = read<DeleteEncodingContext>(0x03, Writer().u16_le(1).u32_le(99).view());
    EXPECT_EQ(context.codec_context_id, 99U);
    const auto reply = read<CacheImportReply>(0x11, Writer().u16_le(2).u16_le(5).u16_le(6).view());
    EXPECT_EQ(reply.slots, (std::vector<std::uint16_t>{5, 6}));
    Writer window;
    window.u16_le(1).u64_le(0x1122334455667788).u32_le(30).u32_le(40);
    EXPECT_EQ(read<MapSurfaceToWindow>(0x15, window.view()).target_width, 0U);
    window.u32_le(60).u32_le(80);
    const auto scaled = read<MapSurfaceToWindow>(0x18, window.view());
    EXPECT_EQ(scaled.window_id, 0x1122334455667788U);
    EXPECT_EQ(scaled.target_height, 80U);
    const auto advertised = encode_caps_advertise({{0x80004, {}}, {0x80105, {}}});
    const auto command = EgfxReader(advertised).next();
    ASSERT_TRUE(command);
    EXPECT_EQ(std::get<CapsAdvertise>(*command).capabilities.size(), 2U);
}

TEST(Egfx, every_codec_of_the_specification_and_no_other) {
    for (std::uint16_t codec = 0; codec < 0x20; ++codec) {
        const bool known =
            codec == 0 || codec == 3 || (codec >= 8 && codec <= 12) || codec == 14 || codec == 15;
        EgfxWriter w;
        w.wire_to_surface_1(1, static_cast<EgfxCodec>(codec), {0, 0, 1, 1}, {});
        EXPECT_EQ(refused(w), known ? "accepted" : "codecId") << codec;
    }
}

TEST(Egfx, rectangles_upside_down_and_targets_without_an_area_are_refused) {
    EgfxWriter fill;
    fill.solid_fill(1, 0, {{0, 5, 9, 4}});
    EXPECT_EQ(refused(fill), "fillRect");
    const auto target = [](std::uint32_t width, std::uint32_t height) {
        EgfxWriter w;
        w.map_to_scaled_output(1, 0, 0, width, height);
        return refused(w);
    };
    EXPECT_EQ(target(egfx_side_max, egfx_side_max), "accepted");
    EXPECT_EQ(target(5, 0), "target size");
    EXPECT_EQ(target(egfx_side_max + 1, 5), "target size");
    EXPECT_EQ(target(5, egfx_side_max + 1), "target size");
    EXPECT_NE((EgfxRect{1, 2, 3, 4}), (EgfxRect{1, 2, 3, 5}));
    EXPECT_NE((EgfxPoint{1, 2}), (EgfxPoint{1, 3}));
}

TEST(Egfx, import_replies_at_and_past_the_limit) {
    for (const std::size_t count : {cache_offers_max, cache_offers_max + 1}) {
        EgfxWriter w;
        w.command(0x11, Writer().u16_le(static_cast<std::uint16_t>(count)).zeros(2 * count).view());
        EXPECT_EQ(refused(w), count == cache_offers_max ? "accepted" : "importedEntriesCount");
    }
}

TEST(Egfx, only_an_acknowledgement_can_be_suspended) {
    auto frame = encode_egfx(FrameAcknowledge{1, 2, 3});
    ASSERT_TRUE(suspend_acknowledgements(frame));
    frame[4] = 21;  // pduLength
    frame.push_back(0);
    EXPECT_EQ(refused(suspend_acknowledgements(frame)), "frame acknowledgement");
}

TEST(EgfxAvc, regions_upside_down_are_refused) {
    const auto region = [](std::uint16_t left, std::uint16_t top, std::uint16_t right,
                           std::uint16_t bottom) {
        Writer w;
        w.u32_le(1).u16_le(left).u16_le(top).u16_le(right).u16_le(bottom).zeros(2);
        return refused(decode_avc420_stream(w.view()));
    };
    EXPECT_EQ(region(1, 1, 1, 1), "accepted");
    EXPECT_EQ(region(2, 1, 1, 1), "regionRect");
    EXPECT_EQ(region(1, 2, 1, 1), "regionRect");
}

TEST(DisplayControl, lengths_must_be_those_of_the_message) {
    const std::vector<Monitor> monitors = {{0, 0, 800, 600}, {-1024, 40, 1024, 768}};
    const auto good = encode_monitor_layout(monitors);
    const auto read = decode_monitor_layout(good);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, monitors);
    EXPECT_EQ(good[16], 1) << "the primary one";
    EXPECT_EQ(good[56], 0);
    auto bad = good;
    bad[4] ^= 1;
    EXPECT_EQ(refused(decode_monitor_layout(bad)), "display control length");
    bad = good;
    bad[8] ^= 1;
    EXPECT_EQ(refused(decode_monitor_layout(bad)), "MonitorLayoutSize");
}

TEST(DisplayControl, monitors_at_and_past_the_limit) {
    for (const std::size_t count : {monitors_max, monitors_max + 1}) {
        const auto layout = encode_monitor_layout(std::vector<Monitor>(count, {0, 0, 800, 600}));
        EXPECT_EQ(refused(decode_monitor_layout(layout)),
                  count == monitors_max ? "accepted" : "NumMonitors");
    }
}

TEST(Camera, channel_names_at_and_past_the_limit_and_wide_names) {
    const auto added = [](ByteView name, std::size_t channel_length) {
        Writer w;
        w.u8(2).u8(5).bytes(name).u16_le(0).text(std::string(channel_length, 'c')).u8(0);
        return w.take();
    };
    EXPECT_TRUE(decode_camera_added(added(wide("x"), dvc_name_bytes_max - 1)));
    EXPECT_EQ(refused(decode_camera_added(added(wide("x"), dvc_name_bytes_max))),
              "VirtualChannelName");
    const Bytes upper_half = {0x00, 0x04};  // U+0400: its first byte is no end
    const auto message = added(upper_half, 3);
    EXPECT_EQ(to_bytes((*decode_camera_added(message))->name), upper_half);
}

TEST(Clipboard, capabilities_with_short_or_other_sets) {
    const auto flags = [](std::uint16_t count, ByteView sets) {
        const auto data = Writer().u16_le(count).u16_le(0).bytes(sets).take();
        return decode_clip_general_flags({ClipType::clip_caps, 0, data});
    };
    const auto other = Writer().u16_le(7).u16_le(6).u16_le(0).take();
    ASSERT_TRUE(flags(1, other));
    EXPECT_FALSE(*flags(1, other));
    EXPECT_EQ(refused(flags(1, Writer().u16_le(1).u16_le(3).view())), "lengthCapability");
    EXPECT_EQ(refused(flags(clip_capability_sets_max + 1, {})), "cCapabilitiesSets");
    Writer general;
    general.u16_le(1).u16_le(12).u32_le(2).u32_le(cb_can_lock_clipdata);
    ASSERT_TRUE(flags(1, general.view()));
    EXPECT_EQ((*flags(1, general.view()))->flags, cb_can_lock_clipdata);
    general.u16_le(1).u16_le(12).u32_le(2).u32_le(0);
    EXPECT_EQ(refused(flags(2, general.view())), "general capability repeated");
}

TEST(Rdpdr, removals_at_and_past_the_limit) {
    for (const std::size_t count : {devices_max, devices_max + 1}) {
        const auto body =
            Writer().u32_le(static_cast<std::uint32_t>(count)).zeros(4 * count).take();
        EXPECT_EQ(refused(decode_device_remove({RdpdrComponent{}, RdpdrPacket{}, body})),
                  count == devices_max ? "accepted" : "DeviceCount");
    }
}

TEST(Rdpdr, only_one_information_class_moves_the_end_of_a_file) {
    const auto end = [](std::uint32_t information_class) {
        DeviceIoRequest request;
        const auto parameters =
            Writer().u32_le(information_class).u32_le(8).zeros(24).u64_le(77).take();
        request.parameters = parameters;
        return *decode_end_of_file(request);
    };
    EXPECT_EQ(end(20), 77U);
    EXPECT_FALSE(end(19));
}

Bytes ids(ByteView text) {
    return Writer().u32_le(static_cast<std::uint32_t>(text.size() / 2)).bytes(text).take();
}

Bytes usb_add_device(std::uint32_t interface_id, ByteView hardware, ByteView compatible) {
    Writer w;
    w.u32_le(interface_id).u32_le(7).u32_le(0x101).u32_le(1).u32_le(4);
    w.bytes(ids({})).bytes(ids(hardware)).bytes(ids(compatible));
    return w.take();
}

TEST(Usb, ids_without_an_end_with_odd_characters_or_none) {
    const auto device = decode_usb_add_device(
        usb_add_device(0x40000001, {}, test::wide(std::string_view("USB\\Class_{e\x7f\x01", 14))));
    ASSERT_TRUE(device && *device);
    EXPECT_TRUE((*device)->hardware_id.empty());
    EXPECT_EQ((*device)->classes, (std::vector<std::string>{"{E"}));
    const auto odd = decode_usb_add_device(
        usb_add_device(0x40000001, Bytes{'a', 0, 1, 0, 0x7f, 0, 'b', 4, 0, 0}, {}));
    EXPECT_EQ((*odd)->hardware_id, "a???");
    EXPECT_FALSE(*decode_usb_add_device(usb_add_device(0x40000002, {}, {})));
    EXPECT_FALSE(*decode_usb_add_device(Writer().u32_le(0x40000001).zeros(7).view()));
}

TEST(WindowOrders, fields_stand_for_themselves) {
    constexpr std::uint32_t window = 0x01000000;
    const auto update = [](std::uint32_t fields, ByteView rest) {
        Writer w;
        w.u16_le(1).u8(0x2e).u16_le(static_cast<std::uint16_t>(7 + rest.size())).u32_le(fields);
        w.bytes(rest);
        return w.take();
    };
    const auto bare = decode_window_orders(update(window, Writer().u32_le(5).view()));
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->front().window, 5U);
    EXPECT_FALSE(bare->front().title);
    const auto with_title = update(window | 0x4, Writer().u32_le(5).u16_le(2).u8('a').u8(0).view());
    const auto titled = decode_window_orders(with_title);
    ASSERT_TRUE(titled);
    EXPECT_EQ(to_bytes(*titled->front().title), wide("a"));
    const auto desktop = decode_window_orders(update(0x04000000, {}));
    ASSERT_TRUE(desktop);
    EXPECT_EQ(desktop->front().what, WindowOrder::What::desktop);
    EXPECT_FALSE(desktop->front().active_window);
}

}  // namespace
}  // namespace lucid::rdp::proto::channels
