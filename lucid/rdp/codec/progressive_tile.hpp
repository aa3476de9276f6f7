// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One tile of progressive RemoteFX between its passes (MS-RDPEGFX 3.2.8.1, 3.3.8.2): coefficients
/// so far, which of them are known not to be zero, and down to which bit each band has come.

#include <lucid/rdp/codec/pixels.hpp>
#include <lucid/rdp/codec/quantizer.hpp>
#include <lucid/rdp/codec/rlgr.hpp>

#include <memory>

namespace lucid::rdp::codec {

inline constexpr int tile_components = 3;  ///< Y, Cb, Cr

/// Signs of coefficients: -1, 0 (not yet significant) or 1.
struct TileSigns {
    std::int8_t sign[tile_components][tile_coefficients];
};

struct ProgressiveTile {
    Coefficients current[tile_components];
    Quantizer bit_position[tile_components];
    bool extrapolate = false;  ///< which transform the coefficients are of
    /// Kept while upgrades may come; a tile that came at full quality has none.
    std::unique_ptr<TileSigns> signs;
};

/// Bits below which a pass does not go: the region's quantizer plus that of the quality.
struct PassQuantizers {
    Quantizer component[tile_components];
};

struct FirstPass {
    PassQuantizers quantizers;
    ByteView data[tile_components];
    bool full_quality = false;
    bool difference = false;  ///< to the coefficients kept (RFX_TILE_DIFFERENCE)
    bool extrapolate = false;
};
void apply_first_pass(const FirstPass& pass, ProgressiveTile& tile);

struct UpgradePass {
    PassQuantizers quantizers;
    ByteView srl[tile_components];
    ByteView raw[tile_components];
    bool extrapolate = false;
};
/// Errc::not_found: the tile waits for no upgrade. Errc::bad_value: a band would go up again, or
/// the transform is another one. Errc::truncated: data ends early.
Result<void> apply_upgrade_pass(const UpgradePass& pass, ProgressiveTile& tile);

/// Transforms a copy of the coefficients and draws them as 64 by 64 pixels.
void draw_progressive_tile(const ProgressiveTile& tile, std::uint8_t* out, std::size_t stride);

}  // namespace lucid::rdp::codec
