// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Whether the picture changes, judged by its pixels: hosts draw the same again without need.

#include <lucid/rdp/picture/pixel_buffer.hpp>

#include <chrono>
#include <optional>

namespace lucid::rdp::headless {

class PictureWatch {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// This picture is what changes are counted from.
    void start(const picture::PixelBuffer& screen, Time now);
    /// True when it differs from the last one that was looked at.
    bool look(const picture::PixelBuffer& screen, Time now);
    [[nodiscard]] Time changed_at() const { return changed_at_; }
    [[nodiscard]] bool changed() const { return changed_; }

  private:
    Bytes seen_;
    std::uint32_t width_ = 0;
    Time changed_at_;
    bool changed_ = false;
};

/// A picture with a handful of colours at least: what is empty has one or two.
[[nodiscard]] bool is_painted(const picture::PixelBuffer& screen);
inline constexpr std::size_t painted_colours_min = 4;
/// 0xRRGGBB; nothing outside of the picture.
[[nodiscard]] std::optional<std::uint32_t> pixel_of(const picture::PixelBuffer& screen,
                                                    std::uint32_t x, std::uint32_t y);

}  // namespace lucid::rdp::headless
