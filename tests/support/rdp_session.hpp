// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Builders for synthetic RDP sessions: what a client and a host say, PDU by PDU. Channel ids are
/// 1004, 1005, … in the order of the names; the I/O channel is 1003, the message channel 1040.

#include <lucid/common/bytes/bytes.hpp>

#include <string>
#include <vector>

namespace lucid::test {

inline constexpr std::uint16_t io_channel = 1003;
inline constexpr std::uint16_t first_channel = 1004;
inline constexpr std::uint16_t message_channel = 1040;
inline constexpr std::uint16_t client_user = 1007;
inline constexpr std::uint16_t host_user = 1002;

struct ConnectInitial {
    std::vector<std::string> channels;
    std::uint32_t selected_protocol = 2;
    std::uint16_t width = 1280;
    std::uint16_t height = 720;
};
Bytes connect_initial(const ConnectInitial& input);

struct ConnectResponse {
    std::size_t channels = 0;
    std::uint32_t requested_protocols = 1;
    std::uint32_t encryption_method = 0;
    /// Added to every channel id: another host's numbering.
    std::uint16_t shift = 0;
};
Bytes connect_response(const ConnectResponse& input);

Bytes attach_user_confirm(std::uint16_t user);
Bytes channel_join_confirm(std::uint16_t user, std::uint16_t channel);
/// Packets on a channel; data is the user data.
Bytes from_client(std::uint16_t channel, ByteView data);
Bytes from_host(std::uint16_t channel, ByteView data);
/// One whole channel message.
Bytes client_message(std::uint16_t channel, ByteView message);
Bytes host_message(std::uint16_t channel, ByteView message);

/// UTF-16LE of ASCII.
Bytes wide(std::string_view text);
Bytes client_info(std::string_view user, std::string_view password, bool cookie = false,
                  std::string_view shell = "", std::uint32_t flags = 0x47b);
Bytes licensing();
/// A share control PDU.
Bytes share_pdu(std::uint8_t type, ByteView body);
Bytes share_data(std::uint8_t type2, ByteView payload, std::uint8_t compressed = 0);
/// Demand Active (type 1) or Confirm Active (type 3) with a general and a virtual channel set.
Bytes active_pdu(std::uint8_t type, std::uint32_t channel_flags = 1);
/// Save Session Info with an auto-reconnect cookie of 0xcc bytes and, behind it, logon errors.
Bytes save_session_info_with_cookie();

/// ARC_SC_PRIVATE_PACKET: logon id 42, sixteen random bytes 0x0b.
Bytes reconnect_cookie();
/// Save Session Info with this cookie.
Bytes save_session_info(ByteView cookie);

/// What a host may say in a redirection; empty fields are left out.
struct Redirection {
    std::uint32_t session_id = 7;
    std::uint32_t more_flags = 0;
    std::string net_address;
    std::string load_balance_info;
    std::string user, domain, password;
    std::string fqdn, netbios_name;
    std::vector<std::string> net_addresses;
};
/// RDP_SERVER_REDIRECTION_PACKET with its eight bytes of padding.
Bytes redirection_packet(const Redirection& redirection);
/// The enhanced security form as user data of the I/O channel.
Bytes redirection_pdu(const Redirection& redirection);

}  // namespace lucid::test
