// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// NSCodec bitmaps (MS-RDPNSC 2.2.1 NSCODEC_BITMAP_STREAM): planes Y, Co, Cg, A, run-length encoded
/// or not, chroma perhaps halved and lossy. No state between bitmaps.

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

/// Pixels of one NSCodec bitmap; bounds work memory to about four bytes each.
inline constexpr std::uint64_t nscodec_pixels_max = std::uint64_t{1} << 26;

class NsCodecDecoder {
  public:
    /// Draws the upper left part of the bitmap of `size`; the target must not be larger. Alpha
    /// is what the data says, 0xff where it has no alpha plane. On an error the target is
    /// unchanged.
    Result<void> decode(ByteView data, BitmapSize size, RowOrder order, PixelView target);

  private:
    Bytes planes_;
};

}  // namespace lucid::rdp::codec
