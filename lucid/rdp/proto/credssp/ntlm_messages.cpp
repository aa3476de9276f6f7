// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/credssp/ntlm_messages.hpp>

#include <algorithm>

namespace lucid::rdp::proto::credssp {
namespace {

constexpr ByteArray<8> signature = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0};
/// Version: 10.0 build 0, NTLMSSP_REVISION_W2K3 (MS-NLMP 2.2.2.10).
constexpr ByteArray<8> our_version = {10, 0, 0, 0, 0, 0, 0, 15};
constexpr std::size_t authenticate_header_bytes = 88;
constexpr std::size_t challenge_header_bytes = 56;
/// NTProofStr and the fixed head of NTLMv2_CLIENT_CHALLENGE (MS-NLMP 2.2.2.7).
constexpr std::size_t nt_proof_bytes = 16;
constexpr std::size_t client_challenge_head_bytes = 28;

struct FieldLocation {
    std::uint16_t length = 0;
    std::uint32_t offset = 0;
};

/// Len, MaxLen, BufferOffset.
Result<FieldLocation> take_location(Reader& r, const char* field) {
    FieldLocation location;
    LUCID_TRY(location.length, r.u16_le(field));
    LUCID_CHECK(r.skip(2, field));
    LUCID_TRY(location.offset, r.u32_le(field));
    return location;
}

Result<ByteView> field_of(ByteView message, const FieldLocation& location, const char* field) {
    if (location.length == 0) return ByteView{};
    if (location.offset > message.size() || message.size() - location.offset < location.length)
        return fail(Errc::bad_length, field, location.offset);
    return message.subspan(location.offset, location.length);
}

Result<void> check_head(Reader& r, std::uint32_t type) {
    LUCID_CHECK(r.expect(signature, "NTLM signature"));
    LUCID_TRY(const auto found, r.u32_le("NTLM message type"));
    if (found != type) return fail(Errc::bad_value, "NTLM message type", found);
    return {};
}

/// Writes locations first, payloads behind them in order.
class FieldWriter {
  public:
    explicit FieldWriter(std::size_t header_bytes) : offset_(header_bytes) {}
    void locate(Writer& w, ByteView payload) {
        const auto length = static_cast<std::uint16_t>(payload.size());
        w.u16_le(length).u16_le(length).u32_le(
            static_cast<std::uint32_t>(offset_ + payloads_.size()));
        append(payloads_, payload);
    }
    [[nodiscard]] const Bytes& payloads() const { return payloads_; }

  private:
    std::size_t offset_;
    Bytes payloads_;
};

Result<void> read_nt_response(ByteView response, NtlmAuthenticate& message) {
    if (response.size() < nt_proof_bytes + client_challenge_head_bytes + 4)
        return fail(Errc::unsupported, "NT response", response.size());
    std::copy_n(response.begin(), nt_proof_bytes, message.nt_proof.begin());
    message.temp = to_bytes(response.subspan(nt_proof_bytes));
    if (message.temp[0] != 1 || message.temp[1] != 1)
        return fail(Errc::bad_version, "NT response", message.temp[0]);
    ByteView rest;
    LUCID_TRY(message.av_pairs,
              decode_av_pairs(ByteView(message.temp).subspan(client_challenge_head_bytes), rest));
    // MS-NLMP 3.3.2: four zero bytes stand behind the list; some clients leave them out, FreeRDP
    // puts eight more (seen with 2.11).
    constexpr std::size_t padding_bytes_max = 12;
    if (rest.size() > padding_bytes_max ||
        std::any_of(rest.begin(), rest.end(), [](auto b) { return b != 0; }))
        return fail(Errc::trailing_bytes, "NT response", rest.size());
    return {};
}

}  // namespace

Result<NtlmNegotiate> decode_ntlm_negotiate(ByteView message) {
    if (message.size() > ntlm_message_bytes_max)
        return fail(Errc::limit_exceeded, "NTLM NEGOTIATE", message.size());
    Reader r(message);
    LUCID_CHECK(check_head(r, 1));
    NtlmNegotiate out;
    LUCID_TRY(out.flags, r.u32_le("NTLM NEGOTIATE flags"));
    LUCID_CHECK(r.skip(16, "NTLM NEGOTIATE names"));
    return out;
}

Bytes encode_ntlm_negotiate(const NtlmNegotiate& message) {
    Writer w;
    w.bytes(signature).u32_le(1).u32_le(message.flags).zeros(16).bytes(our_version);
    return w.take();
}

Result<NtlmChallenge> decode_ntlm_challenge(ByteView message) {
    if (message.size() > ntlm_message_bytes_max)
        return fail(Errc::limit_exceeded, "NTLM CHALLENGE", message.size());
    Reader r(message);
    LUCID_CHECK(check_head(r, 2));
    NtlmChallenge out;
    LUCID_TRY(const auto target, take_location(r, "target name"));
    LUCID_TRY(out.flags, r.u32_le("NTLM CHALLENGE flags"));
    LUCID_TRY(out.server_challenge, r.array<8>("server challenge"));
    LUCID_CHECK(r.skip(8, "NTLM CHALLENGE reserved"));
    LUCID_TRY(const auto info, take_location(r, "target info"));
    LUCID_TRY(const auto name, field_of(message, target, "target name"));
    out.target_name = to_bytes(name);
    LUCID_TRY(const auto raw, field_of(message, info, "target info"));
    out.target_info_raw = to_bytes(raw);
    ByteView rest;
    LUCID_TRY(out.target_info, decode_av_pairs(raw, rest));
    return out;
}

Bytes encode_ntlm_challenge(const NtlmChallenge& message) {
    Writer w;
    FieldWriter fields(challenge_header_bytes);
    w.bytes(signature).u32_le(2);
    fields.locate(w, message.target_name);
    w.u32_le(message.flags).bytes(message.server_challenge).zeros(8);
    fields.locate(w, encode_av_pairs(message.target_info));
    w.bytes(our_version).bytes(fields.payloads());
    return w.take();
}

Result<NtlmAuthenticate> decode_ntlm_authenticate(ByteView message) {
    if (message.size() > ntlm_message_bytes_max)
        return fail(Errc::limit_exceeded, "NTLM AUTHENTICATE", message.size());
    Reader r(message);
    LUCID_CHECK(check_head(r, 3));
    NtlmAuthenticate out;
    LUCID_CHECK(take_location(r, "LM response"));
    LUCID_TRY(const auto nt_response, take_location(r, "NT response"));
    LUCID_TRY(const auto domain, take_location(r, "domain name"));
    LUCID_TRY(const auto user, take_location(r, "user name"));
    LUCID_TRY(const auto workstation, take_location(r, "workstation"));
    LUCID_TRY(const auto key, take_location(r, "session key"));
    LUCID_TRY(out.flags, r.u32_le("NTLM AUTHENTICATE flags"));
    if ((out.flags & ntlm_flag::anonymous) != 0)
        return fail(Errc::unsupported, "anonymous NTLM", out.flags);
    LUCID_TRY(const auto response, field_of(message, nt_response, "NT response"));
    LUCID_CHECK(read_nt_response(response, out));
    LUCID_TRY(const auto domain_view, field_of(message, domain, "domain name"));
    LUCID_TRY(const auto user_view, field_of(message, user, "user name"));
    LUCID_TRY(const auto workstation_view, field_of(message, workstation, "workstation"));
    LUCID_TRY(const auto key_view, field_of(message, key, "session key"));
    out.domain_name = to_bytes(domain_view);
    out.user_name = to_bytes(user_view);
    out.workstation = to_bytes(workstation_view);
    if (key_view.size() != 16) return fail(Errc::bad_length, "session key", key_view.size());
    std::copy_n(key_view.begin(), 16, out.encrypted_random_session_key.begin());
    const auto* flags = find_av_pair(out.av_pairs, AvId::flags);
    if (flags != nullptr && flags->value.size() == 4 && (flags->value[0] & av_flag_mic_present)) {
        LUCID_CHECK(r.skip(8, "NTLM version"));
        LUCID_TRY(out.mic, r.array<16>("MIC"));
    }
    return out;
}

Bytes encode_ntlm_authenticate(const NtlmAuthenticate& message) {
    Bytes response(message.nt_proof.begin(), message.nt_proof.end());
    append(response, message.temp);
    Writer w;
    FieldWriter fields(authenticate_header_bytes);
    w.bytes(signature).u32_le(3);
    fields.locate(w, Bytes(24));  // LM response: zeros beside NTLMv2 with a timestamp
    fields.locate(w, response);
    fields.locate(w, message.domain_name);
    fields.locate(w, message.user_name);
    fields.locate(w, message.workstation);
    fields.locate(w, message.encrypted_random_session_key);
    w.u32_le(message.flags).bytes(our_version);
    w.bytes(message.mic.value_or(ByteArray<16>{}));
    w.bytes(fields.payloads());
    return w.take();
}

}  // namespace lucid::rdp::proto::credssp
