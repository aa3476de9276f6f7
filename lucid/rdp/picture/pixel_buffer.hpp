// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Pictures that a host makes us keep (screen, surfaces, cache entries, pointers), under one limit.

#include <lucid/rdp/codec/pixels.hpp>
#include <lucid/rdp/picture/state.hpp>

#include <utility>

namespace lucid::rdp::picture {

/// Bytes of all pixel buffers of one compositor: two screens of 3840 x 2160 with as many surfaces,
/// and the 100 MB of cache that the graphics pipeline names (MS-RDPEGFX 3.3.1.4).
inline constexpr std::size_t pixel_memory_max = std::size_t{256} << 20;
/// Sides of one buffer.
inline constexpr std::uint32_t pixel_side_max = 32766;

/// Counts what the buffers made from it hold; must outlive them.
class PixelBudget {
  public:
    explicit PixelBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    PixelBudget(const PixelBudget&) = delete;
    PixelBudget& operator=(const PixelBudget&) = delete;
    [[nodiscard]] std::size_t used() const { return used_; }

  private:
    friend class PixelBuffer;
    std::size_t bytes_max_;
    std::size_t used_ = 0;
};

/// Owns width x height pixels, B G R A in memory; movable.
class PixelBuffer {
  public:
    PixelBuffer() = default;
    /// All pixels are `fill` (0xAARRGGBB). Errc::limit_exceeded: the budget or a side.
    static Result<PixelBuffer> make(PixelBudget& budget, std::uint32_t width, std::uint32_t height,
                                    std::uint32_t fill);
    PixelBuffer(PixelBuffer&& other) noexcept { swap(other); }
    PixelBuffer& operator=(PixelBuffer&& other) noexcept {
        PixelBuffer(std::move(other)).swap(*this);
        return *this;
    }
    ~PixelBuffer();

    [[nodiscard]] std::uint32_t width() const { return width_; }
    [[nodiscard]] std::uint32_t height() const { return height_; }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] codec::Rect bounds() const { return {0, 0, width_, height_}; }
    [[nodiscard]] ByteView bytes() const { return bytes_; }
    [[nodiscard]] ByteView row(std::uint32_t y) const {
        return ByteView(bytes_).subspan(stride() * y, stride());
    }
    [[nodiscard]] std::size_t stride() const { return width_ * codec::pixel_bytes; }
    [[nodiscard]] codec::PixelView view();

    /// Tile by tile of 64 x 64 pixels, so that a small change changes few pages.
    void save(StateWriter& w) const;
    static Result<PixelBuffer> restore(StateReader& r, PixelBudget& budget);

  private:
    void swap(PixelBuffer& other) noexcept;

    PixelBudget* budget_ = nullptr;
    std::uint32_t width_ = 0;
    std::uint32_t height_ = 0;
    Bytes bytes_;
};

}  // namespace lucid::rdp::picture
