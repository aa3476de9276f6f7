// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/credssp/acceptor.hpp>
#include <lucid/rdp/proto/credssp/pub_key_auth.hpp>
#include <lucid/rdp/proto/credssp/spnego.hpp>
#include <lucid/rdp/proto/credssp/ts_credentials.hpp>

#include <algorithm>

namespace lucid::rdp::proto::credssp {
namespace {

Bytes utf16(std::string_view ascii) {
    Bytes out;
    for (const char c : ascii) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

AvPairs target_info(const AcceptorInput& input) {
    const auto name = utf16(input.computer_name);
    Bytes timestamp(8);
    for (std::size_t i = 0; i < 8; ++i)
        timestamp[i] = static_cast<std::uint8_t>(input.filetime >> (8 * i));
    return {{AvId::nb_domain_name, name},
            {AvId::nb_computer_name, name},
            {AvId::dns_domain_name, name},
            {AvId::dns_computer_name, name},
            {AvId::timestamp, timestamp}};
}

}  // namespace

AcceptorAction Acceptor::refuse(Error reason, std::uint32_t status) {
    state_ = State::failed;
    TsRequest answer;
    answer.version = version_;
    answer.error_code = status;
    return Refuse{encode_ts_request(answer), reason};
}

AcceptorAction Acceptor::receive(ByteView message) {
    auto action = step(message);
    if (action) return std::move(*action);
    return refuse(action.error(), status_logon_failure);
}

Result<AcceptorAction> Acceptor::step(ByteView message) {
    LUCID_TRY(const auto request, decode_ts_request(message));
    if (request.version < version_min)
        return fail(Errc::bad_version, "CredSSP version", request.version);
    version_ = std::min(request.version, version_ours);
    if (request.error_code)
        return fail(Errc::refused, "client sent errorCode", *request.error_code);
    if (request.client_nonce && !nonce_) nonce_ = request.client_nonce;
    switch (state_) {
        case State::negotiate:
            return on_negotiate(request);
        case State::authenticate:
            return on_authenticate(request);
        case State::pub_key:
            return on_pub_key_auth(request);
        case State::auth_info:
            return on_auth_info(request);
        default:
            return fail(Errc::refused, "CredSSP message out of turn");
    }
}

Bytes Acceptor::wrap_token(Bytes ntlm, bool first_answer) const {
    if (!spnego_) return ntlm;
    NegTokenResp response;
    response.state = NegState::accept_incomplete;
    response.ntlm_chosen = first_answer;
    response.response_token = std::move(ntlm);
    return encode_neg_token_resp(response);
}

Result<AcceptorAction> Acceptor::challenge(ByteView negotiate) {
    LUCID_TRY(const auto message, decode_ntlm_negotiate(negotiate));
    if ((message.flags & ntlm_flag::required) != ntlm_flag::required)
        return fail(Errc::refused, "NTLM NEGOTIATE flags", message.flags);
    negotiate_message_ = to_bytes(negotiate);
    NtlmChallenge answer;
    answer.flags = ntlm_flag::ours;
    answer.server_challenge = input_.server_challenge;
    answer.target_name = utf16(input_.computer_name);
    answer.target_info = target_info(input_);
    challenge_message_ = encode_ntlm_challenge(answer);
    state_ = State::authenticate;
    TsRequest request;
    request.version = version_;
    request.nego_token = wrap_token(challenge_message_, !mic_wanted_);
    return Send{encode_ts_request(request)};
}

Result<AcceptorAction> Acceptor::on_negotiate(const TsRequest& request) {
    if (!request.nego_token) return fail(Errc::bad_value, "negoToken");
    if (!is_spnego(*request.nego_token)) {
        if (spnego_) return fail(Errc::bad_value, "negoToken");
        return challenge(*request.nego_token);
    }
    if (spnego_) {  // we asked for NTLM again, the client answers with its first NTLM message
        LUCID_TRY(const auto response, decode_neg_token_resp(*request.nego_token));
        if (!response.response_token) return fail(Errc::bad_value, "responseToken");
        return challenge(*response.response_token);
    }
    LUCID_TRY(const auto init, decode_neg_token_init(*request.nego_token));
    if (!init.ntlm_offered) return fail(Errc::unsupported, "SPNEGO without NTLM");
    spnego_ = true;
    mech_list_ = init.mech_list;
    if (init.ntlm_first && init.mech_token) return challenge(*init.mech_token);
    // The token is for another mechanism: choose NTLM and ask again (RFC 4178 §4.2.2).
    mic_wanted_ = true;
    NegTokenResp response;
    response.state = NegState::request_mic;
    response.ntlm_chosen = true;
    TsRequest answer;
    answer.version = version_;
    answer.nego_token = encode_neg_token_resp(response);
    return Send{encode_ts_request(answer)};
}

Result<AcceptorAction> Acceptor::on_authenticate(const TsRequest& request) {
    if (!request.nego_token) return fail(Errc::bad_value, "negoToken");
    authenticate_message_ = *request.nego_token;
    if (spnego_) {
        LUCID_TRY(auto response, decode_neg_token_resp(*request.nego_token));
        if (!response.response_token) return fail(Errc::bad_value, "responseToken");
        authenticate_message_ = std::move(*response.response_token);
        mech_list_mic_ = std::move(response.mech_list_mic);
    }
    LUCID_TRY(authenticate_, decode_ntlm_authenticate(authenticate_message_));
    if ((authenticate_.flags & ntlm_flag::required) != ntlm_flag::required)
        return fail(Errc::refused, "NTLM AUTHENTICATE flags", authenticate_.flags);
    // Our CHALLENGE has a timestamp, so a conforming client sends a MIC (MS-NLMP 3.1.5.1.2).
    if (!authenticate_.mic) return fail(Errc::refused, "NTLM AUTHENTICATE without MIC");
    pub_key_auth_ = request.pub_key_auth;
    state_ = State::verifying;
    return VerifyNtlm{authenticate_.user_name, authenticate_.domain_name, input_.server_challenge,
                      authenticate_.temp, authenticate_.nt_proof};
}

AcceptorAction Acceptor::on_verified(std::optional<crypto::Secret> session_base_key) {
    LUCID_ASSERT(state_ == State::verifying);
    if (!session_base_key) return refuse(make_error(Errc::refused, "ticket"), status_logon_failure);
    auto action = check_authenticate(*session_base_key);
    if (action) return std::move(*action);
    return refuse(action.error(), status_logon_failure);
}

Result<AcceptorAction> Acceptor::check_authenticate(const crypto::Secret& session_base_key) {
    Bytes exported(authenticate_.encrypted_random_session_key.begin(),
                   authenticate_.encrypted_random_session_key.end());
    crypto::Rc4(session_base_key.expose()).apply(exported);
    const crypto::Secret key(std::move(exported));
    auto without_mic = authenticate_message_;
    std::fill_n(without_mic.begin() + mic_offset, 16, std::uint8_t{0});
    const auto mic = ntlm_mic(key.expose(), negotiate_message_, challenge_message_, without_mic);
    if (!crypto::equal_constant_time(mic, *authenticate_.mic))
        return fail(Errc::bad_mac, "NTLM MIC");
    from_client_.emplace(key.expose(), NtlmSeal::Direction::client_to_server);
    to_client_.emplace(key.expose(), NtlmSeal::Direction::server_to_client);
    state_ = State::pub_key;
    NegTokenResp done;
    if (spnego_) {
        done.state = NegState::accept_completed;
        if (mech_list_mic_) {
            if (!from_client_->verify_mech_list(mech_list_, *mech_list_mic_))
                return fail(Errc::bad_mac, "mechListMIC");
            const auto ours = to_client_->sign_mech_list(mech_list_);
            done.mech_list_mic = Bytes(ours.begin(), ours.end());
        } else if (mic_wanted_) {
            return fail(Errc::refused, "mechListMIC missing");
        }
    }
    if (pub_key_auth_) {
        TsRequest request;
        request.version = version_;
        request.pub_key_auth = std::move(pub_key_auth_);
        return on_pub_key_auth(request);
    }
    if (!spnego_) return fail(Errc::bad_value, "pubKeyAuth missing");
    TsRequest answer;
    answer.version = version_;
    answer.nego_token = encode_neg_token_resp(done);
    return Send{encode_ts_request(answer)};
}

Result<AcceptorAction> Acceptor::on_pub_key_auth(const TsRequest& request) {
    if (!request.pub_key_auth) return fail(Errc::bad_value, "pubKeyAuth missing");
    if (!nonce_) return fail(Errc::bad_value, "clientNonce missing");
    LUCID_TRY(const auto hash, from_client_->unwrap(*request.pub_key_auth));
    // A man in the middle has another certificate: the client bound its login to that one.
    if (!crypto::equal_constant_time(hash.expose(),
                                     client_server_hash(*nonce_, input_.subject_public_key)))
        return fail(Errc::bad_mac, "pubKeyAuth");
    state_ = State::dialing;
    return Proven{};
}

AcceptorAction Acceptor::on_dialed(std::optional<std::uint32_t> refusal) {
    LUCID_ASSERT(state_ == State::dialing);
    if (refusal) return refuse(make_error(Errc::refused, "host", *refusal), *refusal);
    state_ = State::auth_info;
    TsRequest answer;
    answer.version = version_;
    answer.pub_key_auth = to_client_->wrap(server_client_hash(*nonce_, input_.subject_public_key));
    return Send{encode_ts_request(answer)};
}

Result<AcceptorAction> Acceptor::on_auth_info(const TsRequest& request) {
    if (!request.auth_info) return fail(Errc::bad_value, "authInfo missing");
    LUCID_TRY(const auto plaintext, from_client_->unwrap(*request.auth_info));
    LUCID_TRY(auto credentials, decode_ts_credentials(plaintext.expose()));
    if (credentials.password.empty()) return fail(Errc::refused, "delegated credentials are empty");
    if (credentials.user_name != authenticate_.user_name)
        return fail(Errc::refused, "delegated user is another one");
    state_ = State::done;
    return Redeem{std::move(credentials.user_name), std::move(credentials.password)};
}

}  // namespace lucid::rdp::proto::credssp
