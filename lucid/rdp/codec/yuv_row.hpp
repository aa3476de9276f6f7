// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One row of 8-bit Y, U, V samples as opaque pixels (MS-RDPEGFX 3.3.8.3.1, the inverse of BT.709
/// in full range):
///
///   R = Y + 403/256 (V - 128),  G = Y - (48 (U - 128) + 120 (V - 128)) / 256,  B = Y + 475/256 (U
///   - 128)
///
/// each sum rounded down and clipped. `V` is a lanes type (lanes.hpp).

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lucid::rdp::codec {

/// One pixel of the sums above.
inline void draw_yuv_pixel(int y, int u, int v, std::uint8_t* out) {
    const auto clip = [](int value) {
        return static_cast<std::uint32_t>(value < 0 ? 0 : value > 255 ? 255 : value);
    };
    const int cb = u - 128;
    const int cr = v - 128;
    const std::uint32_t pixel = clip(y + ((475 * cb) >> 8)) |
                                clip(y + ((-48 * cb - 120 * cr) >> 8)) << 8 |
                                clip(y + ((403 * cr) >> 8)) << 16 | 0xff000000U;
    std::memcpy(out, &pixel, 4);
}

/// As many pixels as there are lanes. Whole multiples of a factor are added apart, so that sixteen
/// bits carry the rest: 403 = 256 + 147, 475 = 256 + 219.
template <class V>
void draw_yuv_lanes(V y, V u, V v, std::uint8_t* out) {
    const V cb = u - V::all(128);
    const V cr = v - V::all(128);
    const V blue = y + cb + V::template shift_right<8>(V::multiply_low(cb, 219));
    const V green =
        y + V::template shift_right<8>(V::multiply_low(cb, -48) + V::multiply_low(cr, -120));
    const V red = y + cr + V::template shift_right<8>(V::multiply_low(cr, 147));
    V::store_pixels(out, blue, green, red);
}

/// Pixels `begin` to `end` of a row, `out` that of pixel 0; a sample of U and V belongs to
/// `1 << ChromaShift` pixels. Reads no sample that belongs to none of them.
template <class V, unsigned ChromaShift>
void draw_yuv_row(const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v,
                  std::size_t begin, std::size_t end, std::uint8_t* out) {
    static_assert(ChromaShift <= 1);
    const auto chroma = [](const std::uint8_t* row, std::size_t x) {
        if constexpr (ChromaShift == 1)
            return V::load_bytes_twice(row + x / 2);
        else
            return V::load_bytes(row + x);
    };
    const auto pixel = [&](std::size_t x) {
        draw_yuv_pixel(y[x], u[x >> ChromaShift], v[x >> ChromaShift], out + 4 * x);
    };
    std::size_t x = begin;
    // unreached: either side of the constant ChromaShift == 1, which the compiler decides.
    if (ChromaShift == 1 && x % 2 == 1 && x < end) pixel(x++);
    for (; x + V::count <= end; x += V::count)
        draw_yuv_lanes(V::load_bytes(y + x), chroma(u, x), chroma(v, x), out + 4 * x);
    for (; x < end; ++x) pixel(x);
}

}  // namespace lucid::rdp::codec
