// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <tests/support/rdp_session.hpp>

#include <gtest/gtest.h>

// Each named limit at it and past it, and the rules that no capture shows.

namespace lucid::rdp::proto {
namespace {

using namespace channels;

Bytes chunk(std::uint32_t total, std::uint32_t flags, ByteView data) {
    Writer w;
    w.u32_le(total).u32_le(flags).bytes(data);
    return w.take();
}

TEST(Tpkt, frames_of_both_kinds_and_too_short_ones) {
    EXPECT_EQ((*peek_pdu(Bytes{3, 0, 0, 7}))->length, 7U);
    EXPECT_FALSE(peek_pdu(Bytes{3, 0, 0, 6}));
    EXPECT_EQ((*peek_pdu(Bytes{0, 2}))->length, 2U);
    EXPECT_FALSE(peek_pdu(Bytes{0, 1}));
    EXPECT_EQ((*peek_pdu(Bytes{0, 0x80, 3}))->length, 3U);
    EXPECT_FALSE(peek_pdu(Bytes{0, 0x80, 2}));
    EXPECT_FALSE(peek_pdu(Bytes{1, 9}));
    for (const auto& part : {Bytes{}, Bytes{3}, Bytes{3, 0, 0}, Bytes{0}, Bytes{0, 0x81}})
        EXPECT_FALSE(peek_pdu(part)->has_value());
}

TEST(McsConnect, channel_count_at_and_past_the_limit) {
    for (const std::size_t count : {static_channels_max, static_channels_max + 1}) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < count; ++i) names.push_back("c" + std::to_string(i));
        const auto packet = test::connect_initial({names, 1, 800, 600});
        const auto blocks = locate_client_blocks(packet);
        ASSERT_TRUE(blocks);
        const auto channels_of =
            decode_client_network_data(packet, *find_block(*blocks, GccBlockType::cs_net));
        EXPECT_EQ(channels_of.has_value(), count == static_channels_max);
    }
}

TEST(McsConnect, repeated_block_is_refused) {
    auto packet = test::connect_initial({{}, 1, 800, 600});
    const auto blocks = locate_client_blocks(packet);
    const auto* cluster = find_block(*blocks, GccBlockType::cs_cluster);
    packet[cluster->offset] = 0x02;  // CS_SECURITY a second time
    EXPECT_FALSE(locate_client_blocks(packet));
}

TEST(Share, pdus_of_one_packet_at_and_past_the_limit) {
    for (const std::size_t count : {share_pdus_max, share_pdus_max + 1}) {
        Bytes data;
        for (std::size_t i = 0; i < count; ++i) append(data, test::share_pdu(7, {}));
        EXPECT_EQ(decode_share_pdus(data).has_value(), count == share_pdus_max);
    }
}

TEST(Share, flow_pdus_and_padding_are_passed_over) {
    Bytes data = {0x00, 0x80, 0, 0x41, 0, 0, 0xea, 0x03};
    append(data, test::share_pdu(6, {}));
    append(data, Bytes{0, 0, 0});
    const auto pdus = decode_share_pdus(data);
    ASSERT_TRUE(pdus);
    ASSERT_EQ(pdus->size(), 1U);
    EXPECT_EQ(pdus->front().type, PduType::deactivate_all);
    data.push_back(0);
    EXPECT_FALSE(decode_share_pdus(data)) << "four bytes are a PDU, and a bad one";
}

TEST(Share, total_length_beyond_the_data_is_refused) {
    auto data = test::share_pdu(7, Bytes(10));
    data[0] = static_cast<std::uint8_t>(data.size() + 1);
    EXPECT_FALSE(decode_share_pdus(data));
    EXPECT_FALSE(is_share_control(data));
}

TEST(Share, unreadable_auto_reconnect_cookie_is_wiped) {
    Writer w;
    w.u32_le(3).u16_le(40).u32_le(3).u32_le(0xffffffff).bytes(Bytes(28, 0xcc));
    Bytes info = w.take();
    ASSERT_TRUE(has_auto_reconnect_cookie(info));
    remove_auto_reconnect_cookie(info);
    EXPECT_FALSE(has_auto_reconnect_cookie(info));
    EXPECT_EQ(std::count(info.begin(), info.end(), 0xcc), 0);
}

TEST(FastPath, long_event_count_and_unknown_code) {
    Bytes pdu = {0x00, 0x05, 0x01, 0x00, 0x1e};
    ASSERT_TRUE(decode_fast_path_input(pdu));
    EXPECT_EQ(decode_fast_path_input(pdu)->front().key, 0x1e);
    pdu[3] = 0xe0;
    EXPECT_FALSE(decode_fast_path_input(pdu));
    EXPECT_FALSE(decode_fast_path_input(Bytes{0x84, 0x04, 0x00, 0x1e})) << "encrypted";
}

TEST(FastPath, updates_with_fragmentation_and_compression) {
    const auto updates = decode_fast_path_output(
        Bytes{0x00, 0x0c, 0xa4, 0x21, 0x02, 0x00, 0xaa, 0xbb, 0x03, 0x01, 0x00, 0xcc});
    ASSERT_TRUE(updates);
    ASSERT_EQ(updates->size(), 2U);
    EXPECT_EQ((*updates)[0].code, UpdateCode::surface_commands);
    EXPECT_EQ((*updates)[0].fragmentation, Fragmentation::first);
    EXPECT_EQ((*updates)[0].compression, 0x21);
    EXPECT_EQ((*updates)[1].code, UpdateCode::synchronize);
    EXPECT_EQ((*updates)[1].data.size(), 1U);
}

TEST(FastPath, slow_path_input_limit) {
    for (const std::size_t count : {slow_path_events_max, slow_path_events_max + 1}) {
        Writer w;
        w.u16_le(static_cast<std::uint16_t>(count)).u16_le(0).zeros(count * 12);
        EXPECT_EQ(decode_slow_path_input(w.view()).has_value(), count == slow_path_events_max);
    }
}

TEST(Reassembler, message_at_and_past_the_limit) {
    Reassembler parts(10);
    EXPECT_TRUE(parts.add(chunk(10, 3, Bytes(10)))->has_value());
    EXPECT_FALSE(parts.add(chunk(11, 3, Bytes(11))));
}

TEST(Reassembler, order_of_flags_and_totals_is_enforced) {
    EXPECT_FALSE(Reassembler(10).add(chunk(4, 2, Bytes(4)))) << "no first";
    Reassembler twice(10);
    EXPECT_TRUE(twice.add(chunk(4, 1, Bytes(2))));
    EXPECT_FALSE(twice.add(chunk(4, 1, Bytes(2)))) << "two firsts";
    Reassembler changed(10);
    EXPECT_TRUE(changed.add(chunk(4, 1, Bytes(2))));
    EXPECT_FALSE(changed.add(chunk(5, 2, Bytes(2)))) << "another total";
    Reassembler longer(10);
    EXPECT_FALSE(longer.add(chunk(4, 1, Bytes(5)))) << "more than the total";
    EXPECT_FALSE(Reassembler(10).add(chunk(4, 3, Bytes(3)))) << "less at the end";
    EXPECT_FALSE(Reassembler(10).add(chunk(4, 0x200003, Bytes(4)))) << "compressed";
}

TEST(Reassembler, oversized_message_is_hashed_and_the_next_one_whole_again) {
    Reassembler parts(10, 4);
    const Bytes body(60, 7);
    Bytes first = {1, 2};
    Bytes second = {3, 4};
    append(second, body);
    EXPECT_FALSE(parts.add(chunk(64, 1, first))->has_value());
    EXPECT_FALSE(parts.take_oversized());
    EXPECT_FALSE(parts.add(chunk(64, 2, second))->has_value());
    const auto oversized = parts.take_oversized();
    ASSERT_TRUE(oversized);
    EXPECT_EQ(oversized->header, (Bytes{1, 2, 3, 4}));
    EXPECT_EQ(oversized->total_bytes, 64U);
    EXPECT_EQ(oversized->body_sha256, crypto::sha256(body));
    EXPECT_FALSE(parts.take_oversized());
    EXPECT_TRUE(parts.add(chunk(3, 3, Bytes(3)))->has_value());
}

TEST(Dynamic, channel_ids_of_each_size_and_names_at_the_limit) {
    EXPECT_EQ(decode_dvc_pdu(Bytes{0x30, 7}, true)->channel_id, 7U);
    EXPECT_EQ(decode_dvc_pdu(Bytes{0x31, 7, 1}, true)->channel_id, 0x107U);
    EXPECT_EQ(decode_dvc_pdu(Bytes{0x32, 7, 1, 0, 1}, true)->channel_id, 0x01000107U);
    EXPECT_FALSE(decode_dvc_pdu(Bytes{0x33, 7, 1, 0, 1}, true));
    for (const std::size_t size : {dvc_name_bytes_max, dvc_name_bytes_max + 1}) {
        Writer w;
        w.u8(0x10).u8(1).text(std::string(size, 'n')).u8(0);
        EXPECT_EQ(decode_dvc_pdu(w.view(), true).has_value(), size == dvc_name_bytes_max);
    }
    EXPECT_FALSE(decode_dvc_pdu(Bytes{0x10, 1, 'x'}, true)) << "no terminator";
}

TEST(Clipboard, formats_at_and_past_the_limit_and_padding) {
    for (const std::size_t count : {clip_formats_max, clip_formats_max + 1}) {
        const auto message = encode_clip_message(ClipType::format_list, 0, Bytes(count * 6));
        EXPECT_EQ(decode_format_list(*decode_clip_message(message), true).has_value(),
                  count == clip_formats_max);
    }
    Bytes padded = encode_clip_message(ClipType::monitor_ready, 0, {});
    padded.resize(padded.size() + 4);
    EXPECT_TRUE(decode_clip_message(padded));
    padded.push_back(0);
    EXPECT_FALSE(decode_clip_message(padded));
}

TEST(Clipboard, file_list_at_and_past_the_limit) {
    for (const std::size_t count : {clip_files_max, clip_files_max + 1}) {
        Writer w;
        w.u32_le(static_cast<std::uint32_t>(count)).zeros(count * 592);
        EXPECT_EQ(decode_file_list(w.view()).has_value(), count == clip_files_max);
    }
}

TEST(Rdpdr, devices_at_and_past_the_limit) {
    for (const std::size_t count : {devices_max, devices_max + 1}) {
        Writer w;
        w.u16_le(0x4472).u16_le(0x4441).u32_le(static_cast<std::uint32_t>(count));
        w.zeros(count * 20);
        EXPECT_EQ(decode_device_list(*decode_rdpdr_message(w.view())).has_value(),
                  count == devices_max);
    }
    EXPECT_FALSE(decode_rdpdr_message(Bytes{0x11, 0x22, 0, 0}));
}

TEST(Egfx, capabilities_at_and_past_the_limit) {
    for (const std::size_t count : {egfx_capabilities_max, egfx_capabilities_max + 1}) {
        const std::vector<EgfxCapability> many(count, EgfxCapability{0x00080004, {}});
        EXPECT_EQ(decode_caps_advertise(encode_caps_advertise(many)).has_value(),
                  count == egfx_capabilities_max);
    }
}

TEST(Channels, messages_are_not_accepted_cut) {
    const Bytes flags(4);
    const auto advertise = encode_caps_advertise({{0x00080004, flags}, {0x000a0701, flags}});
    const auto clip = encode_clip_message(ClipType::format_data_request, 0, flags);
    for (std::size_t n = 0; n < advertise.size(); ++n)
        EXPECT_FALSE(decode_caps_advertise(ByteView(advertise).first(n)));
    for (std::size_t n = 0; n < clip.size(); ++n)
        EXPECT_FALSE(decode_clip_message(ByteView(clip).first(n)));
    const Bytes entry(20);
    const auto list = encode_device_list({entry});
    for (std::size_t n = 4; n < list.size(); ++n)
        EXPECT_FALSE(decode_device_list(*decode_rdpdr_message(ByteView(list).first(n))));
}

}  // namespace
}  // namespace lucid::rdp::proto
