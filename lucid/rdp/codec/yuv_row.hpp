// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One row of 8-bit Y, U, V samples as opaque pixels (MS-RDPEGFX 3.3.8.3.1, the inverse of BT.709
/// in full range):
///
///   R = Y + 403/256 (V - 128),  G = Y - (48 (U - 128) + 120 (V - 128)) / 256,  B = Y + 475/256 (U
///   - 128)
///
/// each sum rounded down and clipped.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lucid::rdp::codec {

/// Pixels `begin` to `end` of a row; a sample of U and V belongs to `1 << ChromaShift` pixels.
template <unsigned ChromaShift>
void draw_yuv_row(const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v,
                  std::size_t begin, std::size_t end, std::uint8_t* out) {
    const auto clip = [](int value) {
        return static_cast<std::uint32_t>(value < 0 ? 0 : value > 255 ? 255 : value);
    };
    for (std::size_t x = begin; x < end; ++x) {
        const int luma = y[x] * 256;
        const int cb = u[x >> ChromaShift] - 128;
        const int cr = v[x >> ChromaShift] - 128;
        const std::uint32_t pixel = clip((luma + 475 * cb) >> 8) |
                                    clip((luma - 48 * cb - 120 * cr) >> 8) << 8 |
                                    clip((luma + 403 * cr) >> 8) << 16 | 0xff000000U;
        std::memcpy(out + 4 * x, &pixel, 4);
    }
}

}  // namespace lucid::rdp::codec
