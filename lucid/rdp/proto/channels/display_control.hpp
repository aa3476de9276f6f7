// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Display layouts that a client asks for (MS-RDPEDISP 2.2.2.2
/// DISPLAYCONTROL_MONITOR_LAYOUT_PDU), the one message that goes from client to host, and what the
/// host allows (2.2.2.1 DISPLAYCONTROL_CAPS_PDU).

#include <lucid/rdp/proto/monitors.hpp>

namespace lucid::rdp::proto::channels {

inline constexpr std::size_t monitors_max = 64;

Result<std::vector<Monitor>> decode_monitor_layout(ByteView message);

/// Upright and not scaled. Widths are even, sides from 200 to 8192 (2.2.2.2.1).
[[nodiscard]] Bytes encode_monitor_layout(std::span<const Monitor> monitors);

struct DisplayControlCaps {
    std::uint32_t monitors_max = 0;  ///< MaxNumMonitors
    std::uint32_t area_factor_a = 0;
    std::uint32_t area_factor_b = 0;
};
Result<DisplayControlCaps> decode_display_control_caps(ByteView message);

}  // namespace lucid::rdp::proto::channels
