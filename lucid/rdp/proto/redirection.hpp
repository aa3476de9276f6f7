// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Server Redirection Packet (MS-RDPBCGR 2.2.13.1), in its standard (2.2.13.2) and its enhanced
/// security form (2.2.13.3). Strict: what is not understood to the last byte is refused. User name,
/// domain, password and certificate in it are checked and not given out: a gateway has its own.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <string>
#include <vector>

namespace lucid::rdp::proto {

/// RedirFlags (2.2.13.1).
inline constexpr std::uint32_t lb_target_net_address = 0x00000001;
inline constexpr std::uint32_t lb_load_balance_info = 0x00000002;
inline constexpr std::uint32_t lb_username = 0x00000004;
inline constexpr std::uint32_t lb_domain = 0x00000008;
inline constexpr std::uint32_t lb_password = 0x00000010;
inline constexpr std::uint32_t lb_noredirect = 0x00000080;
inline constexpr std::uint32_t lb_target_fqdn = 0x00000100;
inline constexpr std::uint32_t lb_target_netbios_name = 0x00000200;
inline constexpr std::uint32_t lb_target_net_addresses = 0x00000800;
inline constexpr std::uint32_t lb_client_tsv_url = 0x00001000;
inline constexpr std::uint32_t lb_redirection_guid = 0x00008000;
inline constexpr std::uint32_t lb_target_certificate = 0x00010000;

/// Where a host sends the client. Texts are ASCII: the host names and addresses that exist are.
struct ServerRedirection {
    std::uint32_t session_id = 0;
    std::uint32_t flags = 0;
    std::string net_address;
    std::string fqdn;
    std::string netbios_name;
    std::vector<std::string> net_addresses;
    /// Goes into the connection request to the target (whose length field has one byte), CR LF not
    /// included.
    std::string routing_token;
};

inline constexpr std::size_t redirection_bytes_max = 16 * 1024;
/// Of one name or address, in UTF-16 units without the terminator.
inline constexpr std::size_t redirection_name_max = 255;
inline constexpr std::size_t redirection_addresses_max = 16;
inline constexpr std::size_t routing_token_bytes_max = 200;

/// From the packet's Flags field to the end of the user data it stands in, padding included.
Result<ServerRedirection> decode_server_redirection(ByteView packet);
/// Behind the share control header of PDUTYPE_SERVER_REDIR_PKT.
Result<ServerRedirection> decode_enhanced_redirection(ByteView body);
/// User data whose security header says SEC_REDIRECTION_PKT; not encrypted.
Result<ServerRedirection> decode_standard_redirection(ByteView user_data);

}  // namespace lucid::rdp::proto
