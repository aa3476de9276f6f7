// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/handshake/connector.hpp>
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <utility>

namespace lucid::rdp::handshake {

namespace credssp = proto::credssp;

const char* Connector::state_name() const {
    switch (state_) {
        case State::start:
        case State::confirm:
            return "waiting for X.224 Connection Confirm";
        case State::tls:
            return "TLS handshake with the host";
        case State::credssp:
            return "CredSSP with the host";
        case State::early_result:
            return "waiting for the early user authorization result";
        case State::connected:
        case State::done:
            return "done";
    }
    return "";
}

ConnectorAction Connector::failed(Error reason) {
    state_ = State::done;
    return ConnectFailed{reason};
}

ConnectorAction Connector::step(ByteView input, std::size_t& consumed) {
    consumed = 0;
    if (pending_) return *std::exchange(pending_, std::nullopt);
    if (input.size() > pre_auth_bytes_max)
        return failed(make_error(Errc::limit_exceeded, "host bytes before login", input.size()));
    switch (state_) {
        case State::start: {
            requested_ =
                input_.security == HostSecurity::nla
                    ? proto::protocol_ssl | proto::protocol_hybrid | proto::protocol_hybrid_ex
                    : proto::protocol_ssl;
            state_ = State::confirm;
            proto::ConnectionRequest request;
            request.cookie = input_.routing_token;
            request.requested_protocols = requested_;
            return Send{proto::encode_connection_request(request)};
        }
        case State::confirm:
            return on_confirm(input, consumed);
        case State::credssp:
            return on_credssp(input, consumed);
        case State::early_result:
            return on_early_result(input, consumed);
        case State::connected:
            state_ = State::done;
            return Connected{selected_, extended_client_data_};
        case State::tls:
        case State::done:
            return NeedMore{};
    }
    return NeedMore{};
}

ConnectorAction Connector::on_confirm(ByteView input, std::size_t& consumed) {
    const auto frame = proto::peek_pdu(input);
    if (!frame) return failed(frame.error());
    if (!*frame || input.size() < (*frame)->length) return NeedMore{};
    consumed = (*frame)->length;
    const auto confirm = proto::decode_connection_confirm(input.first(consumed));
    if (!confirm) return failed(confirm.error());
    if (confirm->failure)
        return failed(make_error(Errc::refused, "host refused the security offered",
                                 static_cast<std::uint64_t>(*confirm->failure)));
    selected_ = confirm->selected_protocol.value_or(proto::protocol_rdp);
    extended_client_data_ = (confirm->flags & proto::extended_client_data_supported) != 0;
    const bool nla = selected_ == proto::protocol_hybrid || selected_ == proto::protocol_hybrid_ex;
    if (input_.security == HostSecurity::nla ? !nla : selected_ != proto::protocol_ssl)
        return failed(
            make_error(Errc::refused, "host chose weaker security than registered", selected_));
    state_ = State::tls;
    return StartTls{};
}

void Connector::on_tls(ByteView subject_public_key) {
    LUCID_ASSERT(state_ == State::tls);
    if (input_.security == HostSecurity::tls) {
        state_ = State::connected;
        return;
    }
    credssp::InitiatorInput input;
    input.user_name = input_.user_name;
    input.domain_name = input_.domain_name;
    input.password = std::move(input_.password);
    input.subject_public_key = to_bytes(subject_public_key);
    input.client_challenge = input_.client_challenge;
    input.nonce = input_.nonce;
    input.session_key = input_.session_key;
    input.target_name = input_.target_name;
    credssp_.emplace(std::move(input));
    state_ = State::credssp;
    pending_ = Send{credssp_->start()};
}

ConnectorAction Connector::on_credssp(ByteView input, std::size_t& consumed) {
    const auto length = credssp::der::peek_element(input, credssp::der::tag_sequence,
                                                   credssp::ts_request_bytes_max);
    if (!length) return failed(length.error());
    if (!*length || input.size() < **length) return NeedMore{};
    consumed = **length;
    auto action = credssp_->receive(input.first(consumed));
    if (!action) return failed(action.error());
    if (auto* delegated = std::get_if<credssp::Delegated>(&*action)) {
        state_ = selected_ == proto::protocol_hybrid_ex ? State::early_result : State::connected;
        return Send{std::move(delegated->bytes)};
    }
    return Send{std::move(std::get<credssp::InitiatorSend>(*action).bytes)};
}

/// AUTHZ_SUCCESS is zero (MS-RDPBCGR 5.4.2.2, Early User Authorization Result PDU).
ConnectorAction Connector::on_early_result(ByteView input, std::size_t& consumed) {
    Reader r(input);
    const auto result = r.u32_le("early user authorization result");
    if (!result) return NeedMore{};
    consumed = 4;
    if (*result != 0) return failed(make_error(Errc::refused, "host denied the user", *result));
    state_ = State::done;
    return Connected{selected_, extended_client_data_};
}

}  // namespace lucid::rdp::handshake
