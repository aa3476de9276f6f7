// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Regions and tiles of a progressive bitmap stream as values (MS-RDPEGFX 2.2.4.2.1.5
/// RFX_PROGRESSIVE_REGION, .6 to .8 the tiles).

#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/codec/progressive_tile.hpp>

#include <vector>

namespace lucid::rdp::codec {

inline constexpr std::uint16_t wbt_tile_simple = 0xccc5;
inline constexpr std::uint16_t wbt_tile_first = 0xccc6;
inline constexpr std::uint16_t wbt_tile_upgrade = 0xccc7;
/// quality of a pass that sends all bits.
inline constexpr std::uint8_t full_quality = 0xff;
/// Rectangles of one region; with 65535 tiles this bounds the work of clipping.
inline constexpr std::size_t progressive_rects_max = 4096;

struct ProgressiveRegion {
    bool extrapolate = false;
    std::uint16_t tiles = 0;
    std::vector<Rect> rects;
    std::vector<Quantizer> quantizers;
    std::vector<PassQuantizers> qualities;  ///< to be added to the quantizer of the component
    ByteView tile_data;

    /// The sum of both; Errc::bad_value for indices the region does not have.
    [[nodiscard]] Result<PassQuantizers> quantizers_of(
        const std::array<std::uint8_t, tile_components>& indices, std::uint8_t quality) const;
};

/// The body of a region block.
Result<ProgressiveRegion> read_progressive_region(ByteView body);

struct ProgressiveTileBlock {
    std::uint16_t type = 0;
    std::array<std::uint8_t, tile_components> quantizers = {};
    std::uint16_t column = 0;
    std::uint16_t row = 0;
    bool difference = false;
    std::uint8_t quality = full_quality;
    ByteView data[tile_components];  ///< of a first pass; of an upgrade its SRL bits
    ByteView raw[tile_components];   ///< of an upgrade
};

/// The body of a tile block.
Result<ProgressiveTileBlock> read_progressive_tile(std::uint16_t type, ByteView body);

struct ProgressiveBlock {
    std::uint16_t type = 0;
    ByteView body;
};
/// One block at the front of the reader: blockType, blockLen (whole), body.
Result<ProgressiveBlock> read_progressive_block(Reader& reader);

}  // namespace lucid::rdp::codec
