// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What every codec draws into: 32-bit pixels, in memory B, G, R, A (x8r8g8b8 or a8r8g8b8 read as a
/// little-endian word). Codecs without alpha write 0xff. Views borrow; nothing here owns pixels.
///
///   LUCID_TRY(const auto screen, PixelView::make(bytes, 1920, 1080, 1920 * pixel_bytes));
///   LUCID_TRY(const auto target, screen.part({16, 16, 64, 64}));
///   LUCID_CHECK(planar.decode(data, {64, 64}, RowOrder::top_down, target));

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <array>
#include <bit>

namespace lucid::rdp::codec {

static_assert(std::endian::native == std::endian::little, "pixels are written as words");

inline constexpr std::size_t pixel_bytes = 4;

/// Width and height of an encoded bitmap, as its header says.
struct BitmapSize {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    [[nodiscard]] std::uint64_t pixels() const { return std::uint64_t{width} * height; }
    /// The same as a size in memory; only where a limit on pixels() was checked before.
    [[nodiscard]] std::size_t area() const { return std::size_t{width} * height; }
};

struct Point {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
};

struct Rect {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    [[nodiscard]] bool empty() const { return width == 0 || height == 0; }
    friend bool operator==(const Rect&, const Rect&) = default;
};
/// The common part; empty where there is none. Sums beyond 32 bits are clipped, not wrapped.
[[nodiscard]] Rect intersect(const Rect& a, const Rect& b);

/// Order of rows in the data. Bitmap updates (MS-RDPBCGR 2.2.9.1.1.3.1.2) begin with the last row
/// of the picture, the graphics pipeline and surface commands with the first.
enum class RowOrder : std::uint8_t { top_down, bottom_up };

/// Colours of 8-bit pixels (MS-RDPBCGR 2.2.9.1.1.3.1.1.1 TS_UPDATE_PALETTE_DATA) as 0x00RRGGBB.
using Palette = std::array<std::uint32_t, 256>;

class PixelView {
  public:
    PixelView() = default;
    /// Errc::bad_length where `bytes` is too short, Errc::bad_value where a row does not hold
    /// `width` pixels.
    static Result<PixelView> make(MutableByteView bytes, std::uint32_t width, std::uint32_t height,
                                  std::size_t stride_bytes);

    [[nodiscard]] std::uint32_t width() const { return width_; }
    [[nodiscard]] std::uint32_t height() const { return height_; }
    [[nodiscard]] std::size_t stride() const { return stride_; }
    /// Both sides are 0 or neither.
    // unreached: a height of 0 beside a width; make() and clipped() give no such view.
    [[nodiscard]] bool empty() const { return width_ == 0 || height_ == 0; }
    /// First byte of row `y`, which must be below height().
    [[nodiscard]] std::uint8_t* row(std::uint32_t y) const { return data_ + y * stride_; }
    /// The rectangle inside this view; Errc::bad_value where it does not lie inside whole.
    [[nodiscard]] Result<PixelView> part(const Rect& rect) const;
    /// The part of the rectangle that lies inside, possibly empty.
    [[nodiscard]] PixelView clipped(const Rect& rect) const;

  private:
    PixelView(std::uint8_t* data, std::uint32_t width, std::uint32_t height, std::size_t stride)
        : data_(data), width_(width), height_(height), stride_(stride) {}

    std::uint8_t* data_ = nullptr;
    std::uint32_t width_ = 0;
    std::uint32_t height_ = 0;
    std::size_t stride_ = 0;
};

/// Sets all pixels to one word (0xAARRGGBB).
void fill(PixelView target, std::uint32_t pixel);
/// Copies what both have; the views must not overlap.
void copy(PixelView from, PixelView to);

}  // namespace lucid::rdp::codec
