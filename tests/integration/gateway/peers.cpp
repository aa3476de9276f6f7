// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "peers.hpp"

#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/user/tickets/ntlm_proof.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "desk_double.hpp"
#include "mcs_script.hpp"
#include <openssl/ssl.h>

namespace lucid::rdp::gateway::test {

Result<void> Wire::wait(short events) {
    pollfd item{leg_.fd(), events, 0};
    if (::poll(&item, 1, std::chrono::milliseconds(patience).count()) <= 0)
        return fail(Errc::timed_out, "scripted peer");
    return {};
}

Result<void> Wire::send(ByteView bytes) {
    LUCID_CHECK(leg_.write(bytes));
    for (;;) {
        LUCID_CHECK(leg_.flush());
        if (leg_.pending_out_bytes() == 0) return {};
        LUCID_CHECK(wait(POLLOUT));
    }
}

Result<void> Wire::receive() {
    for (;;) {
        LUCID_TRY(const auto bytes, leg_.read());
        if (!bytes.empty()) {
            append(input_, bytes);
            return {};
        }
        LUCID_CHECK(wait(POLLIN));
    }
}

Result<void> Wire::handshake() {
    for (;;) {
        const auto done = leg_.handshake();
        (void)leg_.flush();
        if (!done) return fail(done.error());
        if (*done) return {};
        LUCID_CHECK(wait(POLLIN));
    }
}

Result<Bytes> Wire::pdu() {
    for (;;) {
        LUCID_TRY(const auto frame, proto::peek_pdu(input_));
        if (frame && input_.size() >= frame->length) {
            const auto end = input_.begin() + static_cast<std::ptrdiff_t>(frame->length);
            Bytes out(input_.begin(), end);
            input_.erase(input_.begin(), end);
            return out;
        }
        LUCID_CHECK(receive());
    }
}

ScriptedHost::ScriptedHost(HostSecurity security, std::string user, std::string password,
                           HostFault fault, Answer on_input)
    : security_(security),
      user_(std::move(user)),
      password_(std::move(password)),
      fault_(fault),
      on_input_(std::move(on_input)),
      identity_(make_identity("host.test")),
      listener_(*listen_tcp({"127.0.0.1", 0})),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
    auto signer = std::make_shared<LocalSigner>(*LocalSigner::from_pem(identity_.key_pem));
    context_ = *make_server_context(identity_.certificate_pem,
                                    [signer](ByteView digest) { return signer->sign(digest); });
    port_ = endpoint_of(listener_.get(), false)->port;
    thread_ = std::thread([this] { run(); });
}

ScriptedHost::~ScriptedHost() {
    stop();
}

void ScriptedHost::stop() {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
    listener_.reset();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

Hash32 ScriptedHost::pin() const {
    return *certificate_fingerprint(identity_.certificate_pem);
}

std::string ScriptedHost::seen_user() const {
    const std::lock_guard lock(mutex_);
    return seen_user_;
}

std::string ScriptedHost::seen_password() const {
    const std::lock_guard lock(mutex_);
    return seen_password_;
}

std::string ScriptedHost::seen_cookie() const {
    const std::lock_guard lock(mutex_);
    return seen_cookie_;
}

bool ScriptedHost::seen_reconnect_cookie() const {
    const std::lock_guard lock(mutex_);
    return seen_reconnect_cookie_;
}

void ScriptedHost::run() {
    for (;;) {
        std::array<pollfd, 2> items{{{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
        (void)::poll(items.data(), items.size(), -1);
        if (items[0].revents != 0) return;
        core::net::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket.valid()) continue;
        ++connections_;
        threads_.emplace_back([this, held = std::make_shared<core::net::Fd>(std::move(socket))] {
            (void)serve(std::move(*held));
        });
    }
}

Result<void> ScriptedHost::serve(core::net::Fd socket) {
    LUCID_TRY(auto leg, Leg::adopt(std::move(socket)));
    Wire wire(std::move(leg));
    if (fault_ == HostFault::silent) return wire.wait_closed();
    LUCID_CHECK(log_in(wire));
    return talk(wire);
}

Result<void> ScriptedHost::log_in(Wire& wire) {
    handshake::AcceptorInput input;
    input.allow_tls_only = security_ == HostSecurity::tls || fault_ == HostFault::offers_tls_only;
    input.server_challenge = crypto::random_array<8>();
    handshake::Acceptor acceptor(input);
    if (input.allow_tls_only) {
        // The acceptor would choose NLA when it is offered; this host cannot.
        LUCID_TRY(const auto request, wire.pdu());
        if (const auto asked = proto::decode_connection_request(request)) {
            const std::lock_guard lock(mutex_);
            seen_cookie_ = asked->cookie;
        }
        proto::ConnectionConfirm confirm;
        confirm.selected_protocol = proto::protocol_ssl;
        LUCID_CHECK(wire.send(proto::encode_connection_confirm(confirm)));
        LUCID_CHECK(wire.leg().start_tls(*context_, Leg::Role::server, ""));
        return wire.handshake();
    }
    for (;;) {
        std::size_t consumed = 0;
        auto action = acceptor.step(wire.input(), consumed);
        wire.input().erase(wire.input().begin(),
                           wire.input().begin() + static_cast<std::ptrdiff_t>(consumed));
        if (std::holds_alternative<handshake::NeedMore>(action)) {
            LUCID_CHECK(wire.receive());
        } else if (auto* send = std::get_if<handshake::Send>(&action)) {
            LUCID_CHECK(wire.send(send->bytes));
        } else if (std::holds_alternative<handshake::StartTls>(action)) {
            LUCID_CHECK(wire.leg().start_tls(*context_, Leg::Role::server, ""));
            LUCID_CHECK(wire.handshake());
            acceptor.on_tls(*subject_public_key_of_pem(identity_.certificate_pem));
        } else if (auto* verify = std::get_if<handshake::VerifyNtlm>(&action)) {
            const user::tickets::NtlmClaim claim{verify->user_name, verify->domain_name,
                                                 verify->server_challenge, verify->temp,
                                                 verify->nt_proof};
            auto key = user::tickets::verify_ntlm(user::tickets::nt_hash(password_), claim);
            if (ascii_of(verify->user_name) != user_) key.reset();
            acceptor.on_verified(std::move(key));
        } else if (std::holds_alternative<handshake::Dial>(action)) {
            acceptor.on_dialed(std::nullopt);
        } else if (std::holds_alternative<handshake::Redeem>(action)) {
            acceptor.on_redeemed(true);
        } else if (auto* refuse = std::get_if<handshake::Refuse>(&action)) {
            LUCID_CHECK(wire.send(refuse->bytes));
            return fail(refuse->reason);
        } else {
            return {};
        }
    }
}

Result<void> ScriptedHost::talk(Wire& wire) {
    for (;;) {
        LUCID_TRY(const auto pdu, wire.pdu());
        LUCID_CHECK(answer(wire, pdu));
    }
}

Result<void> ScriptedHost::answer(Wire& wire, ByteView pdu) {
    if (pdu[0] != proto::tpkt_version)
        return on_input_ ? on_input_(wire, pdu) : wire.send(screen_output(pdu));
    LUCID_TRY(const auto payload, proto::decode_data_tpdu(pdu));
    if (payload[0] == 0x7f) {
        auto response = connect_response();
        // The last block is SC_SECURITY: method 128 bit.
        if (fault_ == HostFault::encrypts_itself) response[response.size() - 8] = 2;
        return wire.send(response);
    }
    LUCID_TRY(const auto mcs, proto::decode_mcs_pdu(pdu));
    switch (mcs.type) {
        case proto::McsPduType::attach_user_request:
            return wire.send(attach_user_confirm());
        case proto::McsPduType::channel_join_request: {
            const auto channel = static_cast<std::uint16_t>(payload[3] << 8 | payload[4]);
            return wire.send(channel_join_confirm(channel));
        }
        case proto::McsPduType::send_data_request: {
            LUCID_TRY(const auto info, proto::decode_client_info(mcs.data));
            {
                const std::lock_guard lock(mutex_);
                seen_user_ = ascii_of(info.user_name);
                seen_password_ = ascii_of(info.password.expose());
                seen_reconnect_cookie_ = info.had_auto_reconnect_cookie;
            }
            if (on_login_) return on_login_(wire, pdu);
            return wire.send(screen_output(as_bytes("welcome")));
        }
        default:
            return {};
    }
}

Result<void> Wire::wait_closed() {
    while (receive()) {
    }
    return {};
}

Result<ScriptedClient> ScriptedClient::log_in(std::uint16_t port, HostSecurity security,
                                              const std::string& user, const std::string& secret,
                                              int tls_version_max) {
    LUCID_TRY(auto socket, connect_tcp({"127.0.0.1", port}, patience));
    LUCID_TRY(auto leg, Leg::adopt(std::move(socket)));
    SslContext context(SSL_CTX_new(TLS_client_method()));
    if (tls_version_max != 0) {
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_set_min_proto_version(context.get(), tls_version_max);
        SSL_CTX_set_max_proto_version(context.get(), tls_version_max);
    }
    ScriptedClient client(Wire(std::move(leg)), std::move(context));
    auto& wire = client.wire_;
    if (security == HostSecurity::tls) {
        proto::ConnectionRequest request;
        request.cookie = "Cookie: mstshash=" + user;
        request.requested_protocols = proto::protocol_ssl;
        LUCID_CHECK(wire.send(proto::encode_connection_request(request)));
        LUCID_TRY(const auto answer, wire.pdu());
        LUCID_TRY(const auto confirm, proto::decode_connection_confirm(answer));
        if (confirm.failure)
            return fail(Errc::refused, "negotiation", static_cast<std::uint64_t>(*confirm.failure));
        LUCID_CHECK(wire.leg().start_tls(*client.context_, Leg::Role::client, ""));
        LUCID_CHECK(wire.handshake());
        return client;
    }
    handshake::ConnectorInput input;
    input.user_name = utf16(user);
    input.password = crypto::Secret(utf16(secret));
    input.target_name = "TERMSRV/gateway";
    input.client_challenge = crypto::random_array<8>();
    input.nonce = crypto::random_array<32>();
    input.session_key = crypto::random_array<16>();
    handshake::Connector connector(std::move(input));
    for (;;) {
        std::size_t consumed = 0;
        auto action = connector.step(wire.input(), consumed);
        wire.input().erase(wire.input().begin(),
                           wire.input().begin() + static_cast<std::ptrdiff_t>(consumed));
        if (std::holds_alternative<handshake::NeedMore>(action)) {
            LUCID_CHECK(wire.receive());
        } else if (auto* send = std::get_if<handshake::Send>(&action)) {
            LUCID_CHECK(wire.send(send->bytes));
        } else if (std::holds_alternative<handshake::StartTls>(action)) {
            LUCID_CHECK(wire.leg().start_tls(*client.context_, Leg::Role::client, ""));
            LUCID_CHECK(wire.handshake());
            LUCID_TRY(const auto key, subject_public_key_of_peer(*wire.leg().tls()));
            connector.on_tls(key);
        } else if (auto* failed = std::get_if<handshake::ConnectFailed>(&action)) {
            return fail(failed->reason);
        } else {
            return client;
        }
    }
}

Result<void> ScriptedClient::start(const std::string& user, const std::string& secret) {
    LUCID_CHECK(wire_.send(connect_initial()));
    LUCID_CHECK(wire_.pdu());
    LUCID_CHECK(wire_.send(erect_domain_request()));
    LUCID_CHECK(wire_.send(attach_user_request()));
    LUCID_CHECK(wire_.pdu());
    for (const auto channel : {user_channel, io_channel}) {
        LUCID_CHECK(wire_.send(channel_join_request(channel)));
        LUCID_CHECK(wire_.pdu());
    }
    LUCID_CHECK(wire_.send(client_info(user, secret)));
    LUCID_TRY(const auto welcome, wire_.pdu());
    if (welcome != screen_output(as_bytes("welcome"))) return fail(Errc::bad_value, "first screen");
    return {};
}

Result<void> ScriptedClient::type(std::uint8_t scancode) {
    const auto key = key_input(scancode);
    LUCID_CHECK(wire_.send(key));
    LUCID_TRY(const auto echo, wire_.pdu());
    if (echo != screen_output(key)) return fail(Errc::bad_value, "echo of a key");
    return {};
}

Result<void> ScriptedClient::leave() {
    wire_.leg().close_tls();
    return wire_.send({});
}

Result<void> ScriptedClient::wait_for_end() {
    for (;;) {
        const auto more = wire_.receive();
        if (!more && more.error().code == Errc::timed_out) return fail(more.error());
        if (!more) return {};
    }
}

}  // namespace lucid::rdp::gateway::test
