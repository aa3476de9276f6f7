// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/codec/pixels.hpp>

#include <algorithm>
#include <cstdlib>

namespace lucid::rdp::codec::fuzz {

/// A picture whose frame of guard pixels must never change: decoders draw inside their target.
class Surface {
  public:
    Surface(std::uint32_t width, std::uint32_t height)
        : width_(width), height_(height), bytes_(stride() * (height + 2), guard) {}

    [[nodiscard]] PixelView view() {
        const MutableByteView all(bytes_);
        return *PixelView::make(all.subspan(stride() + pixel_bytes), width_, height_, stride());
    }
    void check() const {
        for (std::size_t i = 0; i < bytes_.size(); ++i) {
            const std::size_t x = i % stride() / pixel_bytes, y = i / stride();
            const bool inside = x >= 1 && x <= width_ && y >= 1 && y <= height_;
            if (!inside && bytes_[i] != guard) std::abort();
        }
    }

  private:
    static constexpr std::uint8_t guard = 0xa5;
    [[nodiscard]] std::size_t stride() const { return (std::size_t{width_} + 2) * pixel_bytes; }

    std::uint32_t width_;
    std::uint32_t height_;
    Bytes bytes_;
};

/// Head of an input: width and height of the bitmap (1 to 128), then the codec's own bytes.
struct Input {
    BitmapSize size;
    std::uint8_t option = 0;
    ByteView data;
};
inline bool read_input(const std::uint8_t* data, std::size_t size, Input& out) {
    if (size < 3) return false;
    out.size = {1U + data[0] % 128, 1U + data[1] % 128};
    out.option = data[2];
    out.data = {data + 3, size - 3};
    return true;
}

}  // namespace lucid::rdp::codec::fuzz
