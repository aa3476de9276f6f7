// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Client Info PDU (MS-RDPBCGR 2.2.1.11) behind its basic security header.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::proto {

/// Basic security header flags (2.2.8.1.1.2.1).
inline constexpr std::uint16_t sec_info_pkt = 0x0040;
inline constexpr std::uint16_t sec_license_pkt = 0x0080;
inline constexpr std::uint16_t sec_encrypt = 0x0008;
inline constexpr std::uint16_t sec_transport_req = 0x0002;
inline constexpr std::uint16_t sec_redirection_pkt = 0x0400;
inline constexpr std::uint16_t sec_autodetect_req = 0x1000;
inline constexpr std::uint16_t sec_autodetect_rsp = 0x2000;
inline constexpr std::uint16_t sec_heartbeat = 0x4000;
/// flags of the header in front of licensing, Client Info and message channel PDUs; flagsHi means
/// nothing and is garbage with some hosts.
Result<std::uint16_t> decode_security_flags(ByteView user_data);

/// Info flags (2.2.1.11.1.1).
inline constexpr std::uint32_t info_compression_types = 0x00001e00;  ///< CompressionTypeMask
inline constexpr std::uint32_t info_autologon = 0x00000008;
inline constexpr std::uint32_t info_unicode = 0x00000010;
inline constexpr std::uint32_t info_compression = 0x00000080;
inline constexpr std::uint32_t info_remote_console_audio = 0x00002000;
inline constexpr std::uint32_t info_rail = 0x00008000;
inline constexpr std::uint32_t info_no_audio_playback = 0x00080000;
inline constexpr std::uint32_t info_password_is_sc_pin = 0x00040000;
inline constexpr std::uint32_t info_audio_capture = 0x00200000;

struct ClientInfo {
    std::uint32_t code_page = 0;
    std::uint32_t flags = 0;
    Bytes domain;  ///< UTF-16LE without terminator, all of these
    Bytes user_name;
    crypto::Secret password;
    Bytes alternate_shell;
    Bytes working_dir;
    /// TS_EXTENDED_INFO_PACKET up to cbAutoReconnectCookie, as sent.
    Bytes extra_before_cookie;
    bool has_cookie_field = false;  ///< cbAutoReconnectCookie was sent, be it 0
    bool had_auto_reconnect_cookie = false;
    /// To be sent, where the client sends the field at all; decoding leaves it empty.
    crypto::Secret auto_reconnect_cookie;
    /// What follows the cookie, as sent.
    Bytes extra_after_cookie;
};

/// User data of a send-data request, security header included. Names of ANSI clients are widened.
Result<ClientInfo> decode_client_info(ByteView user_data);
/// Always Unicode, never with the auto-reconnect cookie of the client.
[[nodiscard]] crypto::Secret encode_client_info(const ClientInfo& info);

}  // namespace lucid::rdp::proto
