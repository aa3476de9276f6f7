// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/handshake/acceptor.hpp>
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <utility>

namespace lucid::rdp::handshake {
namespace {

namespace credssp = proto::credssp;

/// EarlyUserAuthResult (MS-RDPBCGR 5.4.2.2).
constexpr std::uint32_t authz_success = 0;
constexpr std::uint32_t authz_access_denied = 5;
/// Largest Connection Request: header, cookie, negotiation, correlation info.
constexpr std::size_t connection_request_bytes_max = 512;

Bytes early_result(std::uint32_t result) {
    Bytes bytes;
    for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(result >> (8 * i)));
    return bytes;
}

Bytes failure(proto::NegotiationFailure code) {
    proto::ConnectionConfirm confirm;
    confirm.failure = code;
    return proto::encode_connection_confirm(confirm);
}

}  // namespace

AcceptorAction Acceptor::refuse(Error reason, Bytes bytes) {
    state_ = State::done;
    return Refuse{std::move(bytes), reason};
}

AcceptorAction Acceptor::step(ByteView input, std::size_t& consumed) {
    consumed = 0;
    if (pending_) return *std::exchange(pending_, std::nullopt);
    if (input.size() > pre_auth_bytes_max && state_ != State::ready)
        return refuse(make_error(Errc::limit_exceeded, "bytes before login", input.size()));
    switch (state_) {
        case State::request:
            return on_request(input, consumed);
        case State::send_confirm:
            // What lies behind the request is the ClientHello: the driver hands it to TLS.
            state_ = State::tls;
            return StartTls{};
        case State::credssp:
            return on_credssp(input, consumed);
        case State::ready:
            state_ = State::done;
            return Ready{*request_.requested_protocols, selected_, credssp_.has_value(),
                         request_.cookie};
        case State::tls:
        case State::waiting:
        case State::early_result:
        case State::done:
            return NeedMore{};
    }
    return NeedMore{};
}

AcceptorAction Acceptor::on_request(ByteView input, std::size_t& consumed) {
    const auto frame = proto::peek_pdu(input);
    if (!frame) return refuse(frame.error());
    if (!*frame) return NeedMore{};
    if ((*frame)->fast_path) return refuse(make_error(Errc::bad_value, "x224 connection request"));
    const auto length = (*frame)->length;
    if (length > connection_request_bytes_max)
        return refuse(make_error(Errc::limit_exceeded, "x224 connection request", length));
    if (input.size() < length) return NeedMore{};
    auto request = proto::decode_connection_request(input.first(length));
    if (!request) return refuse(request.error());
    consumed = length;
    request_ = std::move(*request);
    const auto offered = request_.requested_protocols.value_or(proto::protocol_rdp);
    if ((request_.flags & (proto::restricted_admin_mode_required |
                           proto::redirected_authentication_mode_required)) != 0)
        return refuse(make_error(Errc::refused, "restricted admin or redirected authentication",
                                 request_.flags),
                      failure(proto::NegotiationFailure::inconsistent_flags));
    if ((offered & proto::protocol_hybrid_ex) != 0) {
        selected_ = proto::protocol_hybrid_ex;
    } else if ((offered & proto::protocol_hybrid) != 0) {
        selected_ = proto::protocol_hybrid;
    } else if ((offered & proto::protocol_ssl) != 0 && input_.allow_tls_only) {
        selected_ = proto::protocol_ssl;
    } else {
        const auto code = input_.allow_tls_only
                              ? proto::NegotiationFailure::ssl_required_by_server
                              : proto::NegotiationFailure::hybrid_required_by_server;
        return refuse(make_error(Errc::refused, "client offers no allowed security", offered),
                      failure(code));
    }
    proto::ConnectionConfirm confirm;
    confirm.selected_protocol = selected_;
    confirm.flags = proto::extended_client_data_supported | proto::dynvc_gfx_protocol_supported;
    state_ = State::send_confirm;
    return Send{proto::encode_connection_confirm(confirm)};
}

void Acceptor::on_tls(ByteView subject_public_key) {
    LUCID_ASSERT(state_ == State::tls);
    if (selected_ == proto::protocol_ssl) {
        state_ = State::ready;
        return;
    }
    credssp::AcceptorInput input;
    input.server_challenge = input_.server_challenge;
    input.filetime = input_.filetime;
    input.subject_public_key = to_bytes(subject_public_key);
    credssp_.emplace(std::move(input));
    state_ = State::credssp;
}

AcceptorAction Acceptor::on_credssp(ByteView input, std::size_t& consumed) {
    const auto length = credssp::der::peek_element(input, credssp::der::tag_sequence,
                                                   credssp::ts_request_bytes_max);
    if (!length) return refuse(length.error());
    if (!*length || input.size() < **length) return NeedMore{};
    consumed = **length;
    return take(credssp_->receive(input.first(consumed)));
}

AcceptorAction Acceptor::take(credssp::AcceptorAction action) {
    if (auto* send = std::get_if<credssp::Send>(&action)) {
        state_ = State::credssp;
        return Send{std::move(send->bytes)};
    }
    if (auto* verify = std::get_if<credssp::VerifyNtlm>(&action)) {
        state_ = State::waiting;
        return std::move(*verify);
    }
    if (std::holds_alternative<credssp::Proven>(action)) {
        state_ = State::waiting;
        return Dial{};
    }
    if (auto* redeem = std::get_if<credssp::Redeem>(&action)) {
        state_ = State::early_result;
        return std::move(*redeem);
    }
    auto& refusal = std::get<credssp::Refuse>(action);
    return refuse(refusal.reason, std::move(refusal.bytes));
}

void Acceptor::on_verified(std::optional<crypto::Secret> session_base_key) {
    pending_ = take(credssp_->on_verified(std::move(session_base_key)));
}

void Acceptor::on_dialed(std::optional<std::uint32_t> refusal) {
    pending_ = take(credssp_->on_dialed(refusal));
}

void Acceptor::on_redeemed(bool accepted) {
    LUCID_ASSERT(state_ == State::early_result);
    const bool early = selected_ == proto::protocol_hybrid_ex;
    if (!accepted) {
        pending_ = refuse(make_error(Errc::refused, "ticket"),
                          early ? early_result(authz_access_denied) : Bytes{});
        return;
    }
    state_ = State::ready;
    if (early) pending_ = Send{early_result(authz_success)};
}

}  // namespace lucid::rdp::handshake
