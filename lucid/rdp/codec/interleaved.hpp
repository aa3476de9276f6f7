// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Interleaved run-length bitmaps of 8, 15, 16 and 24 bits (MS-RDPBCGR 2.2.9.1.1.3.1.2.4
/// RLE_BITMAP_STREAM, 3.1.9 "Interleaved RLE-Based Bitmap Compression"). No state between bitmaps;
/// the object only keeps its work memory.

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

/// Pixels of one interleaved bitmap; bounds work memory to three bytes each.
inline constexpr std::uint64_t interleaved_pixels_max = std::uint64_t{1} << 24;

class InterleavedDecoder {
  public:
    /// Decodes a bitmap of `size` (whose width servers pad to a multiple of four) and draws its
    /// upper left part of the target's size; the target must not be larger. `data` is the
    /// stream without TS_CD_HEADER, rows bottom up. Too little data for the size and orders that
    /// pass the end are errors; the target is then unchanged.
    Result<void> decode(ByteView data, std::uint32_t bits_per_pixel, BitmapSize size,
                        const Palette& palette, PixelView target);

  private:
    Bytes pixels_;
};

}  // namespace lucid::rdp::codec
