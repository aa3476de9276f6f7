// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/login.hpp>

#include <sys/socket.h>

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

handshake::AcceptorInput acceptor_input(const Welcome& welcome) {
    handshake::AcceptorInput input;
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
      steps_(core, LegSteps::Clock::now() + welcome_.login_deadline),
      client_(std::move(client)),
      acceptor_(acceptor_input(welcome_)) {}

std::variant<LoggedIn, Ended> Login::run() {
    if (!drive_client()) return *std::move(steps_.ended());
    if (!ready_->authenticated && !route_by_cookie()) return *std::move(steps_.ended());
    return LoggedIn{std::move(client_context_), std::move(client_),   std::move(*host_),
                    std::move(*ready_),         std::move(*dialled_), welcome_.client_address,
                    std::move(client_input_)};
}

bool Login::drive_client() {
    while (!ready_) {
        std::size_t consumed = 0;
        auto action = acceptor_.step(client_input_, consumed);
        consume(client_input_, consumed);
        if (!on_client(action)) return false;
    }
    return steps_.flush(client_, "client");
}

bool Login::on_client(handshake::AcceptorAction& action) {
    if (std::holds_alternative<handshake::NeedMore>(action))
        return steps_.receive(client_, client_input_, "client");
    if (auto* send = std::get_if<handshake::Send>(&action)) {
        if (auto done = client_.write(send->bytes); !done)
            return steps_.end("client leg", done.error());
        return true;
    }
    if (std::holds_alternative<handshake::StartTls>(action)) return secure_client();
    if (auto* claim = std::get_if<handshake::VerifyNtlm>(&action)) return on_verify(*claim);
    if (std::holds_alternative<handshake::Dial>(action)) return on_dial();
    if (auto* credentials = std::get_if<handshake::Redeem>(&action)) return on_redeem(*credentials);
    if (auto* ready = std::get_if<handshake::Ready>(&action)) {
        ready_ = std::move(*ready);
        return true;
    }
    on_refuse(std::get<handshake::Refuse>(action));
    return false;
}

void Login::on_refuse(const handshake::Refuse& refusal) {
    steps_.set_deadline(std::min(steps_.deadline(), LegSteps::Clock::now() + farewell));
    if (client_.write(refusal.bytes) && steps_.flush(client_, "client")) {
        client_.close_tls();
        (void)client_.flush();
        (void)::shutdown(client_.fd(), SHUT_WR);
        // Until the client has left: closing with unread bytes would reset the connection and take
        // the reason with it.
        Bytes ignored;
        while (ignored.size() < handshake::pre_auth_bytes_max &&
               steps_.receive(client_, ignored, "client")) {
        }
        steps_.ended().reset();
    }
    steps_.ended() =
        Ended{"partial", !host_failure_.empty()
                             ? host_failure_
                             : fmt::format("login refused: {}", refusal.reason.message())};
}

bool Login::secure_client() {
    if (!steps_.flush(client_, "client")) return false;
    if (!client_input_.empty())
        return steps_.end("client leg: bytes behind the connection request");
    auto context =
        make_server_context(welcome_.certificate_pem, [this](ByteView digest) -> Result<Bytes> {
            LUCID_TRY(auto reply, core_.demand(SignRequest{scheme_ecdsa, to_bytes(digest)}));
            if (auto* signature = std::get_if<Signature>(&reply.answer))
                return std::move(signature->der);
            return fail(Errc::bad_value, "signature of core");
        });
    if (!context) return steps_.end("listener certificate", context.error());
    client_context_ = std::move(*context);
    if (auto done = client_.start_tls(*client_context_, Leg::Role::server, ""); !done)
        return steps_.end("client leg", done.error());
    if (!steps_.handshake(client_, "client")) return false;
    const auto key = subject_public_key_of_pem(welcome_.certificate_pem);
    if (!key) return steps_.end("listener certificate", key.error());
    acceptor_.on_tls(*key);
    return true;
}

bool Login::on_verify(handshake::VerifyNtlm& claim) {
    NtlmClaim asked;
    asked.user_utf16 = std::move(claim.user_name);
    asked.domain_utf16 = std::move(claim.domain_name);
    asked.server_challenge = claim.server_challenge;
    asked.temp = std::move(claim.temp);
    asked.nt_proof = claim.nt_proof;
    auto reply = core_.ask(Request(std::move(asked)));
    if (!reply) return steps_.end("core", reply.error());
    std::optional<crypto::Secret> key;
    if (auto* answer = std::get_if<SessionBaseKey>(&reply->answer)) key = std::move(answer->key);
    acceptor_.on_verified(std::move(key));
    return true;
}

bool Login::on_redeem(handshake::Redeem& credentials) {
    const auto reply = core_.ask(Request(RedeemRequest{std::move(credentials.password)}));
    if (!reply) return steps_.end("core", reply.error());
    acceptor_.on_redeemed(std::holds_alternative<Done>(reply->answer));
    return true;
}

bool Login::on_dial() {
    // A host that stays silent must leave time to tell the client.
    const auto whole = steps_.deadline();
    steps_.set_deadline(whole - farewell);
    const bool connected = connect_host();
    steps_.set_deadline(whole);
    if (connected) {
        acceptor_.on_dialed(std::nullopt);
        return true;
    }
    if (!core_.kill_reason().empty()) return false;
    // The client is told that the target refused, and reads it; the end keeps the real reason.
    host_failure_ = steps_.ended()->reason;
    steps_.ended().reset();
    (void)core_.tell(EventRequest{"host", host_failure_.substr(0, reason_bytes_max)});
    acceptor_.on_dialed(proto::credssp::status_access_denied);
    return true;
}

bool Login::route_by_cookie() {
    const auto reply = core_.demand(RouteRequest{name_in_cookie(ready_->cookie)});
    if (!reply)
        return reply.error().code == Errc::refused ? steps_.end(core_.refusal())
                                                   : steps_.end("core", reply.error());
    return connect_host();
}

bool Login::connect_host() {
    auto reply = core_.demand(DialRequest{});
    if (!reply)
        return reply.error().code == Errc::refused ? steps_.end(core_.refusal())
                                                   : steps_.end("core", reply.error());
    auto* dialled = std::get_if<Dialled>(&reply->answer);
    if (dialled == nullptr || !reply->fd.valid()) return steps_.end("core: dial without a socket");
    dialled_ = std::move(*dialled);
    host_ = HostLogin(steps_, *dialled_).run(std::move(reply->fd));
    return host_.has_value();
}

}  // namespace lucid::rdp::gateway
