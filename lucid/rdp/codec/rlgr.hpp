// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Adaptive run-length Golomb-Rice decoding (MS-RDPRFX 3.1.8.1.7.3 "RLGR1/RLGR3 Pseudocode"), the
/// entropy coder of RemoteFX and of first passes of its progressive form.

#include <lucid/common/bytes/bytes.hpp>

#include <array>

namespace lucid::rdp::codec {

inline constexpr std::size_t tile_coefficients = 4096;
using Coefficients = std::int16_t[tile_coefficients];

enum class Rlgr : std::uint8_t { rlgr1, rlgr3 };

/// Which of ten shifts belongs to each coefficient of a tile.
struct BandLayout {
    std::array<std::uint8_t, tile_coefficients> band;
};
inline constexpr std::size_t tile_bands = 10;
using BandShifts = std::array<std::uint8_t, tile_bands>;

/// Decodes one component of a tile; coefficients the data does not reach are zero. Each is
/// shifted left by the shift of its band as it is stored (dequantization), wrapping at 16 bits.
void decode_rlgr(Rlgr mode, ByteView data, const BandLayout& layout, const BandShifts& shifts,
                 Coefficients& out);

}  // namespace lucid::rdp::codec
