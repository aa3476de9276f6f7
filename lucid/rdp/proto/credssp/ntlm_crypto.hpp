// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// NTLM keys and message protection (MS-NLMP 3.3.2, 3.4.3 – 3.4.5), extended session security with
/// 128-bit keys and key exchange.

#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

#include <initializer_list>

namespace lucid::rdp::proto::credssp {

inline constexpr std::size_t ntlm_signature_bytes = 16;

/// NTOWFv2 of a known password (client role): HMAC-MD5(MD4(password), UPPER(user) ‖ domain).
/// Letters beyond ASCII and Latin-1 keep their case: hosts with such user names must be registered
/// as the host spells them in upper case.
[[nodiscard]] ByteArray<16> ntowf_v2(ByteView password_utf16, ByteView user_utf16,
                                     ByteView domain_utf16);

/// MIC of an AUTHENTICATE message whose MIC bytes are zero.
[[nodiscard]] ByteArray<16> ntlm_mic(ByteView exported_session_key, ByteView negotiate,
                                     ByteView challenge, ByteView authenticate);

/// Seals one direction: signature ‖ RC4(plaintext).
class NtlmSeal {
  public:
    enum class Direction { client_to_server, server_to_client };
    NtlmSeal(ByteView exported_session_key, Direction direction);

    [[nodiscard]] Bytes wrap(ByteView plaintext);
    /// Errc::bad_mac when altered, replayed or out of order.
    Result<crypto::Secret> unwrap(ByteView message);
    /// Signature over a message, as mechListMIC is; afterwards the cipher starts anew and numbers
    /// go on.
    [[nodiscard]] ByteArray<ntlm_signature_bytes> sign_mech_list(ByteView mech_list);
    [[nodiscard]] bool verify_mech_list(ByteView mech_list, ByteView signature);

  private:
    [[nodiscard]] ByteArray<ntlm_signature_bytes> signature_of(ByteView plaintext);
    ByteArray<16> signing_key_;
    ByteArray<16> sealing_key_;
    crypto::Rc4 cipher_;
    std::uint32_t sequence_ = 0;
};

}  // namespace lucid::rdp::proto::credssp
