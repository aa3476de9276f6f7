// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/credssp/initiator.hpp>
#include <lucid/rdp/proto/credssp/pub_key_auth.hpp>
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

/// The host's pairs with what an NTLMv2 client adds (MS-NLMP 3.1.5.1.2).
AvPairs response_pairs(AvPairs pairs, const std::string& target_name) {
    std::erase_if(pairs, [](const AvPair& p) {
        return p.id == AvId::flags || p.id == AvId::channel_bindings || p.id == AvId::target_name;
    });
    pairs.push_back({AvId::flags, Bytes{av_flag_mic_present, 0, 0, 0}});
    pairs.push_back({AvId::channel_bindings, Bytes(16)});
    pairs.push_back({AvId::target_name, utf16(target_name)});
    return pairs;
}

/// NTLMv2_CLIENT_CHALLENGE (MS-NLMP 2.2.2.7).
Bytes client_challenge_of(ByteView timestamp, const ByteArray<8>& challenge, const AvPairs& pairs) {
    Writer w;
    w.u8(1).u8(1).zeros(6).bytes(timestamp).bytes(challenge).zeros(4);
    w.bytes(encode_av_pairs(pairs)).zeros(4);
    return w.take();
}

}  // namespace

Bytes Initiator::start() {
    LUCID_ASSERT(state_ == State::start);
    state_ = State::challenge;
    NtlmNegotiate message;
    message.flags = ntlm_flag::ours & ~(ntlm_flag::target_type_server | ntlm_flag::target_info);
    negotiate_message_ = encode_ntlm_negotiate(message);
    TsRequest request;
    request.nego_token = negotiate_message_;
    return encode_ts_request(request);
}

Result<InitiatorAction> Initiator::receive(ByteView message) {
    LUCID_TRY(const auto request, decode_ts_request(message));
    // Some hosts send a reason together with other fields: it counts first.
    if (request.error_code)
        return fail(Errc::refused, "host refused the login", *request.error_code);
    if (request.version < version_min)
        return fail(Errc::bad_version, "CredSSP version", request.version);
    version_ = std::min(request.version, version_ours);
    if (state_ == State::challenge) {
        if (!request.nego_token) return fail(Errc::bad_value, "negoToken missing");
        return on_challenge(*request.nego_token);
    }
    if (state_ == State::pub_key) return on_pub_key_auth(request);
    return fail(Errc::refused, "CredSSP message out of turn");
}

Result<InitiatorAction> Initiator::on_challenge(ByteView token) {
    LUCID_TRY(const auto challenge, decode_ntlm_challenge(token));
    if ((challenge.flags & ntlm_flag::required) != ntlm_flag::required)
        return fail(Errc::refused, "NTLM CHALLENGE flags", challenge.flags);
    const auto* timestamp = find_av_pair(challenge.target_info, AvId::timestamp);
    if (timestamp == nullptr || timestamp->value.size() != 8)
        return fail(Errc::bad_value, "NTLM CHALLENGE timestamp");

    NtlmAuthenticate message;
    message.flags = challenge.flags & ntlm_flag::ours;
    message.user_name = input_.user_name;
    message.domain_name = input_.domain_name;
    message.av_pairs = response_pairs(challenge.target_info, input_.target_name);
    message.temp = client_challenge_of(timestamp->value, input_.client_challenge, message.av_pairs);
    auto key = ntowf_v2(input_.password.expose(), input_.user_name, input_.domain_name);
    message.nt_proof = crypto::hmac_md5(key, {challenge.server_challenge, message.temp});
    auto session_base_key = crypto::hmac_md5(key, message.nt_proof);
    crypto::wipe(key);
    message.encrypted_random_session_key = input_.session_key;
    crypto::Rc4(session_base_key).apply(message.encrypted_random_session_key);
    crypto::wipe(session_base_key);
    message.mic =
        ntlm_mic(input_.session_key, negotiate_message_, token, encode_ntlm_authenticate(message));

    to_host_.emplace(input_.session_key, NtlmSeal::Direction::client_to_server);
    from_host_.emplace(input_.session_key, NtlmSeal::Direction::server_to_client);
    crypto::wipe(input_.session_key);
    state_ = State::pub_key;
    TsRequest request;
    request.version = version_;
    request.nego_token = encode_ntlm_authenticate(message);
    request.pub_key_auth =
        to_host_->wrap(client_server_hash(input_.nonce, input_.subject_public_key));
    request.client_nonce = input_.nonce;
    return InitiatorSend{encode_ts_request(request)};
}

Result<InitiatorAction> Initiator::on_pub_key_auth(const TsRequest& request) {
    if (!request.pub_key_auth) return fail(Errc::bad_value, "pubKeyAuth missing");
    LUCID_TRY(const auto hash, from_host_->unwrap(*request.pub_key_auth));
    if (!crypto::equal_constant_time(hash.expose(),
                                     server_client_hash(input_.nonce, input_.subject_public_key)))
        return fail(Errc::bad_mac, "host pubKeyAuth");
    state_ = State::done;
    TsPasswordCreds credentials;
    credentials.domain_name = input_.domain_name;
    credentials.user_name = input_.user_name;
    credentials.password = std::move(input_.password);
    TsRequest answer;
    answer.version = version_;
    answer.auth_info = to_host_->wrap(encode_ts_credentials(credentials).expose());
    answer.client_nonce = input_.nonce;
    return Delegated{encode_ts_request(answer)};
}

}  // namespace lucid::rdp::proto::credssp
