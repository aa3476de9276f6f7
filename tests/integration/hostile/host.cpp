// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/user/tickets/ntlm_proof.hpp>

#include <tests/support/rdp_session.hpp>

#include "mcs_script.hpp"
#include "party.hpp"
#include <openssl/ssl.h>

namespace lucid::hostile {

namespace credssp = rdp::proto::credssp;
namespace proto = rdp::proto;
namespace mcs = rdp::gateway::test;

Host::Host(core::net::Fd socket, HostSecurity security, const gateway::test::Identity& identity)
    : Party(Stage::tcp), security_(security), identity_(identity) {
    if (auto leg = gateway::Leg::adopt(std::move(socket))) wire_.emplace(std::move(*leg));
}

Result<void> Host::advance() {
    switch (at_) {
        case Stage::tcp:
            LUCID_CHECK(negotiate());
            at_ = Stage::x224;
            return {};
        case Stage::x224: {
            auto signer = std::make_shared<gateway::LocalSigner>(
                *gateway::LocalSigner::from_pem(identity_.key_pem));
            LUCID_TRY(context_, gateway::make_server_context(
                                    identity_.certificate_pem,
                                    [signer](ByteView digest) { return signer->sign(digest); }));
            LUCID_CHECK(wire().leg().start_tls(*context_, gateway::Leg::Role::server, ""));
            LUCID_CHECK(wire().handshake());
            at_ = Stage::tls;
            return {};
        }
        case Stage::tls:
            if (security_ == HostSecurity::nla) LUCID_CHECK(log_in());
            at_ = Stage::login;
            return {};
        case Stage::informed:
            LUCID_CHECK(wire().send(test::from_host(test::io_channel, test::licensing())));
            at_ = Stage::licensed;
            return {};
        case Stage::licensed:
            LUCID_CHECK(wire().send(test::from_host(test::io_channel, test::active_pdu(1))));
            at_ = Stage::demanded;
            return {};
        default: {
            LUCID_TRY(const auto pdu, wire().pdu());
            return react(pdu);
        }
    }
}

Result<void> Host::serve() {
    for (;;) LUCID_CHECK(advance());
}

Result<void> Host::negotiate() {
    LUCID_TRY(const auto packet, wire().pdu());
    LUCID_TRY(const auto request, proto::decode_connection_request(packet));
    proto::ConnectionConfirm confirm;
    selected_ = security_ == HostSecurity::nla ? proto::protocol_hybrid_ex : proto::protocol_ssl;
    confirm.selected_protocol = selected_;
    return wire().send(proto::encode_connection_confirm(confirm));
}

Result<void> Host::log_in() {
    credssp::AcceptorInput input;
    input.server_challenge = crypto::random_array<8>();
    LUCID_TRY(input.subject_public_key,
              gateway::subject_public_key_of_pem(identity_.certificate_pem));
    if (wrong_binding) input.subject_public_key.back() ^= 1;
    credssp::Acceptor acceptor(std::move(input));
    LUCID_TRY(const auto first, receive_ts_request());
    auto action = acceptor.receive(first);
    for (;;) {
        if (auto* send = std::get_if<credssp::Send>(&action)) {
            LUCID_CHECK(send_login(std::move(send->bytes)));
            LUCID_TRY(const auto message, receive_ts_request());
            action = acceptor.receive(message);
        } else if (auto* verify = std::get_if<credssp::VerifyNtlm>(&action)) {
            const user::tickets::NtlmClaim claim{verify->user_name, verify->domain_name,
                                                 verify->server_challenge, verify->temp,
                                                 verify->nt_proof};
            auto key = user::tickets::verify_ntlm(user::tickets::nt_hash("Passw0rd!"), claim);
            action = acceptor.on_verified(std::move(key));
        } else if (std::holds_alternative<credssp::Proven>(action)) {
            action = acceptor.on_dialed(std::nullopt);
        } else if (std::holds_alternative<credssp::Redeem>(action)) {
            return send_login(Bytes(4));
        } else {
            auto& refusal = std::get<credssp::Refuse>(action);
            LUCID_CHECK(wire().send(refusal.bytes));
            return fail(refusal.reason);
        }
    }
}

Result<void> Host::react(ByteView pdu) {
    if (pdu[0] != proto::tpkt_version) return wire().send(mcs::screen_output(pdu));
    LUCID_TRY(const auto payload, proto::decode_data_tpdu(pdu));
    if (!payload.empty() && payload[0] == 0x7f) {
        at_ = Stage::connected;
        return wire().send(test::connect_response({channel_names.size(), 0, 0}));
    }
    LUCID_TRY(const auto message, proto::decode_mcs_pdu(pdu));
    switch (message.type) {
        case proto::McsPduType::attach_user_request:
            at_ = std::max(at_, Stage::attached);
            return wire().send(mcs::attach_user_confirm());
        case proto::McsPduType::channel_join_request: {
            const auto channel = static_cast<std::uint16_t>(payload[3] << 8 | payload[4]);
            if (++joins_ == channel_names.size() + 2) at_ = std::max(at_, Stage::joined);
            return wire().send(mcs::channel_join_confirm(channel));
        }
        case proto::McsPduType::send_data_request:
            return message.channel == test::io_channel ? react_to_share(message.data)
                                                       : Result<void>();
        default:
            return {};
    }
}

Result<void> Host::react_to_share(ByteView data) {
    if (at_ < Stage::informed) {
        at_ = Stage::informed;
        return {};
    }
    const auto pdus = proto::decode_share_pdus(data);
    if (!pdus) return {};
    for (const auto& control : *pdus) {
        if (control.type == proto::PduType::confirm_active) at_ = std::max(at_, Stage::active);
        if (control.type != proto::PduType::data) continue;
        const auto share = proto::decode_share_data(control);
        constexpr std::uint8_t font_list = 0x27;
        if (!share || share->type2 != font_list || at_ == Stage::finalized) continue;
        for (const auto& pdu : finalization(false)) LUCID_CHECK(wire().send(pdu));
        at_ = Stage::finalized;
    }
    return {};
}

}  // namespace lucid::hostile
