// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/png.hpp>

#include <algorithm>
#include <png.h>

namespace lucid::sessions::pictures {

Result<Bytes> encode_png(const FrameView& frame) {
    if (frame.pixels.empty()) return fail(Errc::bad_value, "picture without pixels");
    Bytes rgb;
    rgb.reserve(frame.pixels.size() / 4 * 3);
    for (std::size_t i = 0; i + 3 < frame.pixels.size(); i += 4) {
        rgb.push_back(frame.pixels[i + 2]);
        rgb.push_back(frame.pixels[i + 1]);
        rgb.push_back(frame.pixels[i]);
    }
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = frame.width;
    image.height = frame.height;
    image.format = PNG_FORMAT_RGB;
    image.flags = PNG_IMAGE_FLAG_FAST;
    png_alloc_size_t size = 0;
    if (png_image_write_to_memory(&image, nullptr, &size, 0, rgb.data(), 0, nullptr) == 0)
        return fail(Errc::internal, "png");
    Bytes file(size);
    if (png_image_write_to_memory(&image, file.data(), &size, 0, rgb.data(), 0, nullptr) == 0)
        return fail(Errc::internal, "png");
    file.resize(size);
    return file;
}

SmallFrame thumbnail(const FrameView& frame, std::uint32_t side_max) {
    const auto longest = std::max(frame.width, frame.height);
    const auto scaled = [&](std::uint32_t side) {
        if (longest <= side_max) return side;
        return std::max<std::uint32_t>(
            1, static_cast<std::uint32_t>(std::uint64_t{side} * side_max / longest));
    };
    SmallFrame small{{}, scaled(frame.width), scaled(frame.height)};
    if (frame.pixels.empty()) return {};
    small.pixels.resize(std::size_t{small.width} * small.height * 4);
    for (std::uint32_t y = 0; y < small.height; ++y) {
        const auto from_y = std::uint64_t{y} * frame.height / small.height;
        const auto to_y =
            std::max(from_y + 1, (y + std::uint64_t{1}) * frame.height / small.height);
        for (std::uint32_t x = 0; x < small.width; ++x) {
            const auto from_x = std::uint64_t{x} * frame.width / small.width;
            const auto to_x =
                std::max(from_x + 1, (x + std::uint64_t{1}) * frame.width / small.width);
            std::array<std::uint64_t, 4> sum{};
            for (auto v = from_y; v < to_y; ++v)
                for (auto u = from_x; u < to_x; ++u)
                    for (std::size_t i = 0; i < 4; ++i)
                        sum[i] += frame.pixels[(v * frame.width + u) * 4 + i];
            const auto count = (to_y - from_y) * (to_x - from_x);
            for (std::size_t i = 0; i < 4; ++i)
                small.pixels[(std::size_t{y} * small.width + x) * 4 + i] =
                    static_cast<std::uint8_t>(sum[i] / count);
        }
    }
    return small;
}

}  // namespace lucid::sessions::pictures
