// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a client of ours says of itself: MCS Connect-Initial with its GCC blocks (T.125 §11.1;
/// MS-RDPBCGR 2.2.1.3) and the extended information of Client Info (2.2.1.11.1.1.1).

#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/monitors.hpp>

namespace lucid::rdp::proto {

/// earlyCapabilityFlags of CS_CORE (2.2.1.3.2).
inline constexpr std::uint16_t early_errinfo_pdu = 0x0001;
inline constexpr std::uint16_t early_want_32bpp = 0x0002;
inline constexpr std::uint16_t early_statusinfo_pdu = 0x0004;
inline constexpr std::uint16_t early_valid_connection_type = 0x0020;
inline constexpr std::uint16_t early_monitor_layout_pdu = 0x0040;
inline constexpr std::uint16_t early_netchar_autodetect = 0x0080;
inline constexpr std::uint16_t early_dynvc_gfx = 0x0100;
inline constexpr std::uint16_t early_heartbeat = 0x0400;

/// CHANNEL_DEF options (2.2.1.3.4.1).
inline constexpr std::uint32_t channel_option_initialized = 0x80000000;
inline constexpr std::uint32_t channel_option_encrypt_rdp = 0x40000000;
inline constexpr std::uint32_t channel_option_compress_rdp = 0x00800000;
inline constexpr std::uint32_t channel_option_show_protocol = 0x00200000;

/// Characters of clientName (2.2.1.3.2), the terminator not counted.
inline constexpr std::size_t client_name_max = 15;
/// Of a static channel's name (2.2.1.3.4.1).
inline constexpr std::size_t channel_name_max = 7;

struct ClientData {
    std::uint16_t desktop_width = 1024;
    std::uint16_t desktop_height = 768;
    std::uint32_t keyboard_layout = 0x409;
    std::string client_name;  ///< ASCII; longer names are cut
    std::uint16_t early_capability_flags = 0;
    std::uint32_t selected_protocol = 0;  ///< what the host chose in its Connection Confirm
    /// Names and options; at most static_channels_max.
    std::vector<ChannelDefinition> channels;
    /// CS_MCS_MSGCHANNEL: auto-detection and heartbeat need it.
    bool message_channel = false;
    /// CS_MONITOR and CS_MONITOR_EX, which only hosts with extended_client_data_supported take;
    /// none: one monitor of the desktop's size. At most client_monitors_max.
    std::vector<Monitor> monitors;
};

/// A whole packet. No multitransport, no session to be joined.
[[nodiscard]] Bytes encode_connect_initial(const ClientData& data);

/// TS_EXTENDED_INFO_PACKET up to cbAutoReconnectCookie: loopback as address, UTC as time zone.
[[nodiscard]] Bytes encode_extended_info();

}  // namespace lucid::rdp::proto
