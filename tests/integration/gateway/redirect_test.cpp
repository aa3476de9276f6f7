// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <signal.h>
#include <tests/support/rdp_session.hpp>

#include "gateway_fixture.hpp"
#include "mcs_script.hpp"

// A host sends the session to another one: the client goes on, in one recording.

namespace lucid::rdp::gateway::test {
namespace {

using namespace std::chrono_literals;

class RedirectTest : public GatewayTest {
  protected:
    RedirectTest()
        : first(HostSecurity::tls, "alice", "Passw0rd!"),
          second(HostSecurity::nla, "bob", "other password") {
        use_host(first, HostSecurity::tls);
        to.session_id = 3;
        to.net_address = "10.0.0.5";
        to.fqdn = "desk2.example";
        to.password = "cookie-of-the-host";
        first.answer_login([this](Wire& wire, ByteView) {
            return wire.send(lucid::test::from_host(io_channel, lucid::test::redirection_pdu(to)));
        });
        auto& record = desk.redirects["desk2.example"];
        record.name = "desk2";
        record.port = second.port();
        record.trust.certificate_pin = second.pin();
        record.user = "bob";
        record.password = "other password";
    }
    /// A session that is not to come up, and what its recording says why.
    void expect_end(const std::string& reason) {
        auto client = log_in();
        ASSERT_TRUE(client) << client.error().message();
        EXPECT_FALSE(client->start("lt-one", "secret one"));
        const auto closed = next_closed();
        EXPECT_EQ(closed.state, "partial");
        EXPECT_NE(events_of(closed.id).find(reason), std::string::npos) << events_of(closed.id);
    }

    lucid::test::Redirection to;
    ScriptedHost first;
    ScriptedHost second;
};

TEST_F(RedirectTest, the_session_goes_on_at_the_registered_host_in_one_recording) {
    start();
    auto client = running_session();
    for (std::uint8_t key = 1; key < 20; ++key) ASSERT_TRUE(client.type(key));
    EXPECT_EQ(first.seen_user(), "alice");
    EXPECT_EQ(second.seen_user(), "bob");
    EXPECT_EQ(first.connections(), 1);
    EXPECT_EQ(second.connections(), 1);
    ASSERT_EQ(gateway->sessions().size(), 1U);
    EXPECT_EQ(gateway->sessions()[0].host, "desk2");
    ASSERT_TRUE(client.leave());
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "complete");
    const auto events = events_of(closed.id);
    EXPECT_NE(events.find("from desk to desk2"), std::string::npos);
    EXPECT_NE(events.find("welcome"), std::string::npos);
    for (const auto* secret : {"cookie-of-the-host", "other password", "Passw0rd!"}) {
        EXPECT_EQ(events.find(secret), std::string::npos) << secret;
        EXPECT_EQ(events.find(as_text(utf16(secret))), std::string::npos) << secret;
    }
    EXPECT_EQ(recordings(), 1U);
}

TEST_F(RedirectTest, a_host_that_nobody_registered_is_not_dialled) {
    start();
    desk.redirects.clear();
    expect_end("host redirects to desk2.example: no host of that name is registered");
    EXPECT_EQ(second.connections(), 0);
}

TEST_F(RedirectTest, a_second_host_that_is_down_is_named) {
    start();
    second.stop();
    expect_end("host redirects to desk2.example: host desk2 (127.0.0.1:");
}

TEST_F(RedirectTest, another_certificate_than_the_pinned_one_gets_no_credentials) {
    start();
    (*desk.redirects["desk2.example"].trust.certificate_pin)[0] ^= 1;
    expect_end("host desk2 shows another certificate");
    EXPECT_EQ(second.seen_user(), "");
}

TEST_F(RedirectTest, a_wrong_vaulted_password_of_the_second_host_ends_it) {
    start();
    desk.redirects["desk2.example"].password = "wrong";
    expect_end("host desk2 refused the login");
}

TEST_F(RedirectTest, hosts_that_send_a_session_around_in_a_circle_end_it) {
    start();
    auto& record = desk.redirects["desk2.example"];
    record = desk.host;
    expect_end("redirected too often");
    EXPECT_EQ(first.connections(), 4);
}

TEST_F(RedirectTest, a_token_without_a_name_leads_to_the_same_host_with_the_token) {
    start();
    to = {};
    to.load_balance_info = "Cookie: msts=1.2.3\r\n";
    first.answer_login([this](Wire& wire, ByteView) {
        if (first.connections() > 1) return wire.send(screen_output(as_bytes("welcome")));
        return wire.send(lucid::test::from_host(io_channel, lucid::test::redirection_pdu(to)));
    });
    auto client = running_session();
    EXPECT_EQ(first.seen_cookie(), "Cookie: msts=1.2.3");
    EXPECT_EQ(first.connections(), 2);
    EXPECT_TRUE(client.type(30));
}

TEST_F(RedirectTest, a_damaged_one_ends_the_session_and_is_not_recorded) {
    start();
    first.answer_login([this](Wire& wire, ByteView) {
        auto data = lucid::test::redirection_pdu(to);
        data[8 + 10] ^= 0x80;  // RedirFlags
        return wire.send(lucid::test::from_host(io_channel, data));
    });
    expect_end("protocol violation of the host");
    EXPECT_EQ(second.connections(), 0);
}

TEST_F(RedirectTest, a_session_that_was_sent_on_can_be_lost_and_resumed) {
    resume_window = 30s;
    start();
    SessionId id;
    {
        auto client = running_session();
        id = *gateway->sessions().at(0).id;
        ASSERT_TRUE(client.type(30));
    }
    wait_until([this] {
        const auto sessions = gateway->sessions();
        return sessions.size() == 1 && sessions[0].stage == Stage::lost;
    });
    auto client = running_session();
    EXPECT_TRUE(client.type(31));
    EXPECT_EQ(second.connections(), 2) << "the first host sent it on again";
    ASSERT_TRUE(client.leave());
    const auto closed = next_closed();
    EXPECT_EQ(closed.id, id);
    EXPECT_EQ(closed.state, "complete");
}

TEST_F(GatewayTest, the_hosts_own_cookie_is_used_when_a_lost_client_comes_back) {
    resume_window = 30s;
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    host.answer_login([](Wire& wire, ByteView) -> Result<void> {
        LUCID_CHECK(wire.send(screen_output(as_bytes("welcome"))));
        return wire.send(lucid::test::from_host(
            io_channel, lucid::test::save_session_info(lucid::test::reconnect_cookie())));
    });
    use_host(host, HostSecurity::nla);
    start();
    SessionId id;
    {
        auto client = running_session();
        id = *gateway->sessions().at(0).id;
        EXPECT_FALSE(host.seen_reconnect_cookie());
        const auto info = client.wire().pdu();
        ASSERT_TRUE(info);
        const auto cookie = lucid::test::reconnect_cookie();
        EXPECT_EQ(std::search(info->begin(), info->end(), cookie.begin() + 12, cookie.end()),
                  info->end());
    }
    wait_until([this] {
        const auto sessions = gateway->sessions();
        return sessions.size() == 1 && sessions[0].stage == Stage::lost;
    });
    auto client = running_session();
    EXPECT_TRUE(host.seen_reconnect_cookie());
    ASSERT_TRUE(client.leave());
    const auto closed = next_closed();
    EXPECT_EQ(closed.id, id);
    EXPECT_EQ(events_of(id).find(std::string(16, 0x0b)), std::string::npos) << "not recorded";
}

TEST_F(GatewayTest, a_compressed_save_session_info_ends_the_session_with_that_reason) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    host.answer_login([](Wire& wire, ByteView) {
        return wire.send(
            lucid::test::from_host(io_channel, lucid::test::share_data(0x26, Bytes(64), 0x20)));
    });
    use_host(host, HostSecurity::nla);
    start();
    auto client = log_in();
    ASSERT_TRUE(client);
    EXPECT_FALSE(client->start("lt-one", "secret one"));
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "partial");
    EXPECT_NE(events_of(closed.id).find("compressed Save Session Info"), std::string::npos);
}

TEST_F(RedirectTest, kill_ends_a_session_whose_second_host_keeps_silent) {
    ScriptedHost silent(HostSecurity::nla, "bob", "x", HostFault::silent);
    desk.redirects["desk2.example"].port = silent.port();
    start();
    auto client = log_in();
    ASSERT_TRUE(client);
    std::thread killer([&] {
        wait_until([&] { return silent.connections() == 1; });
        gateway->kill("", "ended by the operator");
    });
    EXPECT_FALSE(client->start("lt-one", "secret one"));
    killer.join();
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "partial");
    EXPECT_NE(events_of(closed.id).find("ended by the operator"), std::string::npos);
}

}  // namespace
}  // namespace lucid::rdp::gateway::test
