// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/login.hpp>
#include <lucid/rdp/gateway/utf16.hpp>

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

namespace {

/// Windows time: 100 ns since 1601 (MS-DTYP 2.3.3 FILETIME).
std::uint64_t filetime_now() {
    constexpr std::uint64_t seconds_1601_to_1970 = 11'644'473'600;
    return (static_cast<std::uint64_t>(core::runtime::wall_time_us()) +
            seconds_1601_to_1970 * 1'000'000) *
           10;
}

relay::AcceptorInput acceptor_input(const Welcome& welcome) {
    relay::AcceptorInput input;
    input.allow_tls_only = welcome.allow_tls_only;
    input.server_challenge = crypto::random_array<8>();
    input.filetime = filetime_now();
    return input;
}

void consume(Bytes& input, std::size_t count) {
    input.erase(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

std::string name_in_cookie(const std::string& cookie) {
    const auto at = cookie.find("mstshash=");
    if (at == std::string::npos) return cookie;
    return cookie.substr(at + std::string("mstshash=").size());
}

Login::Login(CoreLink& core, Welcome welcome, Leg client)
    : core_(core),
      welcome_(std::move(welcome)),
      deadline_(Clock::now() + welcome_.login_deadline),
      client_(std::move(client)),
      acceptor_(acceptor_input(welcome_)) {}

std::variant<LoggedIn, Ended> Login::run() {
    if (!drive_client()) return *std::move(ended_);
    if (!ready_->authenticated && !route_by_cookie()) return *std::move(ended_);
    return LoggedIn{std::move(client_),       std::move(*host_),       std::move(client_context_),
                    std::move(host_context_), std::move(*ready_),      host_protocol_,
                    std::move(*dialled_),     welcome_.client_address, std::move(client_input_),
                    std::move(host_input_)};
}

bool Login::end(std::string reason) {
    if (!ended_) ended_ = Ended{"partial", std::move(reason)};
    return false;
}

bool Login::end(const char* what, const Error& error) {
    if (error.code == Errc::canceled && !core_.kill_reason().empty())
        return end(core_.kill_reason());
    return end(fmt::format("{}: {}", what, error.message()));
}

bool Login::drive_client() {
    while (!ready_) {
        std::size_t consumed = 0;
        auto action = acceptor_.step(client_input_, consumed);
        consume(client_input_, consumed);
        if (!on_client(action)) return false;
    }
    return flush(client_, "client");
}

bool Login::on_client(relay::AcceptorAction& action) {
    if (std::holds_alternative<relay::NeedMore>(action))
        return receive(client_, client_input_, "client");
    if (auto* send = std::get_if<relay::Send>(&action)) {
        if (auto done = client_.write(send->bytes); !done) return end("client leg", done.error());
        return true;
    }
    if (std::holds_alternative<relay::StartTls>(action)) return secure_client();
    if (auto* claim = std::get_if<relay::VerifyNtlm>(&action)) return on_verify(*claim);
    if (std::holds_alternative<relay::Dial>(action)) return on_dial();
    if (auto* credentials = std::get_if<relay::Redeem>(&action)) return on_redeem(*credentials);
    if (auto* ready = std::get_if<relay::Ready>(&action)) {
        ready_ = std::move(*ready);
        return true;
    }
    on_refuse(std::get<relay::Refuse>(action));
    return false;
}

void Login::on_refuse(const relay::Refuse& refusal) {
    deadline_ = std::min(deadline_, Clock::now() + farewell);
    if (client_.write(refusal.bytes) && flush(client_, "client")) {
        client_.close_tls();
        (void)client_.flush();
        (void)::shutdown(client_.fd(), SHUT_WR);
        // Until the client has left: closing with unread bytes would reset the connection and take
        // the reason with it.
        Bytes ignored;
        while (ignored.size() < relay::pre_auth_bytes_max && receive(client_, ignored, "client")) {
        }
        ended_.reset();
    }
    ended_ = Ended{"partial", !host_failure_.empty()
                                  ? host_failure_
                                  : fmt::format("login refused: {}", refusal.reason.message())};
}

bool Login::secure_client() {
    if (!flush(client_, "client")) return false;
    if (!client_input_.empty()) return end("client leg: bytes behind the connection request");
    auto context =
        make_server_context(welcome_.certificate_pem, [this](ByteView digest) -> Result<Bytes> {
            LUCID_TRY(auto reply, core_.demand(SignRequest{scheme_ecdsa, to_bytes(digest)}));
            if (auto* signature = std::get_if<Signature>(&reply.answer))
                return std::move(signature->der);
            return fail(Errc::bad_value, "signature of core");
        });
    if (!context) return end("listener certificate", context.error());
    client_context_ = std::move(*context);
    if (auto done = client_.start_tls(*client_context_, Leg::Role::server, ""); !done)
        return end("client leg", done.error());
    if (!handshake(client_, "client")) return false;
    const auto key = subject_public_key_of_pem(welcome_.certificate_pem);
    if (!key) return end("listener certificate", key.error());
    acceptor_.on_tls(*key);
    return true;
}

bool Login::on_verify(relay::VerifyNtlm& claim) {
    NtlmClaim asked;
    asked.user_utf16 = std::move(claim.user_name);
    asked.domain_utf16 = std::move(claim.domain_name);
    asked.server_challenge = claim.server_challenge;
    asked.temp = std::move(claim.temp);
    asked.nt_proof = claim.nt_proof;
    auto reply = core_.ask(Request(std::move(asked)));
    if (!reply) return end("core", reply.error());
    std::optional<crypto::Secret> key;
    if (auto* answer = std::get_if<SessionBaseKey>(&reply->answer)) key = std::move(answer->key);
    acceptor_.on_verified(std::move(key));
    return true;
}

bool Login::on_redeem(relay::Redeem& credentials) {
    const auto reply = core_.ask(Request(RedeemRequest{std::move(credentials.password)}));
    if (!reply) return end("core", reply.error());
    acceptor_.on_redeemed(std::holds_alternative<Done>(reply->answer));
    return true;
}

bool Login::on_dial() {
    // A host that stays silent must leave time to tell the client.
    const auto whole = std::exchange(deadline_, deadline_ - farewell);
    const bool connected = connect_host();
    deadline_ = whole;
    if (connected) {
        acceptor_.on_dialed(std::nullopt);
        return true;
    }
    if (!core_.kill_reason().empty()) return false;
    // The client is told that the target refused, and reads it; the end keeps the real reason.
    host_failure_ = ended_->reason;
    ended_.reset();
    (void)core_.tell(EventRequest{"host", host_failure_.substr(0, reason_bytes_max)});
    acceptor_.on_dialed(proto::credssp::status_access_denied);
    return true;
}

bool Login::route_by_cookie() {
    const auto reply = core_.demand(RouteRequest{name_in_cookie(ready_->cookie)});
    if (!reply)
        return reply.error().code == Errc::refused ? end(core_.refusal())
                                                   : end("core", reply.error());
    return connect_host();
}

bool Login::connect_host() {
    auto reply = core_.demand(DialRequest{});
    if (!reply)
        return reply.error().code == Errc::refused ? end(core_.refusal())
                                                   : end("core", reply.error());
    auto* dialled = std::get_if<Dialled>(&reply->answer);
    if (dialled == nullptr || !reply->fd.valid()) return end("core: dial without a socket");
    dialled_ = std::move(*dialled);
    auto leg = Leg::adopt(std::move(reply->fd));
    if (!leg) return end("host leg", leg.error());
    host_ = std::move(*leg);

    const auto& grant = dialled_->grant;
    relay::ConnectorInput input;
    input.security =
        grant.security == HostSecurity::nla ? relay::HostSecurity::nla : relay::HostSecurity::tls;
    const auto user = utf16_of(as_bytes(grant.credential.user));
    const auto domain = utf16_of(as_bytes(grant.credential.domain));
    auto password = utf16_of(grant.credential.password.expose());
    if (!user || !domain || !password) return end("host credential is not UTF-8");
    input.user_name = to_bytes(user->expose());
    input.domain_name = to_bytes(domain->expose());
    input.password = std::move(*password);
    input.target_name = "TERMSRV/" + grant.trust.name;
    input.client_challenge = crypto::random_array<8>();
    input.nonce = crypto::random_array<32>();
    input.session_key = crypto::random_array<16>();
    relay::Connector connector(std::move(input));
    return drive_host(connector);
}

bool Login::drive_host(relay::Connector& connector) {
    for (;;) {
        std::size_t consumed = 0;
        auto action = connector.step(host_input_, consumed);
        consume(host_input_, consumed);
        if (std::holds_alternative<relay::NeedMore>(action)) {
            if (!receive(*host_, host_input_, "host")) return false;
        } else if (auto* send = std::get_if<relay::Send>(&action)) {
            if (auto done = host_->write(send->bytes); !done) return end("host leg", done.error());
        } else if (std::holds_alternative<relay::StartTls>(action)) {
            if (!secure_host(connector)) return false;
        } else if (const auto* connected = std::get_if<relay::Connected>(&action)) {
            host_protocol_ = connected->selected_protocol;
            return flush(*host_, "host");
        } else {
            const auto& failed = std::get<relay::ConnectFailed>(action);
            return end(fmt::format("host {} refused the login ({}): {}", dialled_->grant.host,
                                   connector.state_name(), failed.reason.message()));
        }
    }
}

bool Login::secure_host(relay::Connector& connector) {
    if (!flush(*host_, "host")) return false;
    if (!host_input_.empty()) return end("host leg: bytes behind the connection confirm");
    const auto& trust = dialled_->grant.trust;
    auto context = make_client_context(trust);
    if (!context) return end("host trust", context.error());
    host_context_ = std::move(*context);
    if (auto done = host_->start_tls(*host_context_, Leg::Role::client, trust.name); !done)
        return end("host leg", done.error());
    if (!handshake(*host_, "host")) return false;
    if (const auto checked = check_host(*host_->tls(), trust); !checked) {
        if (checked.error().code == Errc::hash_mismatch)
            return end(fmt::format("host {} shows another certificate than the pinned one",
                                   dialled_->grant.host));
        return end("host certificate", checked.error());
    }
    const auto key = subject_public_key_of_peer(*host_->tls());
    if (!key) return end("host certificate", key.error());
    connector.on_tls(*key);
    return true;
}

bool Login::handshake(Leg& leg, const char* who) {
    for (;;) {
        const auto done = leg.handshake();
        // Also after a failure: the alert says why.
        const auto flushed = leg.flush();
        if (!done) {
            if (!core_.kill_reason().empty()) return end(core_.kill_reason());
            return end(fmt::format("{} leg: {}", who, done.error().message()));
        }
        if (!flushed) return end(fmt::format("{} leg: {}", who, flushed.error().message()));
        if (*done) return flush(leg, who);
        if (!wait(leg, POLLIN, who)) return false;
    }
}

bool Login::receive(Leg& leg, Bytes& input, const char* who) {
    for (;;) {
        if (const auto flushed = leg.flush(); !flushed)
            return end(fmt::format("{} closed the connection during login", who));
        const auto bytes = leg.read();
        if (!bytes) {
            if (bytes.error().code == Errc::peer_closed)
                return end(fmt::format("{} closed the connection during login", who));
            return end(who, bytes.error());
        }
        if (!bytes->empty()) {
            append(input, *bytes);
            return true;
        }
        if (!wait(leg, POLLIN, who)) return false;
    }
}

bool Login::flush(Leg& leg, const char* who) {
    for (;;) {
        if (const auto flushed = leg.flush(); !flushed)
            return end(fmt::format("{} closed the connection during login", who));
        if (leg.pending_out_bytes() == 0) return true;
        if (!wait(leg, POLLOUT, who)) return false;
    }
}

bool Login::wait(Leg& leg, short events, const char* who) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
        if (left <= 0) return end(fmt::format("login took too long (waiting for the {})", who));
        if (leg.pending_out_bytes() > 0) events |= POLLOUT;
        std::array<pollfd, 2> items{{{leg.fd(), events, 0}, {core_.fd(), POLLIN, 0}}};
        const int ready = ::poll(items.data(), items.size(), static_cast<int>(left));
        if (ready < 0 && errno != EINTR) return end("poll failed");
        if (ready <= 0) continue;
        if (items[1].revents != 0) {
            if (const auto message = core_.take_message(); !message)
                return end("core", message.error());
        }
        if (items[0].revents != 0) return true;
    }
}

}  // namespace lucid::rdp::gateway
