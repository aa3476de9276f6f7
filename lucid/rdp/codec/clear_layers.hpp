// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The three layers of a ClearCodec composition (MS-RDPEGFX 2.2.4.1.1), each drawn over the one
/// before.

#include <lucid/rdp/codec/clear_caches.hpp>
#include <lucid/rdp/codec/nscodec.hpp>

namespace lucid::rdp::codec::clear {

/// CLEARCODEC_RESIDUAL_DATA: runs of colours that cover the whole target.
Result<void> draw_residual(ByteView data, PixelView target);

/// CLEARCODEC_BANDS_DATA: rectangles of at most 52 rows, column by column from or into the rings.
Result<void> draw_bands(ByteView data, BarRing& bars, BarRing& short_bars, PixelView target);

/// CLEARCODEC_SUBCODEC_DATA: rectangles of raw pixels, NSCodec or runs over a palette (RLEX).
Result<void> draw_subcodecs(ByteView data, NsCodecDecoder& nscodec, PixelView target);

}  // namespace lucid::rdp::codec::clear
