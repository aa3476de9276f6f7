// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Frames of the AVC codecs as pixels (MS-RDPEGFX 3.3.8.3.1 "YUV420p to RGB": BT.709, full range).

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

/// One 8-bit plane; rows of `stride` bytes.
struct PlaneView {
    ByteView bytes;
    std::size_t stride = 0;
};

/// A decoded 4:2:0 frame. Chroma planes have (width + 1) / 2 by (height + 1) / 2 samples.
struct Yuv420Frame {
    PlaneView y, u, v;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

/// Errc::bad_length where a plane is too short for the frame.
Result<void> check_frame(const Yuv420Frame& frame);

/// Converts `rect` of the frame to the same rectangle of the target, alpha 0xff. The rectangle is
/// clipped to both.
Result<void> draw_yuv420(const Yuv420Frame& frame, const Rect& rect, PixelView target);

}  // namespace lucid::rdp::codec
