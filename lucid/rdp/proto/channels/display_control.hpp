// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Display layouts that a client asks for (MS-RDPEDISP 2.2.2.2
/// DISPLAYCONTROL_MONITOR_LAYOUT_PDU), the one message that goes from client to host.

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

}  // namespace lucid::rdp::proto::channels
