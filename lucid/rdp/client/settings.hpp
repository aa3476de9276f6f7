// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a connection is to be like; fixed before it starts.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/rdp/client/monitors.hpp>

#include <optional>
#include <string>

namespace lucid::rdp::client {

/// What the host may draw with. Each offers bitmaps too, for hosts that lack the rest.
enum class Graphics : std::uint8_t {
    bitmap,    ///< bitmap updates only
    remotefx,  ///< surface commands with RemoteFX and NSCodec
    pipeline,  ///< the graphics pipeline without H.264
    avc420,
    avc444,
};

/// Sides of a desktop (MS-RDPBCGR 2.2.1.3.2 allows 8192 in newer versions, 4096 before).
inline constexpr std::uint16_t desktop_side_min = 200;
inline constexpr std::uint16_t desktop_side_max = 8192;

struct Settings {
    std::uint32_t selected_protocol = 0;  ///< what the handshake gave
    Bytes user_name;                      ///< UTF-16LE
    Bytes domain;                         ///< UTF-16LE
    /// UTF-16LE; empty where CredSSP has delegated it.
    crypto::Secret password;
    std::string client_name = "lucid";
    std::uint16_t desktop_width = 1280;
    std::uint16_t desktop_height = 720;
    /// More than one, in a layout that check_monitors takes, on a host that takes it
    /// (handshake::Connected::extended_client_data); the desktop is the rectangle around them.
    /// None: one monitor.
    Monitors monitors;
    std::uint8_t bits_per_pixel = 32;
    Graphics graphics = Graphics::avc444;
    bool clipboard = true;
    bool sound = false;
    /// Compressed sound is taken too, as it comes: the driver has a SoundDecoder.
    bool compressed_sound = false;
    /// The name under which the host sees a drive (7 characters at most); none: no drive.
    std::optional<std::string> drive;
    /// The host may change what the drive shows, and make files longer by this much in all; none:
    /// it may only read.
    std::optional<std::uint64_t> drive_growth_bytes_max;
    /// ARC_SC_PRIVATE_PACKET of an earlier connection to this host.
    crypto::Secret reconnect_cookie;
};

}  // namespace lucid::rdp::client
