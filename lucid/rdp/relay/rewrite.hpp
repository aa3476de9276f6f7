// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Rewriting that both directions share. Private to rdp/relay.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::relay {

/// Fields of PDUs whose layout was checked; little endian.
[[nodiscard]] std::uint16_t get_u16(ByteView bytes, std::size_t offset);
[[nodiscard]] std::uint32_t get_u32(ByteView bytes, std::size_t offset);
void put_u16(Bytes& bytes, std::size_t offset, std::uint16_t value);
void put_u32(Bytes& bytes, std::size_t offset, std::uint32_t value);

/// Virtual channel compression off in a Demand Active or Confirm Active: channel messages must be
/// readable. `data` is the user data at the end of the packet.
Result<void> clear_channel_compression(Bytes& packet, ByteView data);

}  // namespace lucid::rdp::relay
