// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The alpha codec (MS-RDPEGFX 2.2.4.3 ALPHACODEC_BITMAP_STREAM, RDPGFX_CODECID_ALPHA).

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

/// Sets the alpha of every pixel of the target, which has the size of the destination rectangle;
/// colours stay. Too few or too many values are errors.
Result<void> decode_alpha(ByteView data, PixelView target);

}  // namespace lucid::rdp::codec
