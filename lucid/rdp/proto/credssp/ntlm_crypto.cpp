// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/credssp/ntlm_crypto.hpp>

#include <algorithm>

namespace lucid::rdp::proto::credssp {
namespace {

using Direction = NtlmSeal::Direction;

/// MD5(key ‖ magic constant), the NUL included (MS-NLMP 3.4.5.2, 3.4.5.3).
ByteArray<16> derive(ByteView key, std::string_view magic) {
    Bytes input = to_bytes(key);
    append(input, as_bytes(magic));
    input.push_back(0);
    const auto derived = crypto::md5(input);
    crypto::wipe(input);
    return derived;
}

std::string_view signing_magic(Direction direction) {
    return direction == Direction::client_to_server
               ? "session key to client-to-server signing key magic constant"
               : "session key to server-to-client signing key magic constant";
}
std::string_view sealing_magic(Direction direction) {
    return direction == Direction::client_to_server
               ? "session key to client-to-server sealing key magic constant"
               : "session key to server-to-client sealing key magic constant";
}

/// a–z, and the letters of Latin-1 that have an upper case there.
Bytes upper_utf16(ByteView text) {
    Bytes out = to_bytes(text);
    for (std::size_t i = 0; i + 1 < out.size(); i += 2) {
        if (out[i + 1] != 0) continue;
        const auto c = out[i];
        if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
            out[i] = static_cast<std::uint8_t>(c - 0x20);
    }
    return out;
}

}  // namespace

ByteArray<16> ntowf_v2(ByteView password_utf16, ByteView user_utf16, ByteView domain_utf16) {
    auto hash = crypto::md4(password_utf16);
    const auto key = crypto::hmac_md5(hash, {upper_utf16(user_utf16), domain_utf16});
    crypto::wipe(hash);
    return key;
}

ByteArray<16> ntlm_mic(ByteView exported_session_key, ByteView negotiate, ByteView challenge,
                       ByteView authenticate) {
    return crypto::hmac_md5(exported_session_key, {negotiate, challenge, authenticate});
}

NtlmSeal::NtlmSeal(ByteView exported_session_key, Direction direction)
    : signing_key_(derive(exported_session_key, signing_magic(direction))),
      sealing_key_(derive(exported_session_key, sealing_magic(direction))),
      cipher_(sealing_key_) {}

/// NTLMSSP_MESSAGE_SIGNATURE for extended session security (MS-NLMP 2.2.2.9.2): version 1, RC4 of
/// the first eight bytes of HMAC-MD5(signing key, sequence ‖ message), sequence.
ByteArray<ntlm_signature_bytes> NtlmSeal::signature_of(ByteView plaintext) {
    ByteArray<4> sequence;
    for (std::size_t i = 0; i < 4; ++i)
        sequence[i] = static_cast<std::uint8_t>(sequence_ >> (8 * i));
    ++sequence_;
    auto mac = crypto::hmac_md5(signing_key_, {sequence, plaintext});
    cipher_.apply(MutableByteView(mac).first(8));
    ByteArray<ntlm_signature_bytes> signature = {1, 0, 0, 0};
    std::copy_n(mac.begin(), 8, signature.begin() + 4);
    std::copy(sequence.begin(), sequence.end(), signature.begin() + 12);
    return signature;
}

Bytes NtlmSeal::wrap(ByteView plaintext) {
    // The text goes through the cipher before its checksum does.
    Bytes sealed = to_bytes(plaintext);
    cipher_.apply(sealed);
    const auto signature = signature_of(plaintext);
    Bytes out(signature.begin(), signature.end());
    append(out, sealed);
    return out;
}

Result<crypto::Secret> NtlmSeal::unwrap(ByteView message) {
    if (message.size() < ntlm_signature_bytes) return fail(Errc::truncated, "NTLM sealed message");
    Bytes plaintext = to_bytes(message.subspan(ntlm_signature_bytes));
    cipher_.apply(plaintext);
    crypto::Secret secret(std::move(plaintext));
    const auto expected = signature_of(secret.expose());
    if (!crypto::equal_constant_time(expected, message.first(ntlm_signature_bytes)))
        return fail(Errc::bad_mac, "NTLM sealed message");
    return secret;
}

ByteArray<ntlm_signature_bytes> NtlmSeal::sign_mech_list(ByteView mech_list) {
    const auto signature = signature_of(mech_list);
    cipher_ = crypto::Rc4(sealing_key_);
    return signature;
}

bool NtlmSeal::verify_mech_list(ByteView mech_list, ByteView signature) {
    const auto expected = sign_mech_list(mech_list);
    return crypto::equal_constant_time(expected, signature);
}

}  // namespace lucid::rdp::proto::credssp
