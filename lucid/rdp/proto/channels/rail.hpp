// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Remote programs (MS-RDPERP 2.2.2) on the static channel "rail", as far as an audit needs them.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::proto::channels {

/// orderType of TS_RAIL_PDU_HEADER (2.2.2.1).
inline constexpr std::uint16_t rail_order_exec = 0x0001;
inline constexpr std::uint16_t rail_order_exec_result = 0x0080;

struct RailPdu {
    std::uint16_t type = 0;
    ByteView body;
};
/// One whole channel message. Errc::bad_value: an order that 2.2.2.1 does not know.
Result<RailPdu> decode_rail_pdu(ByteView message);

/// Client Execute PDU (2.2.2.3.1): texts are UTF-16LE.
struct RailExec {
    ByteView program;
    ByteView folder;
    ByteView arguments;
};
Result<RailExec> decode_rail_exec(const RailPdu& pdu);

struct RailExecResult {
    std::uint16_t result = 0;  ///< 0: RAIL_EXEC_S_OK
    ByteView program;
};
/// Server Execute Result PDU (2.2.2.3.2).
Result<RailExecResult> decode_rail_exec_result(const RailPdu& pdu);

}  // namespace lucid::rdp::proto::channels
