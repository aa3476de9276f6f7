// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/rows.hpp>

#include <cstring>

namespace lucid::rdp::codec {

namespace {

constexpr std::uint32_t clip(int value) {
    return static_cast<std::uint32_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

void store(std::uint8_t* out, std::uint32_t pixel) {
    std::memcpy(out, &pixel, 4);
}

}  // namespace

void merge_rgb(const PlaneRows& rows, std::uint8_t* out, std::size_t width) {
    for (std::size_t x = 0; x < width; ++x, out += 4) {
        const std::uint32_t alpha = rows.alpha != nullptr ? rows.alpha[x] : 0xffU;
        store(out, rows.third[x] | std::uint32_t{rows.second[x]} << 8 |
                       std::uint32_t{rows.first[x]} << 16 | alpha << 24);
    }
}

void merge_ycocg(const PlaneRows& rows, Orange orange, unsigned shift, std::uint8_t* out,
                 std::size_t width) {
    for (std::size_t x = 0; x < width; ++x, out += 4) {
        const std::size_t sample = x / rows.chroma_step;
        int co = static_cast<std::int8_t>(rows.second[sample] << shift);
        if (orange == Orange::raises_blue) co = -co;
        const int cg = static_cast<std::int8_t>(rows.third[sample] << shift);
        const int y = rows.first[x];
        const std::uint32_t alpha = rows.alpha != nullptr ? rows.alpha[x] : 0xffU;
        store(out, clip(y - cg - co) | clip(y + cg) << 8 | clip(y - cg + co) << 16 | alpha << 24);
    }
}

}  // namespace lucid::rdp::codec
