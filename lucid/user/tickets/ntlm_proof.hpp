// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/crypto/secret.hpp>

#include <optional>

namespace lucid::user::tickets {

/// What a client's AUTHENTICATE message claims (MS-NLMP 2.2.1.3, 3.3.2 NTLM v2 Authentication).
struct NtlmClaim {
    Bytes user_utf16;    ///< as sent; ticket names are ASCII
    Bytes domain_utf16;  ///< exactly as sent
    ByteArray<8> server_challenge{};
    Bytes temp;  ///< NTLMv2 response behind NTProofStr
    ByteArray<16> nt_proof{};
};

/// MD4 of the UTF-16LE secret (MS-NLMP 3.3.1 NTOWFv1).
[[nodiscard]] ByteArray<16> nt_hash(std::string_view ascii_secret);

/// Checks NTProofStr under `hash` in constant time; gives SessionBaseKey = HMAC-MD5(NTOWFv2,
/// NTProofStr).
[[nodiscard]] std::optional<crypto::Secret> verify_ntlm(const ByteArray<16>& hash,
                                                        const NtlmClaim& claim);

}  // namespace lucid::user::tickets
