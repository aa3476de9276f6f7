// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <bench/codec/scenes.hpp>
#include <cmath>
#include <cstring>
#include <random>

namespace lucid::bench {

using rdp::codec::fill;
using rdp::codec::PixelView;
using rdp::codec::Rect;

namespace {

void draw_text(PixelView area, std::uint32_t seed) {
    std::mt19937 random(seed);
    // Cells of 7 by 14 with a glyph of a small alphabet: columns repeat, as those of a font do.
    for (std::uint32_t top = 4; top + 14 < area.height(); top += 16) {
        const auto length = static_cast<std::uint32_t>(random() % (area.width() / 7));
        for (std::uint32_t cell = 0; cell < length; ++cell) {
            const auto letter = static_cast<std::uint32_t>(random() % 40);
            if (letter < 6) continue;
            for (std::uint32_t y = 2; y < 12; ++y)
                for (std::uint32_t x = 0; x < 6; ++x) {
                    const std::uint32_t ink = (letter * 2654435761U >> (x * 5 + y) % 29) & 3;
                    if (ink == 0 || cell * 7 + x + 4 >= area.width()) continue;
                    const std::uint32_t grey = 0x30 + 0x40 * (ink - 1);
                    const std::uint32_t pixel = 0xff000000 | grey * 0x010101;
                    std::memcpy(area.row(top + y) + 4 * std::size_t{cell * 7 + x + 4}, &pixel, 4);
                }
        }
    }
}

}  // namespace

PixelView Scene::view() {
    return *PixelView::make(pixels, width, height, std::size_t{width} * 4);
}

Scene desktop_scene(std::uint32_t width, std::uint32_t height) {
    Scene out{"desktop", width, height, Bytes(std::size_t{width} * height * 4)};
    const auto view = out.view();
    fill(view, 0xff2d5f8a);
    std::mt19937 random(1);
    for (std::uint32_t i = 0; i < 5; ++i) {
        const Rect window{i * width / 8 + 20, i * height / 9 + 12, width / 2, height / 2};
        fill(view.clipped(window), 0xfff0f0f0);
        fill(view.clipped({window.x, window.y, window.width, 24}), 0xff3a3a6a + i * 0x101000);
        const auto text =
            view.clipped({window.x + 8, window.y + 32, window.width - 16, window.height - 40});
        fill(text, 0xffffffff);
        draw_text(text, i);
    }
    return out;
}

Scene photo_scene(std::uint32_t width, std::uint32_t height) {
    Scene out{"photo", width, height, Bytes(std::size_t{width} * height * 4)};
    std::mt19937 random(2);
    const auto view = out.view();
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x) {
            const double a = std::sin(x * 0.011 + y * 0.003), b = std::cos(y * 0.017 - x * 0.002);
            const auto channel = [&](double base) {
                const double v = base + 60 * a + 50 * b + static_cast<double>(random() % 9);
                return static_cast<std::uint32_t>(v < 0 ? 0 : v > 255 ? 255 : v);
            };
            const std::uint32_t pixel =
                0xff000000 | channel(110) << 16 | channel(120) << 8 | channel(130);
            std::memcpy(view.row(y) + 4 * std::size_t{x}, &pixel, 4);
        }
    return out;
}

}  // namespace lucid::bench
