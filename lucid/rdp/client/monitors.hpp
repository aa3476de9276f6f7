// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Layouts of monitors: how they are written, and which ones hosts take.

#include <lucid/rdp/picture/pixel_buffer.hpp>
#include <lucid/rdp/proto/monitors.hpp>

#include <string_view>

namespace lucid::rdp::client {

using proto::Monitor;
using Monitors = std::vector<Monitor>;

/// Sides of a monitor (MS-RDPEDISP 2.2.2.2.1), widths even.
inline constexpr std::uint32_t monitor_side_min = 200;
inline constexpr std::uint32_t monitor_side_max = 8192;
/// Of the rectangle around all of them: what MS-RDPBCGR 2.2.1.3.6 allows for its sides, and what
/// the picture has room for twice (a surface, and the screen that it is shown on).
inline constexpr std::uint32_t layout_side_max = 32766;
inline constexpr std::uint64_t layout_pixels_max = picture::pixel_memory_max / 8;

/// What a layout is for: MS-RDPEDISP 3.1.5.2 wants monitors that touch each other, at connection
/// they may lie apart.
enum class LayoutUse : std::uint8_t { connection, display_control };

/// Errc::bad_value or Errc::limit_exceeded, in words that say which rule is broken.
Result<void> check_monitors(std::span<const Monitor> monitors, LayoutUse use);

/// "1280x1024+0+0,1024x768+1280+0": widths, heights, places; "-" before a number instead of "+"
/// goes left or up. Errc::bad_value: it is not written that way.
Result<Monitors> parse_monitors(std::string_view text);

/// The rectangle around them: the picture. Its upper left corner is the picture's.
[[nodiscard]] Monitor bounds_of(std::span<const Monitor> monitors);

}  // namespace lucid::rdp::client
