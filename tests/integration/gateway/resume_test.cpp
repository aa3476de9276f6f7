// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <tests/support/kill_process.hpp>

#include "gateway_fixture.hpp"
#include "mcs_script.hpp"

// Sessions whose connection breaks: they wait, the same ticket leads back, one recording.

namespace lucid::rdp::gateway::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t key_host_breaks = 66;
constexpr std::uint8_t key_host_waits = 67;

class ResumeTest : public GatewayTest {
  protected:
    ResumeTest()
        : host(HostSecurity::nla, "alice", "Passw0rd!", HostFault::none,
               [this](Wire& wire, ByteView pdu) { return answer(wire, pdu); }) {
        use_host(host, HostSecurity::nla);
        resume_window = 30s;
    }
    /// A session that waits keeps its host connection, and the host waits for its end.
    ~ResumeTest() override { gateway.reset(); }
    Result<void> answer(Wire& wire, ByteView pdu) {
        if (to_bytes(pdu) == key_input(key_host_breaks)) return fail(Errc::peer_closed, "script");
        LUCID_CHECK(wire.send(screen_output(pdu)));
        if (to_bytes(pdu) != key_input(key_host_waits)) return {};
        wait_until([this] { return waiting(); });
        return wire.send(screen_output(as_bytes("drawn in the absence")));
    }
    [[nodiscard]] bool waiting() const {
        for (const auto& view : gateway->sessions())
            if (view.stage == Stage::lost) return true;
        return false;
    }
    /// A session whose client's line broke.
    SessionId lost_session(std::uint8_t last_key = 30) {
        SessionId id;
        {
            auto client = running_session();
            EXPECT_TRUE(client.type(last_key));
            id = *gateway->sessions().at(0).id;
        }
        wait_until([this] { return waiting(); });
        return id;
    }
    /// The client leaves in order, and that is the end.
    void expect_complete(ScriptedClient& client, const SessionId& id) {
        EXPECT_TRUE(client.leave());
        const auto closed = next_closed();
        EXPECT_EQ(closed.id, id);
        EXPECT_EQ(closed.state, "complete");
        EXPECT_EQ(recordings(), 1U);
        EXPECT_FALSE(log_in()) << "the ticket is spent";
    }

    ScriptedHost host;
};

TEST_F(ResumeTest, the_same_ticket_leads_back_to_the_same_session_and_recording) {
    start();
    const auto id = lost_session();
    auto client = running_session();
    wait_until([this] { return gateway->sessions().size() == 1; });
    const auto view = gateway->sessions().at(0);
    EXPECT_EQ(view.id, id);
    EXPECT_EQ(view.leg, 2U);
    EXPECT_EQ(view.stage, Stage::recording);
    EXPECT_EQ(host.connections(), 2);
    EXPECT_TRUE(client.type(31));
    expect_complete(client, id);
    const auto events = events_of(id);
    const auto lost = events.find("client lost");
    const auto back = events.find("client back");
    ASSERT_NE(lost, std::string::npos);
    ASSERT_NE(back, std::string::npos);
    EXPECT_LT(lost, back);
    EXPECT_NE(events.find("connection 2 from 127.0.0.1"), std::string::npos);
    EXPECT_EQ(events.find("secret one"), std::string::npos);
}

TEST_F(ResumeTest, many_returns_are_one_recording) {
    start();
    const auto id = lost_session();
    for (int i = 0; i < 5; ++i) {
        auto client = running_session();
        EXPECT_TRUE(client.type(31));
    }
    wait_until([this] { return waiting(); });
    auto client = running_session();
    expect_complete(client, id);
    EXPECT_EQ(host.connections(), 7);
}

TEST_F(ResumeTest, the_desktop_is_recorded_while_the_client_is_away) {
    start();
    const auto id = lost_session(key_host_waits);
    wait_until([&] { return events_of(id).find("drawn in the absence") != std::string::npos; });
    auto client = running_session();
    expect_complete(client, id);
}

TEST_F(ResumeTest, a_client_that_is_attached_is_not_pushed_out) {
    start();
    auto client = running_session();
    const auto rival = log_in();
    ASSERT_FALSE(rival);
    EXPECT_EQ(rival.error().offset, proto::credssp::status_logon_failure);
    EXPECT_TRUE(client.type(30));
    EXPECT_EQ(host.connections(), 1);
}

TEST_F(ResumeTest, others_are_refused_meanwhile_and_disturb_nothing) {
    start();
    const auto id = lost_session();
    EXPECT_FALSE(log_in("lt-one", "guess"));
    EXPECT_FALSE(log_in("lt-none", "secret one"));
    EXPECT_FALSE(log_in("lt-two", "secret one"));
    EXPECT_EQ(host.connections(), 1) << "nobody who is unproven reaches the host";
    {
        auto other = log_in("lt-two", "secret two");
        ASSERT_TRUE(other && other->start("lt-two", "secret two"));
        EXPECT_TRUE(other->type(30));
        EXPECT_TRUE(other->leave());
        EXPECT_NE(next_closed().id, id) << "another ticket is another session";
    }
    EXPECT_TRUE(waiting());
    auto client = running_session();
    EXPECT_EQ(gateway->sessions().back().id, id);
    EXPECT_TRUE(client.type(31));
}

TEST_F(ResumeTest, an_expired_ticket_still_leads_back_to_its_own_session) {
    start();
    const auto id = lost_session();
    desk.expire("lt-one");
    auto client = running_session();
    expect_complete(client, id);
}

TEST_F(ResumeTest, nobody_coming_back_ends_the_session_with_that_reason) {
    resume_window = 1s;
    start();
    const auto id = lost_session();
    const auto closed = next_closed();
    EXPECT_EQ(closed.id, id);
    EXPECT_EQ(closed.state, "complete");
    EXPECT_NE(events_of(id).find("client did not come back"), std::string::npos);
    EXPECT_FALSE(log_in());
    EXPECT_EQ(host.connections(), 1);
}

TEST_F(ResumeTest, without_a_window_the_session_ends_with_the_connection) {
    resume_window = 0s;
    start();
    {
        auto client = running_session();
    }
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "complete");
    EXPECT_NE(events_of(closed.id).find("client closed the connection"), std::string::npos);
}

TEST_F(ResumeTest, a_client_that_leaves_in_order_is_not_waited_for) {
    start();
    auto client = running_session();
    const auto id = *gateway->sessions().at(0).id;
    expect_complete(client, id);
    EXPECT_EQ(events_of(id).find("client lost"), std::string::npos);
}

TEST_F(ResumeTest, a_session_that_waits_can_be_killed) {
    start();
    const auto id = lost_session();
    EXPECT_EQ(gateway->kill(id.hex(), "ended by the operator"), 1U);
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "partial");
    EXPECT_NE(events_of(id).find("ended by the operator"), std::string::npos);
    EXPECT_FALSE(log_in());
}

TEST_F(ResumeTest, a_session_that_waits_is_drained) {
    start();
    const auto id = lost_session();
    gateway->drain("gateway shut down", 5s);
    const auto closed = next_closed();
    EXPECT_EQ(closed.id, id);
    EXPECT_EQ(closed.state, "partial");
    EXPECT_TRUE(gateway->sessions().empty());
}

TEST_F(ResumeTest, the_total_limit_counts_over_absence_and_return) {
    desk.host.total_limit = 2s;
    start();
    const auto begun = std::chrono::steady_clock::now();
    const auto id = lost_session();
    auto client = running_session();
    EXPECT_TRUE(client.wait_for_end());
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 4s);
    const auto closed = next_closed();
    EXPECT_EQ(closed.id, id);
    EXPECT_EQ(closed.state, "complete");
    EXPECT_NE(events_of(id).find("total time limit"), std::string::npos);
}

TEST_F(ResumeTest, a_relay_that_dies_while_it_waits_leaves_a_partial_session) {
    start();
    const auto id = lost_session();
    ASSERT_TRUE(lucid::test::kill_process(gateway->relay_pids().at(0)));
    const auto closed = next_closed();
    EXPECT_EQ(closed.id, id);
    EXPECT_EQ(closed.state, "partial");
    wait_until([this] { return gateway->sessions().empty(); });
    EXPECT_FALSE(log_in());
}

TEST_F(ResumeTest, a_return_that_fails_can_be_tried_again) {
    start();
    const auto id = lost_session();
    const auto right_port = desk.host.port;
    desk.move_host(1);
    const auto refused = log_in();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().offset, proto::credssp::status_access_denied);
    desk.move_host(right_port);
    EXPECT_TRUE(waiting());
    auto client = running_session();
    expect_complete(client, id);
}

TEST_F(ResumeTest, a_tls_only_client_comes_back_with_its_ticket_in_client_info) {
    start(true);
    const auto connect = [&](const std::string& secret) {
        auto client = log_in("lt-one", "", HostSecurity::tls);
        EXPECT_TRUE(client) << client.error().message();
        const auto started = client->start("lt-one", secret);
        return started ? std::optional(std::move(*client)) : std::nullopt;
    };
    {
        auto client = connect("secret one");
        ASSERT_TRUE(client);
    }
    wait_until([this] { return waiting(); });
    EXPECT_FALSE(connect("guess"));
    EXPECT_TRUE(waiting());
    auto client = connect("secret one");
    ASSERT_TRUE(client);
    EXPECT_TRUE(client->type(31));
    EXPECT_EQ(recordings(), 1U);
}

TEST_F(ResumeTest, a_broken_host_connection_is_made_anew_when_the_client_comes_back) {
    start();
    SessionId id;
    {
        auto client = running_session();
        id = *gateway->sessions().at(0).id;
        ASSERT_TRUE(client.wire().send(key_input(key_host_breaks)));
        EXPECT_TRUE(client.wait_for_end()) << "the client is to see a broken line";
    }
    wait_until([this] { return waiting(); });
    auto client = running_session();
    EXPECT_TRUE(client.type(31));
    expect_complete(client, id);
    EXPECT_NE(events_of(id).find("host lost"), std::string::npos);
}

TEST_F(ResumeTest, a_host_that_breaks_again_and_again_ends_the_session) {
    start();
    for (unsigned i = 0; i <= LiveSessions::host_losses_max; ++i) {
        auto client = running_session();
        ASSERT_TRUE(client.wire().send(key_input(key_host_breaks)));
        EXPECT_TRUE(client.wait_for_end());
        if (i < LiveSessions::host_losses_max) wait_until([this] { return waiting(); });
    }
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "partial");
    EXPECT_NE(events_of(closed.id).find("broken host connections"), std::string::npos);
}

TEST_F(ResumeTest, a_host_that_is_lost_for_good_leaves_a_partial_session) {
    resume_window = 1s;
    start();
    auto client = running_session();
    ASSERT_TRUE(client.wire().send(key_input(key_host_breaks)));
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "partial");
    EXPECT_NE(events_of(closed.id).find("host connection lost; client did not come back"),
              std::string::npos);
}

}  // namespace
}  // namespace lucid::rdp::gateway::test
