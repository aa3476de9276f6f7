// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/progressive_region.hpp>
#include <lucid/rdp/codec/tile_clip.hpp>

#include <algorithm>

namespace lucid::rdp::codec {

namespace {

constexpr std::size_t block_header_bytes = 6;
constexpr std::uint8_t flag_reduce_extrapolate = 0x01;
constexpr std::uint8_t flag_difference = 0x01;
/// MS-RDPEGFX 2.2.4.2.1.5: at most seven quantizers, each of their values at least six.
constexpr std::uint8_t quantizers_max = 7;
constexpr std::uint8_t quantizer_min = 6;

Result<Quantizer> read_quantizer(Reader& reader) {
    LUCID_TRY(const auto bytes, reader.take(quantizer_bytes, "progressive quantizer"));
    return read_progressive_quantizer(bytes);
}

}  // namespace

Result<ProgressiveBlock> read_progressive_block(Reader& reader) {
    LUCID_TRY(const auto type, reader.u16_le("progressive blockType"));
    LUCID_TRY(const auto length, reader.u32_le("progressive blockLen"));
    if (length < block_header_bytes) return fail(Errc::bad_length, "progressive blockLen", length);
    LUCID_TRY(const auto body, reader.take(length - block_header_bytes, "progressive block"));
    return ProgressiveBlock{type, body};
}

Result<PassQuantizers> ProgressiveRegion::quantizers_of(
    const std::array<std::uint8_t, tile_components>& indices, std::uint8_t quality) const {
    if (quality != full_quality && quality >= qualities.size())
        return fail(Errc::bad_value, "progressive quality", quality);
    PassQuantizers out = {};
    for (std::size_t c = 0; c < tile_components; ++c) {
        if (indices[c] >= quantizers.size())
            return fail(Errc::bad_value, "progressive quantIdx", indices[c]);
        out.component[c] = quantizers[indices[c]];
        if (quality == full_quality) continue;
        for (std::size_t band = 0; band < tile_bands; ++band)
            out.component[c][band] = static_cast<std::uint8_t>(
                out.component[c][band] + qualities[quality].component[c][band]);
    }
    return out;
}

Result<ProgressiveRegion> read_progressive_region(ByteView body) {
    Reader reader(body);
    ProgressiveRegion out;
    LUCID_TRY(const auto tile_size, reader.u8("progressive tileSize"));
    LUCID_TRY(const auto rects, reader.u16_le("progressive numRects"));
    LUCID_TRY(const auto quantizers, reader.u8("progressive numQuant"));
    LUCID_TRY(const auto qualities, reader.u8("progressive numProgQuant"));
    LUCID_TRY(const auto flags, reader.u8("progressive flags"));
    LUCID_TRY(out.tiles, reader.u16_le("progressive numTiles"));
    LUCID_TRY(const auto tile_bytes_count, reader.u32_le("progressive tileDataSize"));
    if (tile_size != tile_side) return fail(Errc::bad_value, "progressive tileSize", tile_size);
    if (rects == 0) return fail(Errc::bad_value, "progressive numRects");
    if (rects > progressive_rects_max)
        return fail(Errc::limit_exceeded, "progressive numRects", rects);
    if (quantizers > quantizers_max)
        return fail(Errc::bad_value, "progressive numQuant", quantizers);
    out.extrapolate = (flags & flag_reduce_extrapolate) != 0;
    for (std::uint32_t i = 0; i < rects; ++i) {
        Rect rect;
        LUCID_TRY(rect.x, reader.u16_le("progressive rect x"));
        LUCID_TRY(rect.y, reader.u16_le("progressive rect y"));
        LUCID_TRY(rect.width, reader.u16_le("progressive rect width"));
        LUCID_TRY(rect.height, reader.u16_le("progressive rect height"));
        out.rects.push_back(rect);
    }
    for (std::uint32_t i = 0; i < quantizers; ++i) {
        LUCID_TRY(const auto quantizer, read_quantizer(reader));
        if (*std::min_element(quantizer.begin(), quantizer.end()) < quantizer_min)
            return fail(Errc::bad_value, "progressive quantizer", i);
        out.quantizers.push_back(quantizer);
    }
    for (std::uint32_t i = 0; i < qualities; ++i) {
        LUCID_CHECK(reader.skip(1, "progressive quality"));
        PassQuantizers quality;
        for (auto& component : quality.component) {
            LUCID_TRY(component, read_quantizer(reader));
        }
        out.qualities.push_back(quality);
    }
    LUCID_TRY(out.tile_data, reader.take(tile_bytes_count, "progressive tiles"));
    return out;
}

Result<ProgressiveTileBlock> read_progressive_tile(std::uint16_t type, ByteView body) {
    Reader reader(body);
    ProgressiveTileBlock out;
    out.type = type;
    for (auto& index : out.quantizers) {
        LUCID_TRY(index, reader.u8("progressive quantIdx"));
    }
    LUCID_TRY(out.column, reader.u16_le("progressive xIdx"));
    LUCID_TRY(out.row, reader.u16_le("progressive yIdx"));
    if (type != wbt_tile_upgrade) {
        LUCID_TRY(const auto flags, reader.u8("progressive tile flags"));
        out.difference = (flags & flag_difference) != 0;
    }
    if (type != wbt_tile_simple) {
        LUCID_TRY(out.quality, reader.u8("progressive quality"));
    }
    // Lengths: Y, Cb, Cr and a tail, or SRL and raw of each component.
    std::uint16_t lengths[2 * tile_components] = {};
    const std::size_t count = type == wbt_tile_upgrade ? 6 : 4;
    for (std::size_t i = 0; i < count; ++i) {
        LUCID_TRY(lengths[i], reader.u16_le("progressive tile data length"));
    }
    for (std::size_t i = 0; i < count; ++i) {
        LUCID_TRY(const auto bytes, reader.take(lengths[i], "progressive tile data"));
        if (type == wbt_tile_upgrade)
            (i % 2 == 0 ? out.data : out.raw)[i / 2] = bytes;
        else if (i < tile_components)
            out.data[i] = bytes;
    }
    LUCID_CHECK(reader.finish("progressive tile"));
    return out;
}

}  // namespace lucid::rdp::codec
