// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/client/settings.hpp>

namespace lucid::rdp::client {

/// Capability sets of a Confirm Active (MS-RDPBCGR 2.2.7), with their headers.
struct CapabilitySets {
    std::size_t count = 0;
    Bytes bytes;
};
/// What the host's Demand Active says that ours depends on.
struct HostDemand {
    std::uint16_t desktop_width = 0;
    std::uint16_t desktop_height = 0;
    /// It has the Frame Acknowledge set (MS-RDPRFX 2.2.1.3).
    bool frame_acknowledge = false;
};
/// Frames of surface commands that the host may send before the first of them is acknowledged. They
/// are drawn as they come: what is under way is on the line.
inline constexpr std::uint32_t frames_in_flight_max = 4;

/// What rdp/picture can draw: no drawing orders at all, bitmaps, surface commands where the
/// settings want them, with acknowledgements where the host knows them.
[[nodiscard]] CapabilitySets make_capabilities(const Settings& settings, const HostDemand& host);

}  // namespace lucid::rdp::client
