// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The record of something that crossed the session beside the picture: clipboard contents, files.
/// It stands for the body, which is not recorded (docs/design/processes.md, kind `transfer`).

#include <lucid/common/bytes/bytes.hpp>

#include <optional>
#include <string>

namespace lucid::rdp::relay {

enum class Side { client, host };

struct Transfer {
    bool allowed = false;
    const char* channel = "";  ///< static channel's name
    Side from = Side::client;
    std::uint32_t format = 0;  ///< clipboard format id; 0 for files
    std::string name;          ///< format name or path, UTF-8
    const char* type = "";     ///< "data" | "file" | "print"
    std::uint64_t size = 0;
    Hash32 sha256{};
    std::string scan = {};  ///< the verdict; empty where no scanner was to be asked
    /// Of a print job that is kept: the number in its `printed` events.
    std::optional<std::uint32_t> job = {};
};

/// "client_to_host" or "host_to_client".
[[nodiscard]] const char* direction_name(Side from);
/// RFC 8785 JSON.
[[nodiscard]] std::string transfer_json(const Transfer& transfer);

/// Longest name taken from a peer into an event.
inline constexpr std::size_t event_name_bytes_max = 512;
/// UTF-8 of UTF-16LE up to the first NUL; what is no text becomes U+FFFD, the rest is cut.
[[nodiscard]] std::string event_name(ByteView utf16);

}  // namespace lucid::rdp::relay
