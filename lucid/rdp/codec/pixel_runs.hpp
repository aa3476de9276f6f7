// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// PixelRuns: fills a target with runs of colours, row after row.

#include <lucid/rdp/codec/pixels.hpp>

#include <cstring>

namespace lucid::rdp::codec {

class PixelRuns {
  public:
    explicit PixelRuns(PixelView target)
        : target_(target), left_(std::uint64_t{target.width()} * target.height()) {}

    [[nodiscard]] std::uint64_t left() const { return left_; }

    /// `count` pixels of one colour; at most left().
    void fill(std::uint32_t pixel, std::uint64_t count) {
        left_ -= count;
        while (count > 0) {
            const std::uint32_t room = target_.width() - x_;
            const auto step = static_cast<std::uint32_t>(count < room ? count : room);
            std::uint8_t* out = target_.row(y_) + x_ * pixel_bytes;
            for (std::uint32_t i = 0; i < step; ++i, out += pixel_bytes)
                std::memcpy(out, &pixel, pixel_bytes);
            count -= step;
            x_ += step;
            if (x_ == target_.width()) {
                x_ = 0;
                ++y_;
            }
        }
    }

  private:
    PixelView target_;
    std::uint64_t left_;
    std::uint32_t x_ = 0;
    std::uint32_t y_ = 0;
};

}  // namespace lucid::rdp::codec
