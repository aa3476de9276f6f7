// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/picture/avc_decoder.hpp>

namespace lucid::rdp::avc {

/// Pixels of one H.264 picture.
inline constexpr std::int64_t avc_pixels_max = std::int64_t{8192} * 8192;

/// An H.264 decoder of libavcodec: one thread, no delay. Frames are 4:2:0 with 8 bits; anything
/// else is Errc::unsupported. Errc::internal: libavcodec has no H.264 decoder.
Result<std::unique_ptr<picture::AvcDecoder>> make_ffmpeg_decoder();

}  // namespace lucid::rdp::avc
