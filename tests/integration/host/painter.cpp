// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "painter.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lucid::test_host {

void fill_desktop(freerdp_peer& peer, unsigned rgb) {
    constexpr UINT32 side = 64;
    const auto* settings = peer.settings;
    std::vector<std::uint32_t> pixels(std::size_t{side} * side, rgb);
    auto* update = peer.update;
    update->BeginPaint(peer.context);
    for (UINT32 y = 0; y < settings->DesktopHeight; y += side)
        for (UINT32 x = 0; x < settings->DesktopWidth; x += side) {
            BITMAP_DATA tile{};
            tile.destLeft = x;
            tile.destTop = y;
            tile.width = side;
            tile.height = side;
            tile.destRight = std::min(x + side, settings->DesktopWidth) - 1;
            tile.destBottom = std::min(y + side, settings->DesktopHeight) - 1;
            tile.bitsPerPixel = 32;
            tile.bitmapLength = side * side * 4;
            tile.bitmapDataStream = reinterpret_cast<BYTE*>(pixels.data());
            BITMAP_UPDATE one{};
            one.number = 1;
            one.rectangles = &tile;
            one.skipCompression = TRUE;
            update->BitmapUpdate(peer.context, &one);
        }
    update->EndPaint(peer.context);
}

}  // namespace lucid::test_host
