// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// TPKT packets (RFC 1006 §6; MS-RDPBCGR 2.2.1: every slow-path PDU starts with one) and the first
/// byte that tells them from fast-path PDUs.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>

namespace lucid::rdp::proto {

inline constexpr std::uint8_t tpkt_version = 3;
inline constexpr std::size_t tpkt_header_bytes = 4;

/// The payload of one whole TPKT packet; `packet` must be exactly that packet.
///
///   03 | reserved | length u16 BE, of the whole packet | payload
Result<ByteView> decode_tpkt(ByteView packet);

/// Wraps a payload of at most 65531 bytes.
[[nodiscard]] Bytes encode_tpkt(ByteView payload);

/// What stands at the front of a stream of RDP PDUs.
struct PduFrame {
    std::size_t length = 0;  ///< of the whole PDU, header included
    bool fast_path = false;
};

/// Length of the PDU at the front of `stream`, or nothing while too few bytes are there to tell.
/// TPKT, or fast-path (MS-RDPBCGR 2.2.9.1.2 / 2.2.8.1.2: one or two length bytes).
Result<std::optional<PduFrame>> peek_pdu(ByteView stream);

}  // namespace lucid::rdp::proto
