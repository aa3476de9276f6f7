// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/sessions/pictures/player.hpp>

namespace lucid::sessions::pictures {

/// The frame as an RGB PNG file. Errc::bad_value for an empty frame.
Result<Bytes> encode_png(const FrameView& frame);

/// The frame made smaller so that it fits into a square of `side_max`; box filter. Pixels as in
/// FrameView.
struct SmallFrame {
    Bytes pixels;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    [[nodiscard]] FrameView view() const { return {pixels, width, height}; }
};
[[nodiscard]] SmallFrame thumbnail(const FrameView& frame, std::uint32_t side_max);

}  // namespace lucid::sessions::pictures
