// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/picture_watch.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace lucid::rdp::headless {

void PictureWatch::start(const picture::PixelBuffer& screen, Time now) {
    seen_ = to_bytes(screen.bytes());
    width_ = screen.width();
    changed_at_ = now;
    changed_ = false;
}

bool PictureWatch::look(const picture::PixelBuffer& screen, Time now) {
    const auto bytes = screen.bytes();
    if (screen.width() == width_ && bytes.size() == seen_.size() &&
        (bytes.empty() || std::memcmp(bytes.data(), seen_.data(), bytes.size()) == 0))
        return false;
    seen_.assign(bytes.begin(), bytes.end());
    width_ = screen.width();
    changed_at_ = now;
    changed_ = true;
    return true;
}

bool is_painted(const picture::PixelBuffer& screen) {
    // What a lossy codec makes of one colour is still one.
    constexpr std::uint32_t noise_mask = 0xf0f0f0f0;
    std::array<std::uint32_t, painted_colours_min> colours{};
    std::size_t count = 0;
    const auto bytes = screen.bytes();
    for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
        std::uint32_t pixel = 0;
        std::memcpy(&pixel, bytes.data() + i, sizeof pixel);
        pixel &= noise_mask;
        const auto end = colours.begin() + static_cast<std::ptrdiff_t>(count);
        if (std::find(colours.begin(), end, pixel) != end) continue;
        colours[count++] = pixel;
        if (count == painted_colours_min) return true;
    }
    return false;
}

std::optional<std::uint32_t> pixel_of(const picture::PixelBuffer& screen, std::uint32_t x,
                                      std::uint32_t y) {
    if (x >= screen.width() || y >= screen.height()) return std::nullopt;
    const auto pixel = screen.row(y).subspan(x * codec::pixel_bytes, codec::pixel_bytes);
    return std::uint32_t{pixel[2]} << 16 | std::uint32_t{pixel[1]} << 8 | pixel[0];
}

}  // namespace lucid::rdp::headless
