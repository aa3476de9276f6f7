// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The MCS messages of a minimal RDP peer, written from T.125 and MS-RDPBCGR 2.2.1.3 – 2.2.1.9.

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::rdp::gateway::test {

inline constexpr std::uint16_t io_channel = 1003;
inline constexpr std::uint16_t user_channel = 1007;

/// With CS_CORE, CS_SECURITY and CS_NET without channels.
[[nodiscard]] Bytes connect_initial();
/// With SC_CORE, SC_SECURITY (none) and SC_NET.
[[nodiscard]] Bytes connect_response();
[[nodiscard]] Bytes erect_domain_request();
[[nodiscard]] Bytes attach_user_request();
[[nodiscard]] Bytes attach_user_confirm();
[[nodiscard]] Bytes channel_join_request(std::uint16_t channel);
[[nodiscard]] Bytes channel_join_confirm(std::uint16_t channel);
/// Client Info with a user name and password, ASCII.
[[nodiscard]] Bytes client_info(std::string_view user, std::string_view password);
/// One pressed key.
[[nodiscard]] Bytes key_input(std::uint8_t scancode);
/// A fast-path output PDU around bytes nobody looks into.
[[nodiscard]] Bytes screen_output(ByteView content);

}  // namespace lucid::rdp::gateway::test
