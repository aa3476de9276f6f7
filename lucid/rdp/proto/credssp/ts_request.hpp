// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// TSRequest (MS-CSSP 2.2.1): the envelope of every CredSSP message.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>

namespace lucid::rdp::proto::credssp {

/// Largest TSRequest taken from a peer.
inline constexpr std::size_t ts_request_bytes_max = 64 * 1024;
/// What we speak; below `version_min` the public key is bound without a hash (CVE-2018-0886).
inline constexpr std::uint32_t version_ours = 6;
inline constexpr std::uint32_t version_min = 5;

struct TsRequest {
    std::uint32_t version = version_ours;
    std::optional<Bytes> nego_token;
    std::optional<Bytes> auth_info;
    std::optional<Bytes> pub_key_auth;
    std::optional<std::uint32_t> error_code;  ///< NTSTATUS
    std::optional<ByteArray<32>> client_nonce;
};

Result<TsRequest> decode_ts_request(ByteView message);
/// errorCode is written as a signed 32-bit INTEGER of exactly four octets, which is what FreeRDP
/// and Windows read.
[[nodiscard]] Bytes encode_ts_request(const TsRequest& request);

/// NTSTATUS values that a client shows as a reason.
inline constexpr std::uint32_t status_logon_failure = 0xc000006d;
inline constexpr std::uint32_t status_access_denied = 0xc0000022;

}  // namespace lucid::rdp::proto::credssp
