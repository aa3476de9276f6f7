// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/rdp/gateway/host_login.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

std::optional<HostLeg> HostLogin::run(core::net::Fd socket) {
    auto leg = Leg::adopt(std::move(socket));
    if (!leg) {
        steps_.end("host leg", leg.error());
        return std::nullopt;
    }
    host_.emplace(HostLeg{{}, std::move(*leg), 0, {}});
    const auto& grant = dialled_.grant;
    handshake::ConnectorInput input;
    input.security = grant.security == HostSecurity::nla ? handshake::HostSecurity::nla
                                                         : handshake::HostSecurity::tls;
    const auto user = proto::utf16_of(as_bytes(grant.credential.user));
    const auto domain = proto::utf16_of(as_bytes(grant.credential.domain));
    auto password = proto::utf16_of(grant.credential.password.expose());
    if (!user || !domain || !password) {
        steps_.end("host credential is not UTF-8");
        return std::nullopt;
    }
    input.user_name = to_bytes(user->expose());
    input.domain_name = to_bytes(domain->expose());
    input.password = std::move(*password);
    input.target_name = "TERMSRV/" + grant.trust.name;
    input.routing_token = dialled_.routing_token;
    input.client_challenge = crypto::random_array<8>();
    input.nonce = crypto::random_array<32>();
    input.session_key = crypto::random_array<16>();
    handshake::Connector connector(std::move(input));
    if (!drive(connector)) return std::nullopt;
    return std::move(host_);
}

bool HostLogin::drive(handshake::Connector& connector) {
    auto& [context, leg, protocol, bytes] = *host_;
    for (;;) {
        std::size_t consumed = 0;
        auto action = connector.step(bytes, consumed);
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(consumed));
        if (std::holds_alternative<handshake::NeedMore>(action)) {
            if (!steps_.receive(leg, bytes, "host")) return false;
        } else if (auto* send = std::get_if<handshake::Send>(&action)) {
            if (auto done = leg.write(send->bytes); !done)
                return steps_.end("host leg", done.error());
        } else if (std::holds_alternative<handshake::StartTls>(action)) {
            if (!secure(connector)) return false;
        } else if (const auto* connected = std::get_if<handshake::Connected>(&action)) {
            protocol = connected->selected_protocol;
            return steps_.flush(leg, "host");
        } else {
            const auto& failed = std::get<handshake::ConnectFailed>(action);
            return steps_.end(fmt::format("host {} refused the login ({}): {}", dialled_.grant.host,
                                          connector.state_name(), failed.reason.message()));
        }
    }
}

bool HostLogin::secure(handshake::Connector& connector) {
    auto& leg = host_->leg;
    if (!steps_.flush(leg, "host")) return false;
    if (!host_->input.empty()) return steps_.end("host leg: bytes behind the connection confirm");
    const auto& trust = dialled_.grant.trust;
    auto context = make_client_context(trust);
    if (!context) return steps_.end("host trust", context.error());
    host_->context = std::move(*context);
    if (auto done = leg.start_tls(*host_->context, Leg::Role::client, trust.name); !done)
        return steps_.end("host leg", done.error());
    if (!steps_.handshake(leg, "host")) return false;
    if (const auto checked = check_host(*leg.tls(), trust); !checked) {
        if (checked.error().code == Errc::hash_mismatch)
            return steps_.end(fmt::format("host {} shows another certificate than the pinned one",
                                          dialled_.grant.host));
        return steps_.end("host certificate", checked.error());
    }
    const auto key = subject_public_key_of_peer(*leg.tls());
    if (!key) return steps_.end("host certificate", key.error());
    connector.on_tls(*key);
    return true;
}

}  // namespace lucid::rdp::gateway
