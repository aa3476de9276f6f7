// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// MCS domain PDUs in data TPDUs (T.125 §7, PER aligned; MS-RDPBCGR 2.2.1.5 – 2.2.1.9).

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::proto {

enum class McsPduType : std::uint8_t {
    erect_domain_request = 1,
    disconnect_provider_ultimatum = 8,
    attach_user_request = 10,
    attach_user_confirm = 11,
    channel_join_request = 14,
    channel_join_confirm = 15,
    send_data_request = 25,
    send_data_indication = 26,
};

/// Any domain PDU; channel and data are there for the two send-data kinds.
struct McsPdu {
    McsPduType type{};
    std::uint16_t initiator = 0;  ///< user id, as sent (1001 is the base)
    std::uint16_t channel = 0;
    ByteView data;
};

/// One whole TPKT packet. Errc::unsupported for domain PDUs that RDP does not use.
Result<McsPdu> decode_mcs_pdu(ByteView packet);

/// A whole packet with send-data request (client → host) or indication (host → client).
[[nodiscard]] Bytes encode_send_data(McsPduType type, std::uint16_t initiator,
                                     std::uint16_t channel, ByteView data);
/// A whole packet; reason 3 = rn-user-requested, 1 = rn-provider-initiated.
[[nodiscard]] Bytes encode_disconnect_provider_ultimatum(unsigned reason);

/// Its reason.
Result<unsigned> decode_disconnect_reason(ByteView packet);

/// User id that the host gave; Errc::refused when it gave none.
Result<std::uint16_t> decode_attach_user_confirm(ByteView packet);
/// Channel that was joined; Errc::refused when the host does not let us.
Result<std::uint16_t> decode_channel_join_confirm(ByteView packet);
[[nodiscard]] Bytes encode_erect_domain_request();
[[nodiscard]] Bytes encode_attach_user_request();
[[nodiscard]] Bytes encode_channel_join_request(std::uint16_t user, std::uint16_t channel);

/// Where a send-data PDU has its ids, from the start of the packet.
inline constexpr std::size_t mcs_initiator_offset = 8;
inline constexpr std::size_t mcs_channel_offset = 10;
/// Longest user data of one send-data PDU: 14-bit PER length.
inline constexpr std::size_t mcs_data_bytes_max = 0x3fff;

}  // namespace lucid::rdp::proto
