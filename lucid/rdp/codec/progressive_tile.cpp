// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/dwt.hpp>
#include <lucid/rdp/codec/dwt_extrapolated.hpp>
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/progressive_bands.hpp>
#include <lucid/rdp/codec/progressive_tile.hpp>
#include <lucid/rdp/codec/ycbcr.hpp>

#include <cstring>

namespace lucid::rdp::codec {

namespace {

void shift_bands(const BandSizes& sizes, const BandShifts& shifts, Coefficients& values) {
    std::int16_t* at = values;
    for (std::size_t band = 0; band < tile_bands; ++band) {
        const unsigned shift = shifts[band];
        for (unsigned i = 0; i < sizes[band]; ++i)
            at[i] = static_cast<std::int16_t>(static_cast<unsigned>(at[i]) << shift);
        at += sizes[band];
    }
}

void read_signs(const Coefficients& values, std::int8_t* signs) {
    for (std::size_t i = 0; i < tile_coefficients; ++i)
        signs[i] = static_cast<std::int8_t>((values[i] > 0) - (values[i] < 0));
}

}  // namespace

void apply_first_pass(const FirstPass& pass, ProgressiveTile& tile) {
    const BandSizes& sizes = pass.extrapolate ? extrapolated_bands : plain_bands;
    const BandLayout& layout = pass.extrapolate ? extrapolated_layout : plain_layout;
    tile.extrapolate = pass.extrapolate;
    if (pass.full_quality)
        tile.signs.reset();
    else if (!tile.signs)
        tile.signs = std::make_unique<TileSigns>();
    for (int c = 0; c < tile_components; ++c) {
        const Quantizer& quantizer = pass.quantizers.component[c];
        tile.bit_position[c] = quantizer;
        const BandShifts shifts = shifts_of(quantizer, progressive_shift_base);
        alignas(16) Coefficients values;
        if (tile.signs) {
            decode_rlgr(Rlgr::rlgr1, pass.data[c], layout, BandShifts{}, values);
            read_signs(values, tile.signs->sign[c]);
            shift_bands(sizes, shifts, values);
        } else {
            decode_rlgr(Rlgr::rlgr1, pass.data[c], layout, shifts, values);
        }
        // LL3 comes as differences to the coefficient before.
        for (std::size_t i = tile_coefficients - sizes[ll3] + 1; i < tile_coefficients; ++i)
            values[i] = static_cast<std::int16_t>(values[i] + values[i - 1]);
        if (pass.difference) {
            for (std::size_t i = 0; i < tile_coefficients; ++i)
                tile.current[c][i] = static_cast<std::int16_t>(tile.current[c][i] + values[i]);
        } else {
            std::memcpy(tile.current[c], values, sizeof values);
        }
    }
}

void draw_progressive_tile(const ProgressiveTile& tile, std::uint8_t* out, std::size_t stride) {
    alignas(16) Coefficients planes[tile_components];
    for (int c = 0; c < tile_components; ++c) {
        std::memcpy(planes[c], tile.current[c], sizeof planes[c]);
        if (tile.extrapolate)
            dwt::inverse_extrapolated<Lanes>(planes[c]);
        else
            dwt::inverse<Lanes>(planes[c]);
    }
    draw_ycbcr<Lanes>(planes[0], planes[1], planes[2], out, stride);
}

}  // namespace lucid::rdp::codec
