// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// X.224 connection PDUs with RDP negotiation (MS-RDPBCGR 2.2.1.1 Client X.224 Connection Request,
/// 2.2.1.2 Server X.224 Connection Confirm) and data TPDUs.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>

namespace lucid::rdp::proto {

/// Bits of requestedProtocols / values of selectedProtocol.
inline constexpr std::uint32_t protocol_rdp = 0x0;
inline constexpr std::uint32_t protocol_ssl = 0x1;
inline constexpr std::uint32_t protocol_hybrid = 0x2;
inline constexpr std::uint32_t protocol_hybrid_ex = 0x8;

/// Flags of RDP_NEG_REQ.
inline constexpr std::uint8_t restricted_admin_mode_required = 0x01;
inline constexpr std::uint8_t redirected_authentication_mode_required = 0x02;
inline constexpr std::uint8_t correlation_info_present = 0x08;

/// Flags of RDP_NEG_RSP.
inline constexpr std::uint8_t extended_client_data_supported = 0x01;
inline constexpr std::uint8_t dynvc_gfx_protocol_supported = 0x02;

/// failureCode of RDP_NEG_FAILURE.
enum class NegotiationFailure : std::uint32_t {
    ssl_required_by_server = 1,
    ssl_not_allowed_by_server = 2,
    ssl_cert_not_on_server = 3,
    inconsistent_flags = 4,
    hybrid_required_by_server = 5,
    ssl_with_user_auth_required_by_server = 6,
};

struct ConnectionRequest {
    /// Text of the cookie or routing token without CR LF; never relied on for routing.
    std::string cookie;
    /// Absent: the client speaks only standard RDP security.
    std::optional<std::uint32_t> requested_protocols;
    std::uint8_t flags = 0;
};

struct ConnectionConfirm {
    std::optional<std::uint32_t> selected_protocol;
    std::optional<NegotiationFailure> failure;
    std::uint8_t flags = 0;
};

/// Each takes or gives one whole TPKT packet.
Result<ConnectionRequest> decode_connection_request(ByteView packet);
[[nodiscard]] Bytes encode_connection_request(const ConnectionRequest& request);
Result<ConnectionConfirm> decode_connection_confirm(ByteView packet);
[[nodiscard]] Bytes encode_connection_confirm(const ConnectionConfirm& confirm);

/// Payload of a data TPDU in a whole TPKT packet (MS-RDPBCGR: `02 F0 80`).
Result<ByteView> decode_data_tpdu(ByteView packet);
[[nodiscard]] Bytes encode_data_tpdu(ByteView payload);

}  // namespace lucid::rdp::proto
