// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/user/tickets/ntlm_proof.hpp>

namespace lucid::user::tickets {
namespace {

/// Upper-cases the ASCII letters of UTF-16LE text. Other letters stay: ticket names have none.
Bytes upper_utf16(ByteView text) {
    Bytes out = to_bytes(text);
    for (std::size_t i = 0; i + 1 < out.size(); i += 2)
        if (out[i + 1] == 0 && out[i] >= 'a' && out[i] <= 'z')
            out[i] = static_cast<std::uint8_t>(out[i] - 'a' + 'A');
    return out;
}

}  // namespace

ByteArray<16> nt_hash(std::string_view ascii_secret) {
    Bytes wide;
    for (const char c : ascii_secret) {
        wide.push_back(static_cast<std::uint8_t>(c));
        wide.push_back(0);
    }
    const auto hash = crypto::md4(wide);
    crypto::wipe(wide);
    return hash;
}

std::optional<crypto::Secret> verify_ntlm(const ByteArray<16>& hash, const NtlmClaim& claim) {
    auto ntowf = crypto::hmac_md5(hash, {upper_utf16(claim.user_utf16), claim.domain_utf16});
    const auto expected = crypto::hmac_md5(ntowf, {claim.server_challenge, claim.temp});
    std::optional<crypto::Secret> key;
    if (crypto::equal_constant_time(expected, claim.nt_proof))
        key = crypto::Secret::copy_of(crypto::hmac_md5(ntowf, claim.nt_proof));
    crypto::wipe(ntowf);
    return key;
}

}  // namespace lucid::user::tickets
