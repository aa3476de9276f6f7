// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where to connect to, from what people have at hand: the JSON that `lucid ticket --json` prints,
/// an .rdp file, or HOST:PORT.

#include <lucid/rdp/headless/order.hpp>

namespace lucid::rdp::headless {

inline constexpr std::size_t ticket_file_bytes_max = 64 * 1024;

/// Fills in what the file says; the rest of the order stays. Errc::bad_value: neither a ticket nor
/// an .rdp file.
Result<void> read_ticket_file(ByteView content, Order& order);
/// "desk", "desk:3389", "[::1]:3389", "192.0.2.7".
Result<void> read_host(std::string_view text, Order& order);
/// SHA-256 as hex, with or without colons.
Result<Hash32> read_fingerprint(std::string_view text);
/// In pairs with colons, as `lucid ticket` and xfreerdp write it.
[[nodiscard]] std::string fingerprint_text(const Hash32& fingerprint);

}  // namespace lucid::rdp::headless
