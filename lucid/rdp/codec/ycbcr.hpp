// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Y, Cb, Cr of RemoteFX tiles as pixels (MS-RDPRFX 3.1.8.1.3 "Color Conversion (ICT)"):
///
///   R = Y + 1.402525 Cr,  G = Y - 0.343730 Cb - 0.714401 Cr,  B = Y + 1.769905 Cb
///
/// on 11.5 fixed-point values with Y offset by 128. Factors have 16 bits below the point and each
/// sum is rounded down once; what whole multiples of a factor there are is added apart, so that
/// sixteen bits carry the rest. `V` is a lanes type (lanes.hpp).

#include <lucid/rdp/codec/rlgr.hpp>

namespace lucid::rdp::codec {

/// Factors times 65536, less the whole multiples: 91915 - 65536; 65536 - 46818, -22526;
/// 115992 - 2 * 65536.
inline constexpr std::int16_t ict_red_cr = 26379;
inline constexpr std::int16_t ict_green_cr = 18718;
inline constexpr std::int16_t ict_green_cb = -22526;
inline constexpr std::int16_t ict_blue_cb = -15080;

/// Writes 64 by 64 opaque pixels.
template <class V>
void draw_ycbcr(const Coefficients& y_plane, const Coefficients& cb_plane,
                const Coefficients& cr_plane, std::uint8_t* out, std::size_t stride) {
    constexpr int side = 64;
    const V offset = V::all(4096);
    for (int row = 0; row < side; ++row, out += stride) {
        for (int x = 0; x < side; x += V::count) {
            const int at = row * side + x;
            const V y = V::add_saturated(V::load(y_plane + at), offset);
            const V cb = V::load(cb_plane + at);
            const V cr = V::load(cr_plane + at);
            const V red =
                V::add_saturated(V::add_saturated(y, cr), V::multiply_high(cr, ict_red_cr));
            const V green =
                V::add_saturated(V::subtract_saturated(y, cr),
                                 V::multiply_add_high(cr, ict_green_cr, cb, ict_green_cb));
            const V blue = V::add_saturated(V::add_saturated(V::add_saturated(y, cb), cb),
                                            V::multiply_high(cb, ict_blue_cb));
            V::store_pixels(out + 4 * x, V::template shift_right<5>(blue),
                            V::template shift_right<5>(green), V::template shift_right<5>(red));
        }
    }
}

}  // namespace lucid::rdp::codec
