// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Quantizers of RemoteFX (MS-RDPRFX 2.2.2.1.5 TS_RFX_CODEC_QUANT) and of its progressive form (MS-
/// RDPEGFX 2.2.4.2.1.5.2 RFX_COMPONENT_CODEC_QUANT): ten numbers of four bits in five bytes, in two
/// orders.

#include <lucid/rdp/codec/rlgr.hpp>

namespace lucid::rdp::codec {

inline constexpr std::size_t quantizer_bytes = 5;

/// Bands in the order in which coefficients lie.
enum Band : std::uint8_t { hl1, lh1, hh1, hl2, lh2, hh2, hl3, lh3, hh3, ll3 };

/// Shift of each band.
using Quantizer = std::array<std::uint8_t, tile_bands>;

namespace quantizer_detail {
using Order = std::array<Band, tile_bands>;
/// Bands of the half bytes, lower half first.
inline constexpr Order remotefx_order = {ll3, lh3, hl3, hh3, lh2, hl2, hh2, lh1, hl1, hh1};
inline constexpr Order progressive_order = {ll3, hl3, lh3, hh3, hl2, lh2, hh2, hl1, lh1, hh1};

inline Quantizer read(ByteView bytes, const Order& order) {
    Quantizer out = {};
    for (std::size_t i = 0; i < tile_bands; ++i)
        out[order[i]] = static_cast<std::uint8_t>(bytes[i / 2] >> (i % 2 * 4) & 0x0f);
    return out;
}
}  // namespace quantizer_detail

/// From the first five of `bytes`.
inline Quantizer read_remotefx_quantizer(ByteView bytes) {
    return quantizer_detail::read(bytes, quantizer_detail::remotefx_order);
}
inline Quantizer read_progressive_quantizer(ByteView bytes) {
    return quantizer_detail::read(bytes, quantizer_detail::progressive_order);
}

/// The quantizer less `by`, not below zero.
inline BandShifts shifts_of(const Quantizer& quantizer, unsigned by) {
    BandShifts out = {};
    for (std::size_t i = 0; i < tile_bands; ++i)
        out[i] = static_cast<std::uint8_t>(quantizer[i] > by ? quantizer[i] - by : 0);
    return out;
}

/// The layout of bands of these sizes, one behind the other; they fill a tile.
constexpr BandLayout make_band_layout(const std::array<std::uint16_t, tile_bands>& sizes) {
    BandLayout out = {};
    std::size_t at = 0;
    for (std::size_t band = 0; band < tile_bands; ++band)
        for (std::size_t i = 0; i < sizes[band]; ++i)
            out.band[at++] = static_cast<std::uint8_t>(band);
    return out;
}

}  // namespace lucid::rdp::codec
