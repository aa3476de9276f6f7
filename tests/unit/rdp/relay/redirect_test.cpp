// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include "collector.hpp"

// Server redirection: never seen by the client, nor recorded; another host goes on.

namespace lucid::rdp::relay {
namespace {

using namespace lucid::test;

constexpr std::uint16_t shift = 20;
constexpr std::uint16_t second_user = 1012;

Redirection to_desk2() {
    Redirection r;
    r.net_address = "10.0.0.5";
    r.fqdn = "desk2.example";
    r.user = "mallory";
    r.password = "cookie-of-the-host";
    return r;
}

std::vector<Bytes> packets_of(ByteView stream) {
    std::vector<Bytes> out;
    while (!stream.empty()) {
        const auto frame = proto::peek_pdu(stream);
        if (!frame || !*frame || (*frame)->length > stream.size()) {
            ADD_FAILURE() << "no whole packet";
            break;
        }
        out.push_back(to_bytes(stream.first((*frame)->length)));
        stream = stream.subspan((*frame)->length);
    }
    return out;
}

/// Sends `pdu`, which redirects; nothing of it may show.
void expect_redirected(Session& s, ByteView packet) {
    s.sink.clear();
    const auto done = s.relay->from_host(packet);
    ASSERT_TRUE(done) << done.error().message();
    ASSERT_TRUE(s.relay->redirection());
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_TRUE(s.sink.host.empty());
    EXPECT_TRUE(s.sink.events.empty());
}

NextHost next_host() {
    NextHost host;
    host.selected_protocol = 2;
    host.user_name = wide("second");
    host.password = crypto::Secret(wide("second password"));
    return host;
}

/// The whole way through MCS with the second host; gives its Client Info.
Result<proto::ClientInfo> join_second(Session& s, std::uint16_t id_shift, std::uint16_t user) {
    s.sink.clear();
    s.relay->go_on_with(next_host());
    auto sent = packets_of(s.sink.host);
    EXPECT_EQ(sent.size(), 1U);
    EXPECT_TRUE(proto::locate_client_blocks(sent[0]));
    EXPECT_TRUE(s.relay->changing_host());
    s.sink.clear();
    s.host(connect_response({s.channels.size(), 1, 0, id_shift}));
    EXPECT_EQ(packets_of(s.sink.host).size(), 2U) << "erect domain, attach user";
    std::vector<std::uint16_t> expected = {user, static_cast<std::uint16_t>(io_channel + id_shift),
                                           static_cast<std::uint16_t>(message_channel + id_shift)};
    for (std::size_t i = 0; i < s.channels.size(); ++i)
        expected.push_back(static_cast<std::uint16_t>(first_channel + i + id_shift));
    s.sink.clear();
    s.host(attach_user_confirm(user));
    for (const auto channel : expected) {
        EXPECT_EQ(s.sink.host, proto::encode_channel_join_request(user, channel));
        s.sink.clear();
        s.host(channel_join_confirm(user, channel));
    }
    EXPECT_FALSE(s.relay->changing_host());
    EXPECT_TRUE(s.sink.client.empty()) << "the client learns of nothing";
    EXPECT_TRUE(s.sink.events.empty());
    LUCID_TRY(const auto pdu, proto::decode_mcs_pdu(s.sink.host));
    EXPECT_EQ(pdu.initiator, user);
    EXPECT_EQ(pdu.channel, io_channel + id_shift);
    return proto::decode_client_info(pdu.data);
}

TEST(Redirect, both_forms_stop_the_relay_and_show_nothing) {
    Session enhanced({}, {});
    enhanced.log_on();
    expect_redirected(enhanced, from_host(io_channel, redirection_pdu(to_desk2())));
    EXPECT_EQ(enhanced.relay->redirection()->fqdn, "desk2.example");
    Session standard({}, {});
    standard.log_on();
    Bytes data = {0x00, 0x04, 0x00, 0x00};
    append(data, redirection_packet(to_desk2()));
    expect_redirected(standard, from_host(io_channel, data));
    EXPECT_EQ(standard.relay->redirection()->net_address, "10.0.0.5");
}

TEST(Redirect, what_the_first_host_says_behind_it_is_void) {
    Session s({}, {});
    s.log_on();
    auto bytes = from_host(io_channel, redirection_pdu(to_desk2()));
    const auto length = bytes.size();
    append(bytes, from_host(io_channel, active_pdu(1)));
    s.sink.clear();
    const auto done = s.relay->from_host(bytes);
    ASSERT_TRUE(done);
    EXPECT_EQ(*done, length);
    EXPECT_TRUE(s.sink.client.empty());
}

TEST(Redirect, the_second_host_gets_its_own_credential_and_the_same_client_info) {
    Session s({}, {"cliprdr", "rdpsnd"});
    s.log_on();
    expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
    const auto info = join_second(s, 0, client_user);
    ASSERT_TRUE(info) << info.error().message();
    EXPECT_EQ(info->user_name, wide("second"));
    EXPECT_EQ(to_bytes(info->password.expose()), wide("second password"));
    EXPECT_NE(info->flags & proto::info_autologon, 0U);
    // Licensing is over for the client; the desktop comes up.
    s.sink.clear();
    s.host(from_host(io_channel, licensing()));
    EXPECT_TRUE(s.sink.client.empty());
    const auto demand = from_host(io_channel, active_pdu(1, 0));
    s.host(demand);
    EXPECT_EQ(s.sink.client, demand);
    s.client(from_client(io_channel, active_pdu(3)));
    EXPECT_TRUE(s.relay->active());
}

TEST(Redirect, other_ids_of_the_second_host_are_exchanged) {
    Policy policy = custom_policy();
    Session s(policy, {"rdpsnd"});
    s.log_on();
    expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
    ASSERT_TRUE(join_second(s, shift, second_user));
    s.sink.clear();
    s.host(from_host(io_channel + shift, active_pdu(1, 0)));
    EXPECT_EQ(s.sink.client, from_host(io_channel, active_pdu(1, 0)));
    EXPECT_TRUE(s.sink.recorded(from_host(io_channel, active_pdu(1, 0)))) << "as delivered";
    s.sink.clear();
    s.client(from_client(io_channel, active_pdu(3, 0)));
    EXPECT_EQ(s.sink.host,
              proto::encode_send_data(proto::McsPduType::send_data_request, second_user,
                                      io_channel + shift, active_pdu(3, 0)));
    s.sink.clear();
    const auto sound = Bytes(20, 7);
    s.host(from_host(first_channel + shift, sound));
    EXPECT_EQ(s.sink.client, from_host(first_channel, sound));
    s.sink.clear();
    s.host(from_host(first_channel, sound));
    EXPECT_TRUE(s.sink.client.empty()) << "an id that only the first host knew";
}

TEST(Redirect, before_licensing_the_client_does_it_with_the_second_host) {
    Session s({}, {});
    s.connect();
    s.client(client_info("lt-ticket", "secret"));
    expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
    ASSERT_TRUE(join_second(s, 0, client_user));
    s.sink.clear();
    const auto license = from_host(io_channel, licensing());
    s.host(license);
    EXPECT_EQ(s.sink.client, license);
}

TEST(Redirect, a_second_license_exchange_cannot_be_had) {
    Session s({}, {});
    s.log_on();
    expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
    ASSERT_TRUE(join_second(s, 0, client_user));
    auto request = licensing();
    request[4] = 0x01;
    EXPECT_FALSE(s.relay->from_host(from_host(io_channel, request)));
}

TEST(Redirect, the_session_may_be_passed_on_again) {
    Session s({}, {"rdpsnd"});
    s.log_on();
    expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
    ASSERT_TRUE(join_second(s, shift, second_user));
    expect_redirected(s, from_host(io_channel + shift, redirection_pdu(to_desk2())));
    ASSERT_TRUE(join_second(s, 0, client_user));
    s.sink.clear();
    s.host(from_host(io_channel, active_pdu(1, 0)));
    EXPECT_EQ(s.sink.client, from_host(io_channel, active_pdu(1, 0)));
}

TEST(Redirect, client_bytes_wait_and_answers_to_the_first_host_go_nowhere) {
    Session s({}, {});
    s.log_on();
    expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
    const auto answer = from_client(message_channel, Bytes{0, 0x20, 0, 0, 6, 1, 0, 0, 0, 0});
    EXPECT_EQ(*s.relay->from_client(answer), 0U);
    ASSERT_TRUE(join_second(s, 0, client_user));
    s.sink.clear();
    s.client(answer);
    EXPECT_TRUE(s.sink.host.empty());
    s.host(from_host(message_channel, Bytes{0, 0x10, 0, 0, 6, 0, 0, 0, 1, 0}));
    s.client(answer);
    EXPECT_EQ(s.sink.host, answer);
}

TEST(Redirect, one_that_is_for_information_is_dropped) {
    Session s({}, {});
    s.log_on();
    s.sink.clear();
    auto r = to_desk2();
    r.more_flags = proto::lb_noredirect;
    s.host(from_host(io_channel, redirection_pdu(r)));
    EXPECT_FALSE(s.relay->redirection());
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_TRUE(s.sink.noted("redirection for information dropped"));
    EXPECT_FALSE(s.sink.recorded(wide("mallory")));
}

TEST(Redirect, a_desktop_that_is_up_a_damaged_or_a_hidden_one_end_the_session) {
    Session up({}, {});
    up.activate();
    EXPECT_FALSE(up.relay->from_host(from_host(io_channel, redirection_pdu(to_desk2()))));
    Session damaged({}, {});
    damaged.log_on();
    EXPECT_FALSE(damaged.relay->from_host(from_host(io_channel, share_pdu(0xa, Bytes(32)))));
    Session hidden({}, {});
    hidden.log_on();
    Bytes two = share_data(0x1f, Bytes(4));
    append(two, redirection_pdu(to_desk2()));
    EXPECT_FALSE(hidden.relay->from_host(from_host(io_channel, two)));
    Session encrypted({}, {});
    encrypted.log_on();
    Bytes data = {0x08, 0x04, 0x00, 0x00};
    append(data, redirection_packet(to_desk2()));
    EXPECT_FALSE(encrypted.relay->from_host(from_host(io_channel, data)));
}

TEST(Redirect, a_second_host_that_differs_in_what_was_agreed_is_refused) {
    for (const auto& response : {ConnectResponse{3, 1, 0}, ConnectResponse{1, 1, 2}}) {
        Session s({}, {"rdpsnd"});
        s.log_on();
        expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
        s.relay->go_on_with(next_host());
        EXPECT_FALSE(s.relay->from_host(connect_response(response)));
    }
    Session s({}, {"rdpsnd"});
    s.log_on();
    expect_redirected(s, from_host(io_channel, redirection_pdu(to_desk2())));
    s.relay->go_on_with(next_host());
    s.host(connect_response({1, 1, 0}));
    s.host(attach_user_confirm(client_user));
    EXPECT_FALSE(s.relay->from_host(channel_join_confirm(client_user, io_channel)))
        << "another channel than the one asked for";
}

TEST(Redirect, ids_that_stand_for_two_channels_are_refused) {
    const McsIds client{1007, 1003, 1010, {1004, 1005}};
    EXPECT_TRUE(HostIds::make(client, client));
    EXPECT_TRUE(HostIds::make(client, client)->identical());
    EXPECT_FALSE(HostIds::make(client, {1007, 1003, 1010, {1004, 1004}}));
    EXPECT_FALSE(HostIds::make(client, {1007, 1004, 1010, {1004, 1005}}));
    EXPECT_FALSE(HostIds::make(client, {1007, 1003, 1010, {1004}}));
    const auto none = HostIds::make(client, {1007, 1003, 0, {1004, 1005}});
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->to_client(from_host(1010, Bytes(4)))) << "a channel the client has not";
}

}  // namespace
}  // namespace lucid::rdp::relay
