// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/leg.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include "certificates.hpp"
#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace lucid::rdp::gateway {
namespace {

using test::Identity;
using test::KeyKind;
using test::make_identity;

std::pair<Leg, Leg> make_legs() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    auto a = Leg::adopt(core::net::Fd(fds[0]));
    auto b = Leg::adopt(core::net::Fd(fds[1]));
    EXPECT_TRUE(a && b);
    return {std::move(*a), std::move(*b)};
}

RemoteSigner signer_of(const Identity& identity, int* calls = nullptr) {
    auto signer = std::make_shared<LocalSigner>(*LocalSigner::from_pem(identity.key_pem));
    return [signer, calls](ByteView digest) {
        if (calls != nullptr) ++*calls;
        return signer->sign(digest);
    };
}

HostTrust pinned(const Identity& identity) {
    HostTrust trust;
    trust.certificate_pin = *certificate_fingerprint(identity.certificate_pem);
    return trust;
}

struct Outcome {
    Result<bool> server = false;
    Result<bool> client = false;
};

/// Drives both ends until both are done or one fails.
Outcome shake_hands(Leg& server, Leg& client) {
    Outcome outcome;
    for (int turn = 0; turn < 20; ++turn) {
        if (outcome.client && !*outcome.client) outcome.client = client.handshake();
        (void)client.flush();
        if (outcome.server && !*outcome.server) outcome.server = server.handshake();
        (void)server.flush();
        const bool client_settled = !outcome.client || *outcome.client;
        const bool server_settled = !outcome.server || *outcome.server;
        if (client_settled && server_settled) break;
    }
    return outcome;
}

TEST(Leg, starts_in_the_clear_and_is_raised_to_tls_on_the_same_socket) {
    const auto identity = make_identity("gateway.test");
    int signatures = 0;
    const auto server_context =
        *make_server_context(identity.certificate_pem, signer_of(identity, &signatures));
    const auto trust = pinned(identity);
    const auto client_context = *make_client_context(trust);
    auto [server, client] = make_legs();

    ASSERT_TRUE(client.write(as_bytes("request")));
    ASSERT_TRUE(client.flush());
    EXPECT_EQ(as_text(*server.read()), "request");

    ASSERT_TRUE(server.start_tls(*server_context, Leg::Role::server, ""));
    ASSERT_TRUE(client.start_tls(*client_context, Leg::Role::client, "gateway.test"));
    const auto outcome = shake_hands(server, client);
    ASSERT_TRUE(outcome.server && *outcome.server);
    ASSERT_TRUE(outcome.client && *outcome.client);
    EXPECT_EQ(signatures, 1);
    EXPECT_TRUE(check_host(*client.tls(), trust));
    EXPECT_EQ(*subject_public_key_of_peer(*client.tls()),
              *subject_public_key_of_pem(identity.certificate_pem));

    const Bytes big(300'000, 0x5a);
    ASSERT_TRUE(client.write(big));
    Bytes received;
    for (int turn = 0; turn < 200 && received.size() < big.size(); ++turn) {
        ASSERT_TRUE(client.flush());
        const auto part = server.read();
        ASSERT_TRUE(part);
        append(received, *part);
    }
    EXPECT_EQ(received, big);
    EXPECT_EQ(client.pending_out_bytes(), 0U);
}

TEST(Leg, tells_the_end_of_the_stream_after_what_came_before_it) {
    auto [server, client] = make_legs();
    ASSERT_TRUE(client.write(as_bytes("last words")));
    ASSERT_TRUE(client.flush());
    {
        const Leg gone = std::move(client);
    }
    EXPECT_EQ(as_text(*server.read()), "last words");
    const auto end = server.read();
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, Errc::peer_closed);
}

TEST(Leg, a_changed_host_certificate_is_refused) {
    const auto registered = make_identity("host.test");
    const auto presented = make_identity("host.test");
    const auto server_context =
        *make_server_context(presented.certificate_pem, signer_of(presented));
    const auto trust = pinned(registered);
    const auto client_context = *make_client_context(trust);
    auto [server, client] = make_legs();
    ASSERT_TRUE(server.start_tls(*server_context, Leg::Role::server, ""));
    ASSERT_TRUE(client.start_tls(*client_context, Leg::Role::client, "host.test"));
    const auto outcome = shake_hands(server, client);
    ASSERT_TRUE(outcome.client && *outcome.client);
    const auto checked = check_host(*client.tls(), trust);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::hash_mismatch);
}

TEST(Leg, an_authority_must_have_signed_for_the_right_name) {
    const auto identity = make_identity("host.test");
    const auto server_context = *make_server_context(identity.certificate_pem, signer_of(identity));
    for (const bool right_name : {true, false}) {
        HostTrust trust;
        trust.authorities_pem = identity.certificate_pem;
        trust.name = right_name ? "host.test" : "other.test";
        const auto client_context = *make_client_context(trust);
        auto [server, client] = make_legs();
        ASSERT_TRUE(server.start_tls(*server_context, Leg::Role::server, ""));
        ASSERT_TRUE(client.start_tls(*client_context, Leg::Role::client, trust.name));
        const auto outcome = shake_hands(server, client);
        if (right_name) {
            ASSERT_TRUE(outcome.client && *outcome.client);
            EXPECT_TRUE(check_host(*client.tls(), trust));
        } else {
            ASSERT_FALSE(outcome.client);
            EXPECT_EQ(outcome.client.error().code, Errc::bad_signature);
        }
    }
}

TEST(Leg, a_host_without_pin_or_authority_gets_no_connection) {
    const auto context = make_client_context(HostTrust{});
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().code, Errc::bad_value);
}

TEST(Leg, a_client_that_knows_only_tls_1_0_or_1_1_is_refused) {
    const auto identity = make_identity("gateway.test");
    const auto server_context = *make_server_context(identity.certificate_pem, signer_of(identity));
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        const auto client_context = *make_client_context(pinned(identity));
        // Security level 0 lets this old client speak at all.
        SSL_CTX_set_security_level(client_context.get(), 0);
        SSL_CTX_set_min_proto_version(client_context.get(), version);
        SSL_CTX_set_max_proto_version(client_context.get(), version);
        auto [server, client] = make_legs();
        ASSERT_TRUE(server.start_tls(*server_context, Leg::Role::server, ""));
        ASSERT_TRUE(client.start_tls(*client_context, Leg::Role::client, "gateway.test"));
        const auto outcome = shake_hands(server, client);
        ASSERT_FALSE(outcome.server);
        EXPECT_EQ(outcome.server.error().code, Errc::unsupported)
            << outcome.server.error().message();
    }
}

TEST(Leg, tls_1_2_works_and_no_session_can_be_resumed) {
    const auto identity = make_identity("gateway.test");
    const auto server_context = *make_server_context(identity.certificate_pem, signer_of(identity));
    const auto client_context = *make_client_context(pinned(identity));
    SSL_CTX_set_max_proto_version(client_context.get(), TLS1_2_VERSION);
    auto [server, client] = make_legs();
    ASSERT_TRUE(server.start_tls(*server_context, Leg::Role::server, ""));
    ASSERT_TRUE(client.start_tls(*client_context, Leg::Role::client, "gateway.test"));
    const auto outcome = shake_hands(server, client);
    ASSERT_TRUE(outcome.server && *outcome.server);
    EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get0_session(client.tls())), 0);
}

TEST(Leg, a_refusing_signer_fails_the_handshake) {
    const auto identity = make_identity("gateway.test");
    const auto server_context = *make_server_context(
        identity.certificate_pem,
        [](ByteView) -> Result<Bytes> { return fail(Errc::refused, "signature"); });
    const auto client_context = *make_client_context(pinned(identity));
    auto [server, client] = make_legs();
    ASSERT_TRUE(server.start_tls(*server_context, Leg::Role::server, ""));
    ASSERT_TRUE(client.start_tls(*client_context, Leg::Role::client, "gateway.test"));
    EXPECT_FALSE(shake_hands(server, client).server);
}

TEST(RemoteKey, other_than_elliptic_curve_keys_are_refused) {
    const auto identity = make_identity("gateway.test", KeyKind::rsa2048);
    const auto context = make_server_context(identity.certificate_pem, {});
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().code, Errc::unsupported);
    EXPECT_EQ(LocalSigner::from_pem(identity.key_pem).error().code, Errc::unsupported);
    EXPECT_EQ(LocalSigner::from_pem("no key").error().code, Errc::bad_value);
}

TEST(LocalSigner, signs_digests_only) {
    const auto signer = *LocalSigner::from_pem(make_identity("gateway.test").key_pem);
    EXPECT_TRUE(signer.sign(Bytes(32, 1)));
    EXPECT_TRUE(signer.sign(Bytes(64, 1)));
    EXPECT_FALSE(signer.sign(Bytes(31, 1)));
    EXPECT_FALSE(signer.sign(Bytes(65, 1)));
}

}  // namespace
}  // namespace lucid::rdp::gateway
