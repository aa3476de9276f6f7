// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// SPNEGO (RFC 4178) with NTLM as the one mechanism. Peers send it around NTLM tokens or leave it
/// out; both are accepted and answered in kind.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>

namespace lucid::rdp::proto::credssp {

/// Mechanisms a NegTokenInit may list.
inline constexpr std::size_t mech_types_max = 16;

enum class NegState : std::uint8_t {
    accept_completed = 0,
    accept_incomplete = 1,
    reject = 2,
    request_mic = 3,
};

struct NegTokenInit {
    /// DER of the MechTypeList with its SEQUENCE header: what mechListMIC covers.
    Bytes mech_list;
    bool ntlm_offered = false;
    bool ntlm_first = false;
    std::optional<Bytes> mech_token;
};

struct NegTokenResp {
    std::optional<NegState> state;
    bool ntlm_chosen = false;  ///< supportedMech is NTLM
    std::optional<Bytes> response_token;
    std::optional<Bytes> mech_list_mic;
};

/// True for a token that is SPNEGO and not raw NTLMSSP.
[[nodiscard]] bool is_spnego(ByteView token);

Result<NegTokenInit> decode_neg_token_init(ByteView token);
Result<NegTokenResp> decode_neg_token_resp(ByteView token);
/// An init token that offers NTLM alone, with its first message.
[[nodiscard]] Bytes encode_neg_token_init(ByteView ntlm_negotiate);
[[nodiscard]] Bytes encode_neg_token_resp(const NegTokenResp& response);
/// The mech list that encode_neg_token_init sends.
[[nodiscard]] Bytes ntlm_mech_list();

}  // namespace lucid::rdp::proto::credssp
