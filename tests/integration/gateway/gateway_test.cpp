// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <signal.h>
#include <tests/support/kill_process.hpp>

#include "gateway_fixture.hpp"
#include <gtest/gtest.h>
#include <openssl/ssl.h>

// The whole path in one process group: scripted client → gateway with real relay processes →
// scripted host, over TLS on loopback; the recorder is a double.

namespace lucid::rdp::gateway::test {
namespace {

using namespace std::chrono_literals;
constexpr auto status_logon_failure = proto::credssp::status_logon_failure;
constexpr auto status_access_denied = proto::credssp::status_access_denied;

struct Combination {
    HostSecurity client;
    HostSecurity host;
};

class EveryCombination : public GatewayTest, public testing::WithParamInterface<Combination> {};

TEST_P(EveryCombination, connects_and_records) {
    const auto [client_security, host_security] = GetParam();
    ScriptedHost host(host_security, "alice", "Passw0rd!");
    use_host(host, host_security);
    start(true);
    SessionId id;
    {
        auto client = log_in("lt-one", "secret one", client_security);
        ASSERT_TRUE(client) << client.error().message();
        const auto started = client->start("lt-one", "secret one");
        ASSERT_TRUE(started) << started.error().message();
        EXPECT_EQ(host.seen_user(), "alice");
        // An NLA host has the password already.
        EXPECT_EQ(host.seen_password(), host_security == HostSecurity::tls ? "Passw0rd!" : "");
        for (std::uint8_t key = 1; key < 20; ++key) ASSERT_TRUE(client->type(key));
        EXPECT_TRUE(desk.spent("lt-one"));
        const auto sessions = gateway->sessions();
        ASSERT_EQ(sessions.size(), 1U);
        EXPECT_EQ(sessions[0].stage, Stage::recording);
        id = *sessions[0].id;
    }
    const auto closed = next_closed();
    EXPECT_EQ(closed.id, id);
    EXPECT_EQ(closed.state, "complete");
    const auto events = events_of(id);
    EXPECT_NE(events.find("welcome"), std::string::npos);
    EXPECT_EQ(events.find("secret one"), std::string::npos);
    EXPECT_EQ(events.find("Passw0rd!"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Legs, EveryCombination,
                         testing::Values(Combination{HostSecurity::nla, HostSecurity::nla},
                                         Combination{HostSecurity::nla, HostSecurity::tls},
                                         Combination{HostSecurity::tls, HostSecurity::nla},
                                         Combination{HostSecurity::tls, HostSecurity::tls}),
                         [](const auto& instance) {
                             const auto name = [](HostSecurity s) {
                                 return s == HostSecurity::nla ? "Nla" : "Tls";
                             };
                             return std::string("Client") + name(instance.param.client) + "Host" +
                                    name(instance.param.host);
                         });

TEST_F(GatewayTest, a_wrong_secret_an_unknown_and_an_expired_ticket_look_alike) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    desk.expire("lt-two");
    expect_refused(log_in("lt-one", "guess"), status_logon_failure);
    expect_refused(log_in("lt-none", "secret one"), status_logon_failure);
    expect_refused(log_in("lt-two", "secret two"), status_logon_failure);
    EXPECT_EQ(host.connections(), 0) << "the host must not be dialled for an unproven ticket";
}

TEST_F(GatewayTest, a_ticket_works_once) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    {
        auto client = running_session();
    }
    EXPECT_EQ(next_closed().state, "complete");
    const auto again = log_in();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().offset, status_logon_failure);
}

TEST_F(GatewayTest, a_wrong_secret_in_client_info_of_a_tls_only_client_ends_before_the_desktop) {
    ScriptedHost host(HostSecurity::tls, "alice", "Passw0rd!");
    use_host(host, HostSecurity::tls);
    start(true);
    auto client = log_in("lt-one", "", HostSecurity::tls);
    ASSERT_TRUE(client) << client.error().message();
    EXPECT_FALSE(client->start("lt-one", "guess"));
    EXPECT_EQ(host.seen_user(), "") << "Client Info must not reach the host";
    EXPECT_EQ(recordings(), 0U);
    EXPECT_FALSE(desk.spent("lt-one"));
}

TEST_F(GatewayTest, an_unregistered_host_and_a_host_that_is_down_are_told_before_the_login_ends) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    desk.host_known = false;
    expect_refused(log_in(), status_access_denied);
    desk.host_known = true;
    host.stop();
    expect_refused(log_in(), status_access_denied);
    EXPECT_FALSE(desk.spent("lt-one"));
}

TEST_F(GatewayTest, a_host_that_says_nothing_is_told_to_the_client_in_time) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!", HostFault::silent);
    use_host(host, HostSecurity::nla);
    start();
    const auto begun = std::chrono::steady_clock::now();
    expect_refused(log_in(), status_access_denied);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 8s);
}

TEST_F(GatewayTest, a_changed_host_certificate_gets_no_credentials) {
    ScriptedHost host(HostSecurity::tls, "alice", "Passw0rd!");
    use_host(host, HostSecurity::tls);
    (*desk.host.trust.certificate_pin)[0] ^= 1;
    start();
    expect_refused(log_in(), status_access_denied);
    EXPECT_EQ(host.seen_user(), "");
}

TEST_F(GatewayTest, a_wrong_vaulted_password_is_told_to_the_client) {
    ScriptedHost host(HostSecurity::nla, "alice", "another");
    use_host(host, HostSecurity::nla);
    start();
    expect_refused(log_in(), status_access_denied);
}

TEST_F(GatewayTest, a_host_that_falls_back_to_tls_is_refused) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!", HostFault::offers_tls_only);
    use_host(host, HostSecurity::nla);
    start();
    expect_refused(log_in(), status_access_denied);
}

TEST_F(GatewayTest, a_host_that_wants_its_own_encryption_ends_the_session) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!", HostFault::encrypts_itself);
    use_host(host, HostSecurity::nla);
    start();
    auto client = log_in();
    ASSERT_TRUE(client) << client.error().message();
    EXPECT_FALSE(client->start("lt-one", "secret one"));
    EXPECT_EQ(next_closed().state, "partial");
}

TEST_F(GatewayTest, a_client_without_nla_is_refused_with_the_reason) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start(false);
    const auto client = log_in("lt-one", "secret one", HostSecurity::tls);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().offset,
              static_cast<std::uint64_t>(proto::NegotiationFailure::hybrid_required_by_server));
}

TEST_F(GatewayTest, a_client_with_tls_1_0_is_refused) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    const auto client =
        ScriptedClient::log_in(port, HostSecurity::nla, "lt-one", "secret one", TLS1_VERSION);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, Errc::unsupported) << client.error().message();
}

TEST_F(GatewayTest, a_recorder_that_dies_ends_the_session_and_a_new_one_serves_the_next) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    auto client = running_session();
    const auto dead = recorder->pid();
    ASSERT_TRUE(lucid::test::kill_process(dead));
    EXPECT_TRUE(client.wait_for_end());
    wait_until([&] { return recorder->running() && recorder->pid() != dead; });
    auto next = log_in("lt-two", "secret two");
    ASSERT_TRUE(next) << next.error().message();
    EXPECT_TRUE(next->start("lt-two", "secret two"));
}

TEST_F(GatewayTest, a_killed_relay_leaves_a_partial_recording_and_the_gateway_serves_on) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    auto client = running_session();
    ASSERT_TRUE(client.type(30));
    const auto pids = gateway->relay_pids();
    ASSERT_EQ(pids.size(), 1U);
    ASSERT_TRUE(lucid::test::kill_process(pids[0]));
    EXPECT_TRUE(client.wait_for_end());
    EXPECT_EQ(next_closed().state, "partial");
    auto next = log_in("lt-two", "secret two");
    EXPECT_TRUE(next && next->start("lt-two", "secret two"));
}

TEST_F(GatewayTest, kill_ends_the_named_session_only) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    auto first = running_session();
    const auto id = *gateway->sessions().at(0).id;
    auto second = log_in("lt-two", "secret two");
    ASSERT_TRUE(second && second->start("lt-two", "secret two"));
    EXPECT_EQ(gateway->kill("no such session", "x"), 0U);
    EXPECT_EQ(gateway->kill(id.hex().substr(0, 12), "ended by the operator"), 1U);
    EXPECT_TRUE(first.wait_for_end());
    EXPECT_EQ(next_closed().id, id);
    EXPECT_NE(events_of(id).find("ended by the operator"), std::string::npos);
    EXPECT_TRUE(second->type(30));
}

TEST_F(GatewayTest, draining_ends_every_session_as_partial_and_accepts_no_more) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    auto client = running_session();
    gateway->drain("gateway shut down", 5s);
    EXPECT_TRUE(client.wait_for_end());
    EXPECT_EQ(next_closed().state, "partial");
    EXPECT_TRUE(gateway->sessions().empty());
}

TEST_F(GatewayTest, the_total_limit_of_the_host_holds) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    desk.host.total_limit = 1s;
    start();
    auto client = running_session();
    EXPECT_TRUE(client.wait_for_end());
    const auto closed = next_closed();
    EXPECT_EQ(closed.state, "complete");
    EXPECT_NE(events_of(closed.id).find("total time limit"), std::string::npos);
}

TEST_F(GatewayTest, what_is_no_rdp_is_closed) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    auto socket = connect_tcp({"127.0.0.1", port}, patience);
    ASSERT_TRUE(socket);
    Wire wire(*Leg::adopt(std::move(*socket)));
    ASSERT_TRUE(wire.send(as_bytes("GET / HTTP/1.1\r\n\r\n")));
    EXPECT_TRUE(wire.wait_closed());
}

TEST_F(GatewayTest, a_client_that_says_nothing_is_closed_after_the_deadline) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    auto socket = connect_tcp({"127.0.0.1", port}, patience);
    ASSERT_TRUE(socket);
    Wire wire(*Leg::adopt(std::move(*socket)));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE(wire.wait_closed());
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 9s);
}

TEST_F(GatewayTest, silent_connections_cost_no_relay_and_hold_nobody_up) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    std::vector<core::net::Fd> silent;
    for (int i = 0; i < 300; ++i) silent.push_back(*connect_tcp({"127.0.0.1", port}, patience));
    auto client = running_session();
    EXPECT_TRUE(client.type(30));
    EXPECT_EQ(gateway->relay_pids().size(), 1U);
}

TEST_F(GatewayTest, clients_without_a_hello_give_way_to_who_waits) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    logins_max = 2;
    start();
    proto::ConnectionRequest request;
    request.requested_protocols = proto::protocol_hybrid;
    std::vector<Wire> slow;
    for (int i = 0; i < 2; ++i) {
        slow.emplace_back(*Leg::adopt(*connect_tcp({"127.0.0.1", port}, patience)));
        ASSERT_TRUE(slow.back().send(proto::encode_connection_request(request)));
        EXPECT_TRUE(slow.back().pdu());
    }
    const auto begun = std::chrono::steady_clock::now();
    auto client = running_session();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 4s) << "less than the login deadline";
    EXPECT_TRUE(client.type(30));
}

TEST_F(GatewayTest, a_door_that_dies_is_opened_again) {
    ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    use_host(host, HostSecurity::nla);
    start();
    auto client = running_session();
    const auto dead = gateway->door_pid();
    ASSERT_GT(dead, 0);
    ASSERT_TRUE(lucid::test::kill_process(dead));
    auto next = log_in("lt-two", "secret two");
    ASSERT_TRUE(next) << next.error().message();
    EXPECT_NE(gateway->door_pid(), dead);
    EXPECT_TRUE(client.type(30)) << "sessions do not need the door";
}

TEST_F(GatewayTest, a_recorder_that_is_sent_away_while_it_starts_goes) {
    for (int i = 0; i < 40; ++i) {
        recorder = std::make_unique<RecorderLink>("/nonexistent", nullptr);
        std::this_thread::sleep_for(i * 100us);
        recorder.reset();
    }
}

TEST_F(GatewayTest, a_busy_port_is_named_with_its_holder_and_the_way_out) {
    const auto taken = listen_tcp({"127.0.0.1", 0});
    const auto identity = make_identity("gateway.test");
    GatewayOptions options;
    options.listen = *endpoint_of(taken->get(), false);
    options.certificate_pem = identity.certificate_pem;
    recorder = std::make_unique<RecorderLink>("/nonexistent", nullptr);
    const auto port_text = std::to_string(options.listen.port);
    auto started = Gateway::start(std::move(options), *LocalSigner::from_pem(identity.key_pem),
                                  desk, *recorder, metrics);
    const auto* problem = std::get_if<StartProblem>(&started);
    ASSERT_NE(problem, nullptr);
    EXPECT_NE(problem->message.find(port_text), std::string::npos) << problem->message;
    EXPECT_NE(problem->message.find(std::to_string(::getpid())), std::string::npos);
    EXPECT_NE(problem->next.find("--listen"), std::string::npos);
}

}  // namespace
}  // namespace lucid::rdp::gateway::test
