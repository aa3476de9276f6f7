// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// NTLM messages (MS-NLMP 2.2.1), NTLMv2 only.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/rdp/proto/credssp/av_pairs.hpp>

#include <optional>

namespace lucid::rdp::proto::credssp {

/// NEGOTIATE flags (MS-NLMP 2.2.2.5) that we name.
namespace ntlm_flag {
inline constexpr std::uint32_t unicode = 0x00000001;
inline constexpr std::uint32_t request_target = 0x00000004;
inline constexpr std::uint32_t sign = 0x00000010;
inline constexpr std::uint32_t seal = 0x00000020;
inline constexpr std::uint32_t ntlm = 0x00000200;
inline constexpr std::uint32_t anonymous = 0x00000800;
inline constexpr std::uint32_t always_sign = 0x00008000;
inline constexpr std::uint32_t target_type_server = 0x00020000;
inline constexpr std::uint32_t extended_session_security = 0x00080000;
inline constexpr std::uint32_t target_info = 0x00800000;
inline constexpr std::uint32_t version = 0x02000000;
inline constexpr std::uint32_t bits_128 = 0x20000000;
inline constexpr std::uint32_t key_exchange = 0x40000000;
inline constexpr std::uint32_t bits_56 = 0x80000000;
/// Without all of these the exchange is refused.
inline constexpr std::uint32_t required =
    unicode | sign | seal | extended_session_security | bits_128 | key_exchange;
/// What we offer and choose.
inline constexpr std::uint32_t ours = required | request_target | ntlm | always_sign |
                                      target_type_server | target_info | version | bits_56;
}  // namespace ntlm_flag

inline constexpr std::size_t ntlm_message_bytes_max = 16 * 1024;

struct NtlmNegotiate {
    std::uint32_t flags = 0;
};

struct NtlmChallenge {
    std::uint32_t flags = 0;
    ByteArray<8> server_challenge{};
    Bytes target_name;  ///< UTF-16LE
    AvPairs target_info;
    Bytes target_info_raw;  ///< as sent: the client's response repeats it
};

struct NtlmAuthenticate {
    std::uint32_t flags = 0;
    Bytes user_name;    ///< UTF-16LE, as sent
    Bytes domain_name;  ///< UTF-16LE, as sent
    Bytes workstation;
    ByteArray<16> nt_proof{};  ///< NTProofStr
    Bytes temp;                ///< NTLMv2_CLIENT_CHALLENGE, all behind NTProofStr
    AvPairs av_pairs;          ///< inside temp
    ByteArray<16> encrypted_random_session_key{};
    std::optional<ByteArray<16>> mic;  ///< there when av flags say so
};

/// Where the MIC lies in an AUTHENTICATE message: it is computed over the message with these zero.
inline constexpr std::size_t mic_offset = 72;

Result<NtlmNegotiate> decode_ntlm_negotiate(ByteView message);
[[nodiscard]] Bytes encode_ntlm_negotiate(const NtlmNegotiate& message);
Result<NtlmChallenge> decode_ntlm_challenge(ByteView message);
[[nodiscard]] Bytes encode_ntlm_challenge(const NtlmChallenge& message);
/// Errc::unsupported for LM, NTLMv1 and anonymous responses.
Result<NtlmAuthenticate> decode_ntlm_authenticate(ByteView message);
/// The MIC is written as given, zero when absent.
[[nodiscard]] Bytes encode_ntlm_authenticate(const NtlmAuthenticate& message);

}  // namespace lucid::rdp::proto::credssp
