// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where a 64 by 64 tile meets the rectangles of its region.

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

inline constexpr std::uint32_t tile_side = 64;
inline constexpr std::size_t tile_bytes = std::size_t{tile_side} * tile_side * pixel_bytes;

/// Calls `draw(pixels, stride)` once to make the tile whose upper left corner is `at`, straight in
/// the target where one rectangle holds it whole, else beside it, and copies what lies in the
/// rectangles. All in target coordinates; nothing outside of the target is written.
template <class Draw>
void draw_tile(Point at, std::span<const Rect> rects, PixelView target, Draw draw) {
    const Rect tile{at.x, at.y, tile_side, tile_side};
    const Rect inside = intersect(tile, {0, 0, target.width(), target.height()});
    for (const Rect& rect : rects) {
        if (inside != tile || intersect(tile, rect) != tile) continue;
        return draw(target.row(at.y) + at.x * pixel_bytes, target.stride());
    }
    ByteArray<tile_bytes> pixels;
    bool drawn = false;
    for (const Rect& rect : rects) {
        const Rect part = intersect(inside, rect);
        if (part.empty()) continue;
        if (!drawn) draw(pixels.data(), tile_side * pixel_bytes);
        drawn = true;
        const auto from = PixelView::make(pixels, tile_side, tile_side, tile_side * pixel_bytes);
        copy(from->clipped({part.x - at.x, part.y - at.y, part.width, part.height}),
             target.clipped(part));
    }
}

}  // namespace lucid::rdp::codec
