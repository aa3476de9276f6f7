// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/autodetect.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/proto/channels/rdpsnd.hpp>
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/proto/license.hpp>

#include <tests/support/rdp_session.hpp>

#include <gtest/gtest.h>

// What only a client reads or writes: forms that the hosts of our captures do not send, and limits.

namespace lucid::rdp::proto {
namespace {

using namespace channels;
using test::wide;

template <class T>
std::string refused(const Result<T>& result) {
    return result ? "accepted" : result.error().context;
}

TEST(AutoDetect, only_requests_are_read) {
    const auto request = [](std::uint8_t header_type, std::uint16_t type) {
        Writer w;
        w.zeros(4).u8(6).u8(header_type).u16_le(9).u16_le(type);
        return decode_autodetect_request(w.view());
    };
    ASSERT_TRUE(request(0, 0x1001));
    EXPECT_EQ(request(0, 0x1001)->sequence, 9);
    EXPECT_EQ(refused(request(1, 0x1001)), "headerTypeId");
    EXPECT_EQ(refused(request(0, 0x1002)), "requestType");
}

TEST(AutoDetect, results_say_whether_they_are_of_the_time_of_connecting) {
    const auto response_type = [](bool connect_time) {
        AutoDetectRequest stop{AutoDetect::bandwidth_stop, connect_time, 7, 0};
        return encode_bandwidth_results(stop, 5, 6).at(8);
    };
    EXPECT_EQ(response_type(true), 0x03);
    EXPECT_EQ(response_type(false), 0x0b);
}

TEST(License, every_message_of_a_host_is_read_and_no_other) {
    const auto message = [](std::uint8_t type) {
        return decode_license_pdu(
            Writer().zeros(4).u8(type).u8(3).u16_le(8).u32_le(license_valid_client).view());
    };
    for (const std::uint8_t type : Bytes{1, 2, 3, 4, 0xff}) {
        const auto read = message(type);
        ASSERT_TRUE(read) << +type;
        EXPECT_EQ(read->type, static_cast<LicenseMessage>(type));
        EXPECT_EQ(read->error_code, type == 0xff ? license_valid_client : 0);
    }
    for (const std::uint8_t type : Bytes{0, 5, 0x12, 0x15, 0xfe})
        EXPECT_EQ(refused(message(type)), "bMsgType") << +type;
}

TEST(FastPath, every_event_reads_back_as_it_was_written) {
    std::vector<InputEvent> events;
    for (const auto code :
         {FastPathEvent::mouse, FastPathEvent::mouse_ex, FastPathEvent::rel_mouse})
        events.push_back({code, 0, 0, pointer_flag_move, 300, 400});
    events.push_back({FastPathEvent::qoe_timestamp, 0, 0, 0, 0, 0});
    events.push_back({FastPathEvent::sync, sync_num_lock, 0, 0, 0, 0});
    events.push_back({FastPathEvent::scancode, key_release, 0x1e, 0, 0, 0});
    events.push_back({FastPathEvent::unicode, 0, 0x20ac, 0, 0, 0});
    const auto read = decode_fast_path_input(encode_fast_path_input(events));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ((*read)[i].code, events[i].code) << i;
        EXPECT_EQ((*read)[i].flags, events[i].flags) << i;
        EXPECT_EQ((*read)[i].key, events[i].key) << i;
        EXPECT_EQ((*read)[i].pointer, events[i].pointer) << i;
        EXPECT_EQ((*read)[i].x, events[i].x) << i;
        EXPECT_EQ((*read)[i].y, events[i].y) << i;
    }
}

TEST(Dynamic, messages_are_cut_where_a_pdu_is_full) {
    constexpr std::size_t one = dvc_pdu_bytes_max - 5;
    for (const auto& [size, count] : {std::pair<std::size_t, std::size_t>{0, 1},
                                      {one, 1},
                                      {one + 1, 2},
                                      {2 * one - 4, 2},
                                      {2 * one - 3, 3}}) {
        Bytes message(size);
        for (std::size_t i = 0; i < size; ++i) message[i] = static_cast<std::uint8_t>(i % 251);
        const auto pdus = encode_dvc_message(0x01020304, message);
        ASSERT_EQ(pdus.size(), count) << size;
        Bytes whole;
        for (const auto& bytes : pdus) {
            EXPECT_LE(bytes.size(), dvc_pdu_bytes_max);
            const auto pdu = decode_dvc_pdu(bytes, true);
            ASSERT_TRUE(pdu);
            EXPECT_EQ(pdu->channel_id, 0x01020304U);
            const bool is_first = count > 1 && whole.empty();
            EXPECT_EQ(pdu->command, is_first ? DvcCommand::data_first : DvcCommand::data);
            if (is_first) {
                EXPECT_EQ(pdu->total_bytes, size);
            }
            append(whole, pdu->data);
        }
        EXPECT_EQ(whole, message);
    }
}

TEST(Clipboard, short_names_are_cut_at_fifteen_letters) {
    const std::vector<ClipFormat> formats = {
        {1, {}, {}}, {0xc001, wide("123456789012345"), {}}, {0xc002, wide("1234567890123456"), {}}};
    const auto bytes = encode_format_list(formats, false);
    const auto read = decode_format_list(*decode_clip_message(bytes), false);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 3U);
    EXPECT_TRUE((*read)[0].name.empty());
    EXPECT_EQ((*read)[1].name, wide("123456789012345"));
    EXPECT_EQ((*read)[2].id, 0xc002U);
    EXPECT_EQ((*read)[2].name, wide("123456789012345"));
}

TEST(DisplayControl, caps_must_be_caps_of_their_length) {
    const auto caps = [](std::uint32_t type, std::uint32_t length) {
        Writer w;
        w.u32_le(type).u32_le(length).u32_le(16).u32_le(3840).u32_le(2160);
        return decode_display_control_caps(w.view());
    };
    ASSERT_TRUE(caps(5, 20));
    EXPECT_EQ(caps(5, 20)->monitors_max, 16U);
    EXPECT_EQ(caps(5, 20)->area_factor_b, 2160U);
    EXPECT_EQ(refused(caps(2, 20)), "display control type");
    EXPECT_EQ(refused(caps(5, 19)), "display control length");
    EXPECT_EQ(refused(caps(5, 21)), "display control length");
}

Result<std::uint32_t> extended_pdus(std::size_t count, ByteView sets) {
    const auto body =
        Writer().u16_le(static_cast<std::uint16_t>(count)).u16_le(0).bytes(sets).take();
    return decode_extended_pdus({RdpdrComponent::core, RdpdrPacket{}, body});
}

TEST(Rdpdr, the_general_set_is_found_behind_others_or_is_not_there) {
    const auto ours = encode_client_capabilities();
    const auto message = decode_rdpdr_message(ours);
    ASSERT_TRUE(message);
    EXPECT_EQ(*decode_extended_pdus(*message), 7U);
    const auto drive = Writer().u16_le(4).u16_le(8).u32_le(2).take();
    const auto general = Writer().u16_le(1).u16_le(44).zeros(24).u32_le(5).zeros(12).take();
    EXPECT_EQ(*extended_pdus(2, Writer().bytes(drive).bytes(general).view()), 5U);
    EXPECT_EQ(*extended_pdus(1, drive), 0U);
    EXPECT_EQ(*extended_pdus(0, {}), 0U);
    EXPECT_EQ(refused(extended_pdus(1, Writer().u16_le(4).u16_le(7).u32_le(2).view())),
              "CapabilityLength");
}

TEST(Rdpdr, capability_sets_at_and_past_the_limit) {
    for (const std::size_t count : {16, 17}) {
        Writer sets;
        for (std::size_t i = 0; i < count; ++i) sets.u16_le(4).u16_le(8).u32_le(2);
        EXPECT_EQ(refused(extended_pdus(count, sets.view())),
                  count == 16 ? "accepted" : "numCapabilities");
    }
}

TEST(Sound, formats_at_and_past_the_limit) {
    for (const std::size_t count : {sound_formats_max, sound_formats_max + 1}) {
        Writer body;
        body.zeros(14).u16_le(static_cast<std::uint16_t>(count)).zeros(4).zeros(18 * count);
        EXPECT_EQ(refused(decode_sound_formats({SoundType::formats, 0, body.view()})),
                  count == sound_formats_max ? "accepted" : "wNumberOfFormats");
    }
}

TEST(Sound, a_wave_counts_at_least_what_stands_in_its_head) {
    const Bytes body(12);
    const auto least = decode_sound_wave({SoundType::wave, 12, body});
    ASSERT_TRUE(least);
    EXPECT_EQ(least->data.size(), 4U);
    EXPECT_EQ(least->rest_bytes, 4U);
    EXPECT_EQ(refused(decode_sound_wave({SoundType::wave, 11, body})), "BodySize");
}

}  // namespace
}  // namespace lucid::rdp::proto
