// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/pointer_update.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <algorithm>
#include <tests/support/rdp_session.hpp>

#include <gtest/gtest.h>

// What each parser of the connection refuses, by the field that it names; and the forms that no
// capture shows. (Cuts and flipped bits of real PDUs are in vectors_test.cpp.)

namespace lucid::rdp::proto {
namespace {

template <class T>
std::string refused(const Result<T>& result) {
    return result ? "accepted" : result.error().context;
}

/// TPKT, X.224 connection TPDU with this code and variable part.
Bytes connection_tpdu(std::uint8_t code, ByteView variable) {
    Writer w;
    w.u8(3).u8(0).u16_be(static_cast<std::uint16_t>(11 + variable.size()));
    w.u8(static_cast<std::uint8_t>(6 + variable.size())).u8(code).zeros(5).bytes(variable);
    return w.take();
}

TEST(X224, requests_without_negotiation_and_with_routing_tokens) {
    const auto plain = decode_connection_request(connection_tpdu(0xe0, {}));
    ASSERT_TRUE(plain);
    EXPECT_FALSE(plain->requested_protocols);
    EXPECT_EQ(encode_connection_request(*plain), connection_tpdu(0xe0, {}));
    for (const std::string_view token : {"tsv://MS Terminal Services Plugin.1.x", "mth://x"}) {
        const auto line = std::string(token) + "\r\n";
        const auto request = decode_connection_request(connection_tpdu(0xe0, as_bytes(line)));
        ASSERT_TRUE(request) << token;
        EXPECT_EQ(request->cookie, token);
    }
    for (const std::size_t length : {std::size_t{200}, std::size_t{240}}) {
        const auto line = "Cookie: " + std::string(length - 8, 'x') + "\r\n";
        EXPECT_TRUE(decode_connection_request(connection_tpdu(0xe0, as_bytes(line)))) << length;
    }
    EXPECT_EQ(refused(decode_connection_request(connection_tpdu(0xe0, as_bytes("Cookie: a")))),
              "x224 cookie");
}

TEST(X224, correlation_info_is_read_and_must_be_itself) {
    const auto request = [](std::uint8_t type, std::uint16_t length) {
        Writer w;
        w.u8(1).u8(correlation_info_present).u16_le(8).u32_le(1);
        w.u8(type).u8(0).u16_le(length).zeros(32);
        return decode_connection_request(connection_tpdu(0xe0, w.view()));
    };
    EXPECT_TRUE(request(6, 36));
    EXPECT_EQ(refused(request(5, 36)), "correlation info type");
    EXPECT_EQ(refused(request(6, 35)), "correlation info length");
}

TEST(X224, requests_refuse_other_structures) {
    const auto request = [](std::uint8_t type, std::uint16_t length) {
        return decode_connection_request(
            connection_tpdu(0xe0, Writer().u8(type).u8(0).u16_le(length).u32_le(1).view()));
    };
    EXPECT_TRUE(request(1, 8));
    EXPECT_EQ(refused(request(2, 8)), "rdp negotiation type");
    EXPECT_EQ(refused(request(1, 9)), "rdp negotiation length");
}

TEST(X224, confirms_without_negotiation_with_a_failure_and_with_anything_else) {
    const auto plain = decode_connection_confirm(connection_tpdu(0xd0, {}));
    ASSERT_TRUE(plain);
    EXPECT_FALSE(plain->selected_protocol);
    EXPECT_FALSE(plain->failure);
    EXPECT_TRUE(decode_connection_confirm(encode_connection_confirm(*plain)));

    const auto confirm = [](std::uint8_t type, std::uint16_t length) {
        return decode_connection_confirm(
            connection_tpdu(0xd0, Writer().u8(type).u8(1).u16_le(length).u32_le(5).view()));
    };
    EXPECT_EQ(confirm(2, 8)->selected_protocol, 5U);
    EXPECT_EQ(confirm(3, 8)->failure, NegotiationFailure::hybrid_required_by_server);
    EXPECT_EQ(confirm(3, 8)->flags, 0);
    EXPECT_EQ(refused(confirm(4, 8)), "rdp negotiation type");
    EXPECT_EQ(refused(confirm(2, 7)), "rdp negotiation length");
}

/// Connect-Initial with these GCC data blocks and nothing that RDP does not look at.
Bytes connect_initial_with(ByteView blocks) {
    const auto length = [](std::size_t n) { return static_cast<std::uint16_t>(0x8000U | n); };
    Writer gcc;
    gcc.bytes(Bytes{0, 5, 0, 0x14, 0x7c, 0, 1}).u16_be(length(12 + 2 + blocks.size()));
    gcc.bytes(Bytes{0, 8, 0, 0x10, 0, 1, 0xc0, 0, 'D', 'u', 'c', 'a'});
    gcc.u16_be(length(blocks.size())).bytes(blocks);
    Writer content;
    content.bytes(Bytes{4, 1, 1, 4, 1, 1, 1, 1, 0xff, 0x30, 0, 0x30, 0, 0x30, 0});
    content.u8(4).u8(0x82).u16_be(static_cast<std::uint16_t>(gcc.offset())).bytes(gcc.view());
    Writer element;
    element.u16_be(0x7f65).u8(0x82).u16_be(static_cast<std::uint16_t>(content.offset()));
    element.bytes(content.view());
    return encode_data_tpdu(element.view());
}

TEST(McsConnect, blocks_at_and_past_the_limit) {
    for (const std::size_t count : {gcc_blocks_max, gcc_blocks_max + 1}) {
        Writer blocks;
        for (std::size_t i = 0; i < count; ++i)
            blocks.u16_le(static_cast<std::uint16_t>(0xd000 + i)).u16_le(4);
        const auto located = locate_client_blocks(connect_initial_with(blocks.view()));
        EXPECT_EQ(refused(located), count == gcc_blocks_max ? "accepted" : "gcc blocks");
    }
    EXPECT_EQ(refused(locate_client_blocks(
                  connect_initial_with(Writer().u16_le(0xc001).u16_le(3).view()))),
              "gcc block length");
}

TEST(McsConnect, lengths_of_more_than_three_bytes_or_of_fragments_are_refused) {
    auto packet = connect_initial_with(Writer().u16_le(0xc001).u16_le(4).view());
    ASSERT_TRUE(locate_client_blocks(packet));
    for (const std::uint8_t form : Bytes{0x80, 0x84}) {
        auto bad = packet;
        bad[9] = form;  // behind TPKT, X.224 and the tag
        EXPECT_EQ(refused(locate_client_blocks(bad)), "mcs connect length");
    }
    const Bytes t124 = {0, 5, 0, 0x14, 0x7c, 0, 1};
    const auto at = std::search(packet.begin(), packet.end(), t124.begin(), t124.end());
    ASSERT_NE(at, packet.end());
    at[7] = 0xc0;
    EXPECT_EQ(refused(locate_client_blocks(packet)), "connectPDU length");
}

TEST(McsConnect, a_channel_list_of_another_length_than_its_count_is_refused) {
    auto packet = test::connect_initial({{"rdpsnd", "cliprdr"}, 1, 800, 600});
    const auto blocks = locate_client_blocks(packet);
    const auto* net = find_block(*blocks, GccBlockType::cs_net);
    for (const std::uint8_t count : Bytes{1, 3}) {
        packet[net->offset + 4] = count;
        EXPECT_EQ(refused(decode_client_network_data(packet, *net)), "channelDefArray");
    }
}

TEST(McsConnect, a_response_without_success_is_refused) {
    for (const auto& result : {Bytes{0x0a, 0}, Bytes{0x0a, 1, 1}, Bytes{0x0a, 2, 0, 0}}) {
        Writer element;
        element.u16_be(0x7f66).u8(static_cast<std::uint8_t>(result.size())).bytes(result);
        EXPECT_EQ(refused(locate_server_blocks(encode_data_tpdu(element.view()))),
                  "connect result");
    }
}

TEST(McsDomain, confirms_of_a_host_that_does_not_want) {
    const auto user = [](Bytes payload) {
        return decode_attach_user_confirm(encode_data_tpdu(payload));
    };
    EXPECT_EQ(*user({0x2e, 0, 0, 7}), 1008);
    EXPECT_EQ(refused(user({0x2e, 0x20, 0, 7})), "mcs result");
    EXPECT_EQ(refused(user({0x2f, 0, 0, 7})), "mcs result");
    EXPECT_EQ(refused(user({0x2c, 0})), "mcs user");
    EXPECT_EQ(refused(user({0x3e, 0, 0, 7})), "mcs confirm");

    const auto channel = [](Bytes payload) {
        return decode_channel_join_confirm(encode_data_tpdu(payload));
    };
    EXPECT_EQ(*channel({0x3e, 0, 0, 7, 3, 0xeb, 3, 0xec}), 0x3ec);
    EXPECT_EQ(*channel({0x3c, 0, 0, 7, 3, 0xeb}), 0x3eb) << "the one that was asked for";
    EXPECT_EQ(refused(channel({0x3e, 0xe0, 0, 7, 3, 0xeb, 3, 0xec})), "mcs result");
    EXPECT_EQ(refused(channel({0x2e, 0, 0, 7, 3, 0xeb, 3, 0xec})), "mcs confirm");
}

TEST(McsDomain, data_in_per_fragments_and_foreign_types_are_refused) {
    const auto decode = [](Bytes payload) { return decode_mcs_pdu(encode_data_tpdu(payload)); };
    EXPECT_EQ(decode({0x64, 0, 7, 3, 0xeb, 0x70, 1, 9})->data.size(), 1U);
    EXPECT_EQ(refused(decode({0x64, 0, 7, 3, 0xeb, 0x70, 0xc1, 9})), "mcs data length");
    EXPECT_EQ(refused(decode({0x64, 0, 7, 3, 0xeb, 0x70, 2, 9})), "mcs data length");
    EXPECT_EQ(refused(decode({0x08})), "mcs type");
    EXPECT_EQ(*decode_disconnect_reason(encode_disconnect_provider_ultimatum(3)), 3U);
    EXPECT_EQ(refused(decode_disconnect_reason(encode_data_tpdu(Bytes{0x64, 0}))), "mcs type");
}

TEST(Pointers, the_hosts_own_and_its_position_on_the_fast_path) {
    const auto system = decode_fast_path_pointer(UpdateCode::pointer_default, {});
    ASSERT_TRUE(system);
    EXPECT_TRUE(std::holds_alternative<PointerDefault>(*system));
    const auto moved = decode_fast_path_pointer(UpdateCode::pointer_position, Bytes{1, 0, 2, 1});
    ASSERT_TRUE(moved);
    EXPECT_EQ(std::get<PointerPosition>(*moved).y, 0x102);
    EXPECT_FALSE(decode_fast_path_pointer(UpdateCode::pointer_position, Bytes{1, 0, 2}));
}

TEST(Share, every_type_is_recognised_and_no_other) {
    for (const std::uint8_t type : Bytes{1, 3, 6, 7, 10})
        EXPECT_TRUE(is_share_control(test::share_pdu(type, {}))) << +type;
    for (const std::uint8_t type : Bytes{0, 2, 4, 5, 8, 9, 11, 15})
        EXPECT_FALSE(is_share_control(test::share_pdu(type, {}))) << +type;
    EXPECT_FALSE(is_share_control(Bytes{4, 0, 0x07}));
    EXPECT_FALSE(is_share_control(Bytes{3, 0, 0x17, 0}));
}

Bytes payload_of(ByteView share_data) {
    return to_bytes(decode_share_data(*decode_share_control(share_data))->payload);
}

TEST(Share, a_reconnect_cookie_of_another_shape_is_none) {
    const auto whole = payload_of(test::save_session_info(test::reconnect_cookie()));
    ASSERT_TRUE(auto_reconnect_cookie(whole));
    EXPECT_EQ(to_bytes(*auto_reconnect_cookie(whole)), test::reconnect_cookie());
    for (std::size_t n = 0; n < 10 + 4 + auto_reconnect_cookie_bytes; ++n)
        EXPECT_FALSE(auto_reconnect_cookie(ByteView(whole).first(n))) << n;
    constexpr std::size_t field_size = 10;  // cbFieldData, then cbLen and Version of the cookie
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{6}, field_size, field_size + 4, field_size + 8}) {
        auto other = whole;
        other[at] ^= 4U | 1U;
        EXPECT_FALSE(auto_reconnect_cookie(other)) << at;
    }
}

TEST(Share, removing_a_cookie_leaves_no_byte_of_it_whatever_the_lengths_say) {
    const auto whole = payload_of(test::save_session_info_with_cookie());
    for (std::size_t n = 0; n < 14; ++n) {
        auto cut = to_bytes(ByteView(whole).first(n));
        remove_auto_reconnect_cookie(cut);
        EXPECT_FALSE(has_auto_reconnect_cookie(cut)) << n;
    }
    auto info = whole;
    info[4] = 2;  // Length: less than the cookie
    info[5] = 0;
    remove_auto_reconnect_cookie(info);
    EXPECT_FALSE(has_auto_reconnect_cookie(info));
    EXPECT_EQ(info[4], 0);
    EXPECT_EQ(std::count(info.begin(), info.end(), 0xcc), 0);
}

}  // namespace
}  // namespace lucid::rdp::proto
