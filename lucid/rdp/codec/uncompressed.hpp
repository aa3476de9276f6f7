// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Raw pixels as bitmap updates, surface commands (MS-RDPBCGR 2.2.9.2.1.1 TS_BITMAP_DATA_EX) and
/// RDPGFX_CODECID_UNCOMPRESSED (MS-RDPEGFX 2.2.2.1) carry them.

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

enum class PixelFormat : std::uint8_t { indexed8, rgb555, rgb565, bgr24, bgrx32, bgra32 };

/// The format of a bitmap update by its bitsPerPixel: 8, 15, 16, 24, 32 (no alpha).
Result<PixelFormat> pixel_format_of(std::uint32_t bits_per_pixel);
[[nodiscard]] std::size_t bytes_per_pixel(PixelFormat format);

struct RawLayout {
    PixelFormat format = PixelFormat::bgrx32;
    RowOrder order = RowOrder::top_down;
    /// Rows begin at multiples of this many bytes: 4 in bitmap updates, 1 elsewhere; not 0.
    std::uint32_t row_multiple = 1;
};

/// Draws the upper left part of the bitmap of `size`; the target must not be larger.
/// Errc::truncated where `data` does not hold all rows.
Result<void> decode_uncompressed(ByteView data, RawLayout layout, BitmapSize size,
                                 const Palette& palette, PixelView target);

}  // namespace lucid::rdp::codec
