// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// RDP 6.0 bitmaps (MS-RDPEGDI 2.2.2.5.1 RDP6_BITMAP_STREAM, 3.1.9): planes of A, R, G, B or
/// A, Y, Co, Cg, run-length encoded or not, chroma perhaps halved and lossy. Used by 32-bit bitmap
/// updates (rows bottom up) and by the graphics pipeline as RDPGFX_CODECID_PLANAR (top down). No
/// state between bitmaps.

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

/// Pixels of one planar bitmap; bounds work memory to four bytes each.
inline constexpr std::uint64_t planar_pixels_max = std::uint64_t{1} << 26;

class PlanarDecoder {
  public:
    /// Draws the upper left part of the bitmap of `size`; the target must not be larger. Alpha
    /// is what the data says, 0xff where it has no alpha plane. On an error the target may hold
    /// parts of the bitmap.
    Result<void> decode(ByteView data, BitmapSize size, RowOrder order, PixelView target);

  private:
    Bytes planes_;
};

}  // namespace lucid::rdp::codec
