// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/proto/redirection.hpp>
#include <lucid/rdp/proto/share.hpp>

#include <tests/support/rdp_parsers.hpp>
#include <tests/support/rdp_session.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto {
namespace {

test::Redirection full() {
    test::Redirection r;
    r.session_id = 0x01020304;
    r.net_address = "10.0.0.5";
    r.load_balance_info = "Cookie: msts=2134026432.15629.0000\r\n";
    r.user = "alice";
    r.domain = "CORP";
    r.password = "hunter2";
    r.fqdn = "desk2.corp.example";
    r.netbios_name = "DESK2";
    r.net_addresses = {"10.0.0.5", "fe80::5"};
    return r;
}

TEST(Redirection, a_packet_by_hand) {
    // Flags, Length 59, SessionID 2, RedirFlags ADDRESS | INFO | DOMAIN, the three fields, Pad.
    const auto packet = *from_hex(
        "00043b00020000000b000000"
        "12000000310030002e0030002e0030002e0035000000"
        "0d000000436f6f6b69653a20783d310d0a"
        "0400000041000000"
        "0000000000000000");
    const auto r = decode_server_redirection(packet);
    ASSERT_TRUE(r) << r.error().message();
    EXPECT_EQ(r->session_id, 2U);
    EXPECT_EQ(r->flags, 0xbU);
    EXPECT_EQ(r->net_address, "10.0.0.5");
    EXPECT_EQ(r->routing_token, "Cookie: x=1");
}

TEST(Redirection, every_field_and_both_forms) {
    const auto packet = test::redirection_packet(full());
    const auto check = [](const Result<ServerRedirection>& r) {
        ASSERT_TRUE(r) << r.error().message();
        EXPECT_EQ(r->session_id, 0x01020304U);
        EXPECT_EQ(r->net_address, "10.0.0.5");
        EXPECT_EQ(r->routing_token, "Cookie: msts=2134026432.15629.0000");
        EXPECT_EQ(r->fqdn, "desk2.corp.example");
        EXPECT_EQ(r->netbios_name, "DESK2");
        EXPECT_EQ(r->net_addresses, (std::vector<std::string>{"10.0.0.5", "fe80::5"}));
    };
    check(decode_server_redirection(packet));
    const auto pdu = test::redirection_pdu(full());
    const auto control = decode_share_control(pdu);
    ASSERT_TRUE(control);
    ASSERT_EQ(control->type, PduType::server_redirection);
    check(decode_enhanced_redirection(control->body));
    Bytes standard = {0x00, 0x04, 0x00, 0x00};
    append(standard, packet);
    check(decode_standard_redirection(standard));
    standard[0] = 0x08;
    EXPECT_FALSE(decode_standard_redirection(standard)) << "encrypted";
    standard[0] = 0x00;
    standard[1] = 0x01;
    EXPECT_FALSE(decode_standard_redirection(standard)) << "something else";
}

TEST(Redirection, the_padding_may_be_counted_or_missing) {
    auto packet = test::redirection_packet(full());
    const auto fields = packet.size() - 8;
    for (std::size_t n = fields; n <= packet.size(); ++n)
        EXPECT_TRUE(decode_server_redirection(ByteView(packet).first(n))) << n;
    packet[2] = static_cast<std::uint8_t>(packet.size());
    packet[3] = static_cast<std::uint8_t>(packet.size() >> 8);
    EXPECT_TRUE(decode_server_redirection(packet));
    packet.push_back(0);
    EXPECT_TRUE(decode_server_redirection(packet)) << "pad1Octet";
    packet.push_back(0);
    EXPECT_FALSE(decode_server_redirection(packet));
}

TEST(Redirection, no_cut_packet_is_accepted) {
    const auto packet = test::redirection_packet(full());
    for (std::size_t n = 0; n + 8 < packet.size(); ++n) {
        EXPECT_FALSE(decode_server_redirection(ByteView(packet).first(n))) << n;
        Bytes standard = {0x00, 0x04, 0x00, 0x00};
        append(standard, ByteView(packet).first(n));
        EXPECT_FALSE(decode_standard_redirection(standard)) << n;
    }
}

TEST(Redirection, damage_is_survived) {
    const auto packet = test::redirection_packet(full());
    for (std::size_t i = 0; i < packet.size(); ++i)
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto damaged = packet;
            damaged[i] ^= static_cast<std::uint8_t>(1U << bit);
            test::parse_redirection(damaged);
        }
}

TEST(Redirection, unknown_flags_are_refused) {
    for (const std::uint32_t flag : {0x400U, 0x20000U, 0x80000000U}) {
        auto r = full();
        r.more_flags = flag;
        const auto decoded = decode_server_redirection(test::redirection_packet(r));
        ASSERT_FALSE(decoded);
        EXPECT_EQ(decoded.error().code, Errc::unsupported);
    }
    auto informational = full();
    informational.more_flags = lb_noredirect;
    EXPECT_TRUE(decode_server_redirection(test::redirection_packet(informational)));
}

TEST(Redirection, names_at_and_past_their_limits) {
    for (const std::size_t length : {redirection_name_max, redirection_name_max + 1}) {
        test::Redirection r;
        r.fqdn = std::string(length, 'a');
        EXPECT_EQ(decode_server_redirection(test::redirection_packet(r)).has_value(),
                  length == redirection_name_max);
    }
    for (const std::size_t count : {redirection_addresses_max, redirection_addresses_max + 1}) {
        test::Redirection r;
        r.net_addresses = std::vector<std::string>(count, "10.0.0.1");
        EXPECT_EQ(decode_server_redirection(test::redirection_packet(r)).has_value(),
                  count == redirection_addresses_max);
    }
    for (const std::size_t length : {routing_token_bytes_max, routing_token_bytes_max + 1}) {
        test::Redirection r;
        r.load_balance_info = std::string(length, 't') + "\r\n";
        EXPECT_EQ(decode_server_redirection(test::redirection_packet(r)).has_value(),
                  length == routing_token_bytes_max);
    }
    test::Redirection huge;
    huge.password = std::string(redirection_bytes_max / 2, 'p');
    EXPECT_EQ(decode_server_redirection(test::redirection_packet(huge)).error().code,
              Errc::limit_exceeded);
}

TEST(Redirection, names_with_anything_but_printable_ascii_are_refused) {
    for (const char* name : {"a b", "a\nb", "a\x7f"}) {
        test::Redirection r;
        r.net_address = name;
        EXPECT_FALSE(decode_server_redirection(test::redirection_packet(r))) << name;
    }
    auto packet = test::redirection_packet(full());
    packet[17] = 0x30;  // the upper half of the address' first character
    EXPECT_FALSE(decode_server_redirection(packet));
}

TEST(Redirection, a_token_of_two_lines_is_refused) {
    for (const char* token : {"a\r\nCookie: b\r\n", "a\nb", "\r\n"}) {
        test::Redirection r;
        r.load_balance_info = token;
        EXPECT_FALSE(decode_server_redirection(test::redirection_packet(r))) << token;
    }
    test::Redirection shortest;
    shortest.load_balance_info = "a";
    EXPECT_TRUE(decode_server_redirection(test::redirection_packet(shortest)));
}

}  // namespace
}  // namespace lucid::rdp::proto
