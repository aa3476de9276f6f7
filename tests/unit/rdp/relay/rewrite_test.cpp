// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/client_data.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <algorithm>

#include "collector.hpp"

// What is rewritten, refused and ended, over synthetic peers.

namespace lucid::test {
namespace {

using rdp::relay::EventClass;
using rdp::relay::EventKind;
using rdp::relay::Policy;

std::uint32_t u32_at(ByteView bytes, std::size_t offset) {
    return bytes[offset] | bytes[offset + 1] << 8 | bytes[offset + 2] << 16 |
           static_cast<std::uint32_t>(bytes[offset + 3]) << 24;
}

rdp::proto::GccBlock client_block(ByteView packet, rdp::proto::GccBlockType type) {
    const auto blocks = rdp::proto::locate_client_blocks(packet);
    EXPECT_TRUE(blocks);
    return *rdp::proto::find_block(*blocks, type);
}

struct Legs {
    bool client_nla;
    bool host_nla;
};
class RelayLegs : public testing::TestWithParam<Legs> {};

TEST_P(RelayLegs, session_comes_up_with_the_vaulted_credentials_and_true_protocol_fields) {
    const auto [client_nla, host_nla] = GetParam();
    Session s({}, {"drdynvc", "cliprdr"}, host_nla, client_nla);
    s.connect();
    const auto core = client_block(s.sink.host, rdp::proto::GccBlockType::cs_core);
    EXPECT_EQ(u32_at(s.sink.host, core.offset + 212), host_nla ? 2U : 1U);
    const auto blocks = rdp::proto::locate_server_blocks(s.sink.client);
    ASSERT_TRUE(blocks);
    const auto* server = rdp::proto::find_block(*blocks, rdp::proto::GccBlockType::sc_core);
    EXPECT_EQ(u32_at(s.sink.client, server->offset + 8), client_nla ? 3U : 1U);

    s.sink.clear();
    s.client(client_info("lt-ticket", "secret", true));
    EXPECT_TRUE(contains(s.sink.host, wide("vaulted")));
    EXPECT_EQ(contains(s.sink.host, wide("hostpass")), !host_nla);
    EXPECT_FALSE(contains(s.sink.host, wide("lt-ticket")));
    EXPECT_FALSE(contains(s.sink.host, wide("secret")));
    EXPECT_FALSE(contains(s.sink.host, Bytes(4, 0xcc)));
    EXPECT_TRUE(s.sink.events.empty());
    EXPECT_EQ(to_bytes(wide("lt-ticket")) == s.sink.redeemed_user, !client_nla);

    s.host(from_host(io_channel, licensing()));
    s.host(from_host(io_channel, active_pdu(1)));
    EXPECT_FALSE(s.relay->active());
    s.client(from_client(io_channel, active_pdu(3)));
    EXPECT_TRUE(s.relay->active());
}
INSTANTIATE_TEST_SUITE_P(All, RelayLegs,
                         testing::Values(Legs{true, true}, Legs{true, false}, Legs{false, true},
                                         Legs{false, false}));

TEST(Relay, client_info_sets_autologon_and_clears_smart_card_pin) {
    Session s({}, {});
    s.connect();
    s.sink.clear();
    s.client(client_info("a", "b", false, "", 0x40010 | 0x80));
    const auto pdu = rdp::proto::decode_mcs_pdu(s.sink.host);
    ASSERT_TRUE(pdu);
    const auto info = rdp::proto::decode_client_info(pdu->data);
    ASSERT_TRUE(info);
    EXPECT_NE(info->flags & rdp::proto::info_autologon, 0U);
    EXPECT_EQ(info->flags & rdp::proto::info_password_is_sc_pin, 0U);
    EXPECT_NE(info->flags & rdp::proto::info_compression, 0U) << "pictures stay compressed";
}

TEST(Relay, alternate_shell_passes_only_with_remote_programs) {
    for (const bool programs : {false, true}) {
        Policy policy;
        policy.remote_programs = programs;
        Session s(policy, {});
        s.connect();
        s.client(client_info("a", "b", false, "calc.exe"));
        EXPECT_EQ(contains(s.sink.host, wide("calc.exe")), programs);
        EXPECT_EQ(s.sink.noted("alternate shell refused"), !programs);
    }
}

TEST(Relay, refused_ticket_of_a_tls_client_ends_the_session) {
    Session s({}, {}, true, false);
    s.connect();
    s.sink.refuse_ticket = true;
    s.sink.clear();
    const auto done = s.relay->from_client(client_info("lt", "wrong"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::refused);
    EXPECT_TRUE(s.sink.host.empty());
}

TEST(Relay, multitransport_is_off_on_both_legs) {
    Session s({}, {});
    s.connect();
    const auto block = client_block(s.sink.host, rdp::proto::GccBlockType::cs_multitransport);
    EXPECT_EQ(u32_at(s.sink.host, block.offset + 4), 0U);
    const auto blocks = rdp::proto::locate_server_blocks(s.sink.client);
    const auto* server =
        rdp::proto::find_block(*blocks, rdp::proto::GccBlockType::sc_multitransport);
    EXPECT_EQ(u32_at(s.sink.client, server->offset + 4), 0U);
}

TEST(Relay, request_for_multitransport_is_dropped) {
    Session s({}, {});
    s.activate();
    s.host(from_host(message_channel, Bytes{0x02, 0, 0, 0, 1, 2, 3, 4}));
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_TRUE(s.sink.noted("multitransport refused"));
    s.host(from_host(message_channel, Bytes{0x00, 0x40, 0, 0, 1, 2, 3, 4}));
    EXPECT_FALSE(s.sink.client.empty()) << "heartbeats pass";
}

TEST(Relay, standard_encryption_of_the_host_is_refused) {
    Session s({}, {});
    s.client(connect_initial({}));
    const auto done = s.relay->from_host(connect_response({0, 1, 2}));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::refused);
}

TEST(Relay, desktop_size_is_limited) {
    Policy policy;
    policy.desktop_width_max = 1024;
    policy.desktop_height_max = 600;
    Session s(policy, {});
    s.connect();
    const auto core = client_block(s.sink.host, rdp::proto::GccBlockType::cs_core);
    EXPECT_EQ(u32_at(s.sink.host, core.offset + 8), 1024U | 600U << 16);
}

TEST(Relay, monitors_are_limited_like_the_desktop) {
    rdp::proto::ClientData data;
    data.monitors = {{0, 0, 1024, 600}, {-1026, 0, 1026, 601}, {1024, -8, 1024, 8}};
    const auto sent = rdp::proto::encode_connect_initial(data);
    const auto block = client_block(sent, rdp::proto::GccBlockType::cs_monitor);
    Policy policy;
    policy.desktop_width_max = 1024;
    policy.desktop_height_max = 600;
    Session s(policy, {});
    s.client(sent);
    auto expected = to_bytes(ByteView(sent).subspan(block.offset, block.length));
    constexpr std::size_t second = 12 + 20;
    // -1026 + 1024 - 1 and 600 - 1 are the last column and row.
    const auto right = Writer().u32_le(static_cast<std::uint32_t>(-3)).u32_le(599).take();
    std::copy(right.begin(), right.end(),
              expected.begin() + static_cast<std::ptrdiff_t>(second + 8));
    EXPECT_EQ(to_bytes(ByteView(s.sink.host).subspan(block.offset, block.length)), expected);
}

TEST(Relay, monitors_that_are_not_there_are_refused) {
    rdp::proto::ClientData data;
    data.monitors = {{0, 0, 1024, 600}, {1024, 0, 1024, 600}};
    auto sent = rdp::proto::encode_connect_initial(data);
    const auto block = client_block(sent, rdp::proto::GccBlockType::cs_monitor);
    sent[block.offset + 8] = 3;
    Session s({}, {});
    EXPECT_EQ(s.relay->from_client(sent).error().code, Errc::bad_length);
    EXPECT_TRUE(s.sink.host.empty());
}

TEST(Relay, nothing_else_of_connect_initial_changes) {
    Session s(rdp::relay::standard_policy(), {"cliprdr"});
    const auto sent = connect_initial({{"cliprdr"}, 2, 1280, 720});
    s.client(sent);
    ASSERT_EQ(sent.size(), s.sink.host.size());
    std::size_t changed = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) changed += sent[i] != s.sink.host[i] ? 1 : 0;
    EXPECT_EQ(changed, 1U) << "the multitransport flag";
}

TEST(Relay, second_channel_of_one_name_is_refused) {
    Session s(rdp::relay::standard_policy(), {"cliprdr", "CLIPRDR"});
    s.connect();
    EXPECT_TRUE(s.sink.noted("channel refused|CLIPRDR"));
    EXPECT_FALSE(contains(s.sink.host, as_bytes("CLIPRDR")));
}

TEST(Relay, data_on_a_refused_channel_is_dropped_and_told_once) {
    Session s({}, {"rdpdr"});
    s.activate();
    for (int i = 0; i < 3; ++i) {
        s.client(client_message(first_channel, Bytes{1, 2, 3}));
        s.host(host_message(first_channel, Bytes{1, 2, 3}));
    }
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_TRUE(s.sink.host.empty());
    EXPECT_EQ(s.sink.notes.size(), 1U);
}

TEST(Relay, channel_compression_is_switched_off_in_both_capability_sets) {
    Session s({}, {});
    s.log_on();
    s.sink.clear();
    s.host(from_host(io_channel, active_pdu(1, 3)));
    EXPECT_EQ(s.sink.client, from_host(io_channel, active_pdu(1, 0)));
    s.client(from_client(io_channel, active_pdu(3, 3)));
    EXPECT_EQ(s.sink.host, from_client(io_channel, active_pdu(3, 0)));
}

TEST(Relay, capability_pdu_among_others_is_refused) {
    Session s({}, {});
    s.log_on();
    Bytes two = active_pdu(1);
    append(two, share_data(0x1f, Bytes(4)));
    EXPECT_FALSE(s.relay->from_host(from_host(io_channel, two)));
}

TEST(Relay, auto_reconnect_cookie_is_taken_out_and_what_follows_stays) {
    Session s({}, {});
    s.activate();
    const auto sent = from_host(io_channel, save_session_info_with_cookie());
    s.host(sent);
    EXPECT_EQ(s.sink.client.size(), sent.size());
    EXPECT_FALSE(contains(s.sink.client, Bytes(4, 0xcc)));
    EXPECT_FALSE(s.sink.recorded(Bytes(4, 0xcc)));
    EXPECT_TRUE(contains(s.sink.client, Bytes{8, 0, 0, 0, 0x11, 0x11, 0x11, 0x11}));
    EXPECT_TRUE(s.sink.noted("auto-reconnect cookie removed"));
}

TEST(Relay, the_hosts_cookie_is_kept_for_the_gateway) {
    Session s({}, {});
    s.activate();
    s.host(from_host(io_channel, save_session_info(reconnect_cookie())));
    EXPECT_EQ(s.sink.cookie, reconnect_cookie());
    EXPECT_FALSE(contains(s.sink.client, ByteView(reconnect_cookie()).subspan(12)));
    EXPECT_FALSE(s.sink.recorded(ByteView(reconnect_cookie()).subspan(12)));
    auto other = reconnect_cookie();
    other[4] = 2;  // version
    s.host(from_host(io_channel, save_session_info(other)));
    EXPECT_EQ(s.sink.cookie, reconnect_cookie()) << "one of an unknown version is not kept";
}

TEST(Relay, the_hosts_cookie_is_answered_by_the_gateway) {
    rdp::relay::RelayInput input;
    input.host_selected_protocol = 2;
    input.host_cookie = crypto::Secret(reconnect_cookie());
    Collector sink;
    rdp::relay::Relay relay(std::move(input), sink);
    ASSERT_TRUE(relay.from_client(connect_initial({{}, 2, 1280, 720})));
    ASSERT_TRUE(relay.from_host(connect_response({0, 1, 0})));
    sink.clear();
    // The client's own is dropped.
    ASSERT_TRUE(relay.from_client(client_info("lt-ticket", "secret", true)));
    Bytes expected = {28, 0, 28, 0, 0, 0, 1, 0, 0, 0, 42, 0, 0, 0};
    const Bytes key(16, 0x0b);
    append(expected, crypto::hmac_md5(key, Bytes(32)));
    EXPECT_TRUE(contains(sink.host, expected));
    EXPECT_FALSE(contains(sink.host, Bytes(16, 0xcc)));
    EXPECT_TRUE(sink.noted("host's auto-reconnect cookie used"));
}

TEST(Relay, auto_reconnect_cookie_is_found_in_a_second_pdu) {
    Session s({}, {});
    s.activate();
    Bytes data = share_data(0x1f, Bytes(4));
    append(data, save_session_info_with_cookie());
    s.host(from_host(io_channel, data));
    EXPECT_FALSE(contains(s.sink.client, Bytes(4, 0xcc)));
}

TEST(Relay, compressed_save_session_info_ends_the_session) {
    Session s({}, {});
    s.activate();
    EXPECT_FALSE(s.relay->from_host(from_host(io_channel, share_data(0x26, Bytes(8), 0x20))));
}

TEST(Relay, licensing_answers_pass_unrecorded) {
    Session s({}, {});
    s.log_on();
    s.sink.clear();
    const auto answer = from_client(io_channel, licensing());
    s.client(answer);
    EXPECT_EQ(s.sink.host, answer);
    EXPECT_TRUE(s.sink.events.empty());
    EXPECT_FALSE(s.relay->from_client(from_client(io_channel, share_data(0x1f, Bytes(4)))))
        << "share PDUs before Demand Active";
}

TEST(Relay, error_info_names_the_end) {
    Session s({}, {});
    s.activate();
    s.host(from_host(io_channel, share_data(0x2f, Bytes{0x07, 0, 0, 0})));
    s.host(rdp::proto::encode_disconnect_provider_ultimatum(3));
    EXPECT_EQ(s.relay->farewell(), "host disconnected (error info 0x00000007)");
}

TEST(Relay, fast_path_output_passes_byte_for_byte_and_is_recorded) {
    Session s({}, {});
    s.activate();
    Bytes stream;
    for (std::uint8_t i = 0; i < 5; ++i) append(stream, Bytes{0x00, 0x06, 0x03, 0x01, 0x00, i});
    Bytes torn = stream;
    torn.push_back(0x00);
    const auto done = s.relay->from_host(torn);
    ASSERT_TRUE(done);
    EXPECT_EQ(*done, stream.size());
    EXPECT_EQ(s.sink.client, stream);
    EXPECT_EQ(s.sink.count(EventKind::server_pdu), 5U);
}

TEST(Relay, order_holds_where_rewritten_pdus_lie_between_others) {
    Session s({}, {"drdynvc"});
    s.activate();
    const Bytes picture = {0x00, 0x06, 0x03, 0x01, 0x00, 0x77};
    Bytes stream = picture;
    append(stream, from_host(io_channel, save_session_info_with_cookie()));
    append(stream, picture);
    s.host(stream);
    ASSERT_EQ(s.sink.client.size(), stream.size());
    EXPECT_TRUE(std::equal(picture.begin(), picture.end(), s.sink.client.begin()));
    EXPECT_TRUE(std::equal(picture.rbegin(), picture.rend(), s.sink.client.rbegin()));
}

TEST(Relay, data_before_login_is_refused) {
    Session s({}, {"drdynvc"});
    s.connect();
    EXPECT_FALSE(s.relay->from_client(client_message(first_channel, Bytes{0x50, 0, 1, 0})));
    EXPECT_FALSE(s.relay->from_client(from_client(message_channel, Bytes(8))));
    EXPECT_FALSE(s.relay->from_host(from_host(io_channel, licensing())));
    EXPECT_FALSE(s.relay->from_client(Bytes{0x04, 0x04, 0x00, 0x1e}));
    EXPECT_FALSE(s.relay->from_host(Bytes{0x00, 0x05, 0x03, 0x00, 0x00}));
}

TEST(Relay, channel_nobody_opened_ends_the_session) {
    Session s({}, {"drdynvc"});
    s.activate();
    EXPECT_FALSE(s.relay->from_client(client_message(1030, Bytes{1})));
    EXPECT_FALSE(s.relay->from_host(host_message(1030, Bytes{1})));
}

TEST(Relay, server_channel_ids_that_collide_are_refused) {
    Session s({}, {"drdynvc", "cliprdr"});
    s.client(connect_initial({s.channels, 2, 1280, 720}));
    auto response = connect_response({2, 1, 0});
    const auto blocks = rdp::proto::locate_server_blocks(response);
    const auto* net = rdp::proto::find_block(*blocks, rdp::proto::GccBlockType::sc_net);
    response[net->offset + 10] = static_cast<std::uint8_t>(first_channel & 0xff);
    EXPECT_FALSE(s.relay->from_host(response));
}

TEST(Relay, client_bytes_wait_for_the_connect_response) {
    Session s({}, {});
    s.client(connect_initial({}));
    const auto next = rdp::proto::encode_disconnect_provider_ultimatum(3);
    const auto done = s.relay->from_client(next);
    ASSERT_TRUE(done);
    EXPECT_EQ(*done, 0U);
}

TEST(Relay, client_bytes_that_wait_for_the_connect_response_are_few) {
    Session s({}, {});
    s.client(connect_initial({}));
    Bytes many;
    while (many.size() + 9 <= rdp::handshake::pre_auth_bytes_max)
        append(many, rdp::proto::encode_disconnect_provider_ultimatum(3));
    EXPECT_TRUE(s.relay->from_client(many));
    many.resize(rdp::handshake::pre_auth_bytes_max + 1);
    EXPECT_EQ(s.relay->from_client(many).error().code, Errc::refused);
}

TEST(Relay, a_desktop_has_started_when_it_is_active_or_draws) {
    Session s({}, {});
    s.log_on();
    EXPECT_FALSE(s.relay->started());
    s.host(Bytes{0x00, 0x05, 0x03, 0x00, 0x00});
    EXPECT_TRUE(s.relay->started());
    Session activated({}, {});
    activated.activate();
    EXPECT_TRUE(activated.relay->started());
}

}  // namespace
}  // namespace lucid::test
