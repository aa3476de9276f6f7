// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Share Control and Share Data PDUs on the I/O channel (MS-RDPBCGR 2.2.8.1.1.1) and the capability
/// sets of Demand Active and Confirm Active (2.2.1.13). Located in place, so that fields can be
/// patched.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <vector>

namespace lucid::rdp::proto {

enum class PduType : std::uint8_t {
    demand_active = 0x1,
    confirm_active = 0x3,
    deactivate_all = 0x6,
    data = 0x7,
    server_redirection = 0xa,
};

/// pduType2 values that the relay looks at.
inline constexpr std::uint8_t pdu_type2_control = 0x14;
inline constexpr std::uint8_t pdu_type2_input = 0x1c;
inline constexpr std::uint8_t pdu_type2_save_session_info = 0x26;
inline constexpr std::uint8_t pdu_type2_font_list = 0x27;
inline constexpr std::uint8_t pdu_type2_font_map = 0x28;
inline constexpr std::uint8_t pdu_type2_refresh_rect = 0x21;
inline constexpr std::uint8_t pdu_type2_synchronize = 0x1f;
inline constexpr std::uint8_t pdu_type2_set_error_info = 0x2f;
inline constexpr std::uint8_t pdu_type2_monitor_layout = 0x37;
inline constexpr std::uint8_t packet_compressed = 0x20;

struct ShareControlPdu {
    PduType type{};
    std::uint16_t source = 0;
    ByteView body;  ///< behind the six header bytes
};
/// The first PDU of the user data; a flow PDU (0x8000) gives Errc::unsupported.
Result<ShareControlPdu> decode_share_control(ByteView user_data);
/// All PDUs of the user data: peers may put several into one send-data PDU. Flow PDUs are left out;
/// up to three padding bytes at the end are taken.
Result<std::vector<ShareControlPdu>> decode_share_pdus(ByteView user_data);
inline constexpr std::size_t share_pdus_max = 64;
/// Share PDUs, or (before the first Demand Active) something behind a basic security header?
[[nodiscard]] bool is_share_control(ByteView user_data);

struct ShareDataPdu {
    std::uint8_t type2 = 0;
    std::uint8_t compressed_type = 0;
    ByteView payload;
};
Result<ShareDataPdu> decode_share_data(const ShareControlPdu& pdu);

/// A whole share data PDU as user data, not compressed (2.2.8.1.1.1.2).
[[nodiscard]] Bytes encode_share_data(std::uint32_t share_id, std::uint16_t source,
                                      std::uint8_t type2, ByteView payload);

/// shareId of a Demand Active (2.2.1.13.1.1).
Result<std::uint32_t> decode_share_id(const ShareControlPdu& demand_active);
/// Confirm Active (2.2.1.13.2) as user data: `capabilities` are whole sets, `count` of them.
[[nodiscard]] Bytes encode_confirm_active(std::uint32_t share_id, std::uint16_t source,
                                          std::size_t count, ByteView capabilities);

struct Capability {
    std::uint16_t type = 0;
    std::size_t offset = 0;  ///< of the set's header, from the start of the user data
    std::size_t length = 0;  ///< header included
};
inline constexpr std::uint16_t capstype_virtual_channel = 0x0014;
/// VCCAPS_COMPR_SC, VCCAPS_COMPR_CS_8K follow the header as flags (2.2.7.1.10).
inline constexpr std::size_t virtual_channel_flags_offset = 4;
inline constexpr std::size_t capability_sets_max = 64;

/// Capability sets of a Demand Active or Confirm Active in `user_data`.
Result<std::vector<Capability>> locate_capabilities(ByteView user_data);

/// Save Session Info with INFOTYPE_LOGON_EXTENDED_INFO and an auto-reconnect cookie (2.2.10.1.1.4).
[[nodiscard]] bool has_auto_reconnect_cookie(ByteView save_session_info);
/// The cookie (2.2.4.2 ARC_SC_PRIVATE_PACKET), auto_reconnect_cookie_bytes long; nothing for one of
/// another shape.
[[nodiscard]] std::optional<ByteView> auto_reconnect_cookie(ByteView save_session_info);
inline constexpr std::size_t auto_reconnect_cookie_bytes = 28;
/// Takes the cookie out of it in place: later fields move up, the size stays.
void remove_auto_reconnect_cookie(MutableByteView save_session_info);

/// errorInfo of a Set Error Info PDU (2.2.5.1.1).
Result<std::uint32_t> decode_error_info(ByteView payload);

}  // namespace lucid::rdp::proto
