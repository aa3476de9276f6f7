// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where the bands of a progressive tile lie, in the plain and the reduce-extrapolate transform.

#include <lucid/rdp/codec/quantizer.hpp>

namespace lucid::rdp::codec {

using BandSizes = std::array<std::uint16_t, tile_bands>;
inline constexpr BandSizes plain_bands = {1024, 1024, 1024, 256, 256, 256, 64, 64, 64, 64};
inline constexpr BandSizes extrapolated_bands = {1023, 1023, 961, 272, 272, 256, 72, 72, 64, 81};

inline constexpr BandLayout plain_layout = make_band_layout(plain_bands);
inline constexpr BandLayout extrapolated_layout = make_band_layout(extrapolated_bands);

/// Bits that coefficients are shifted by: five below the point less the six that quantizers begin
/// at.
inline constexpr unsigned progressive_shift_base = 1;

}  // namespace lucid::rdp::codec
