// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Display layouts that a client asks for (MS-RDPEDISP 2.2.2.2
/// DISPLAYCONTROL_MONITOR_LAYOUT_PDU), the one message that goes from client to host, and what the
/// host allows (2.2.2.1 DISPLAYCONTROL_CAPS_PDU).

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <vector>

namespace lucid::rdp::proto::channels {

struct MonitorSize {
    std::uint32_t width = 0;   ///< pixels
    std::uint32_t height = 0;  ///< pixels
};
inline constexpr std::size_t monitors_max = 64;

Result<std::vector<MonitorSize>> decode_monitor_layout(ByteView message);

/// A layout of one monitor. Widths are even and from 200 to 8192 (2.2.2.2.1).
[[nodiscard]] Bytes encode_monitor_layout(MonitorSize size);
inline constexpr std::uint32_t monitor_side_min = 200;
inline constexpr std::uint32_t monitor_side_max = 8192;

struct DisplayControlCaps {
    std::uint32_t monitors_max = 0;  ///< MaxNumMonitors
    std::uint32_t area_factor_a = 0;
    std::uint32_t area_factor_b = 0;
};
Result<DisplayControlCaps> decode_display_control_caps(ByteView message);

}  // namespace lucid::rdp::proto::channels
