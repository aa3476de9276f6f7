// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/dwt.hpp>
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/quantizer.hpp>
#include <lucid/rdp/codec/remotefx.hpp>
#include <lucid/rdp/codec/rlgr.hpp>
#include <lucid/rdp/codec/tile_clip.hpp>
#include <lucid/rdp/codec/ycbcr.hpp>

namespace lucid::rdp::codec {

namespace {

/// Block types (MS-RDPRFX 2.2.2.1.1 TS_RFX_BLOCKT) and constants of their fields.
constexpr std::uint16_t wbt_sync = 0xccc0;
constexpr std::uint16_t wbt_codec_versions = 0xccc1;
constexpr std::uint16_t wbt_channels = 0xccc2;
constexpr std::uint16_t wbt_context = 0xccc3;
constexpr std::uint16_t wbt_frame_begin = 0xccc4;
constexpr std::uint16_t wbt_region = 0xccc6;
constexpr std::uint16_t wbt_extension = 0xccc7;
constexpr std::uint16_t cbt_region = 0xcac1;
constexpr std::uint16_t cbt_tileset = 0xcac2;
constexpr std::uint16_t cbt_tile = 0xcac3;
constexpr std::uint32_t wf_magic = 0xcaccacca;
constexpr std::uint16_t wf_version_1_0 = 0x0100;
constexpr std::uint8_t clw_entropy_rlgr1 = 1;
constexpr std::uint8_t clw_entropy_rlgr3 = 4;
constexpr std::size_t block_header_bytes = 6;

constexpr std::uint8_t all_headers = 0x0f;
constexpr std::uint8_t header_bit(std::uint16_t type) {
    return static_cast<std::uint8_t>(1U << (type - wbt_sync));
}

constexpr std::uint8_t state_version = 1;

/// Bands of a tile as its coefficients lie: HL1 LH1 HH1 HL2 LH2 HH2 HL3 LH3 HH3 LL3.
constexpr BandLayout band_layout =
    make_band_layout({1024, 1024, 1024, 256, 256, 256, 64, 64, 64, 64});

/// One block at the front of the reader.
struct Block {
    std::uint16_t type = 0;
    ByteView body;
};
Result<Block> read_block(Reader& reader) {
    LUCID_TRY(const auto type, reader.u16_le("remotefx blockType"));
    LUCID_TRY(const auto length, reader.u32_le("remotefx blockLen"));
    if (length < block_header_bytes) return fail(Errc::bad_length, "remotefx blockLen", length);
    LUCID_TRY(const auto body, reader.take(length - block_header_bytes, "remotefx block"));
    return Block{type, body};
}

}  // namespace

struct RemoteFxDecoder::Frame {
    PixelView target;
    Point origin;
    std::vector<Rect>& damage;
    bool begun = false;
    bool region = false;
};

RemoteFxDecoder::RemoteFxDecoder() = default;

void RemoteFxDecoder::reset() {
    *this = RemoteFxDecoder();
}

Result<void> RemoteFxDecoder::decode(ByteView message, PixelView target, Point origin,
                                     std::vector<Rect>& damage) {
    Reader reader(message);
    Frame frame{target, origin, damage};
    while (!reader.empty()) {
        LUCID_TRY(const auto block, read_block(reader));
        if (block.type < wbt_sync || block.type > wbt_extension)
            return fail(Errc::bad_value, "remotefx blockType", block.type);
        if (block.type < wbt_context) {
            LUCID_CHECK(header_block(block.type, block.body));
            continue;
        }
        // TS_RFX_CODEC_CHANNELT: codec 1; channel 0, or 0xff for the context.
        Reader body(block.body);
        LUCID_TRY(const auto codec, body.u8("remotefx codecId"));
        LUCID_TRY(const auto channel, body.u8("remotefx channelId"));
        if (codec != 1) return fail(Errc::bad_value, "remotefx codecId", codec);
        if (channel != (block.type == wbt_context ? 0xff : 0))
            return fail(Errc::bad_value, "remotefx channelId", channel);
        if (block.type == wbt_context) {
            LUCID_CHECK(header_block(block.type, body.rest()));
        } else {
            LUCID_CHECK(frame_block(block.type, body.rest(), frame));
        }
    }
    return {};
}

Result<void> RemoteFxDecoder::header_block(std::uint16_t type, ByteView body) {
    headers_ &= static_cast<std::uint8_t>(~header_bit(type));
    Reader reader(body);
    switch (type) {
        case wbt_sync: {
            LUCID_TRY(const auto magic, reader.u32_le("remotefx magic"));
            LUCID_TRY(const auto version, reader.u16_le("remotefx version"));
            if (magic != wf_magic) return fail(Errc::bad_magic, "remotefx magic", magic);
            if (version != wf_version_1_0)
                return fail(Errc::bad_version, "remotefx version", version);
            break;
        }
        case wbt_codec_versions: {
            LUCID_TRY(const auto count, reader.u8("remotefx numCodecs"));
            LUCID_TRY(const auto codec, reader.u8("remotefx codecId"));
            LUCID_TRY(const auto version, reader.u16_le("remotefx codec version"));
            if (count != 1 || codec != 1) return fail(Errc::bad_value, "remotefx codec", codec);
            if (version != wf_version_1_0)
                return fail(Errc::bad_version, "remotefx codec version", version);
            break;
        }
        case wbt_channels: {
            // Hosts with several monitors announce as many channels; frames use the first.
            LUCID_TRY(const auto count, reader.u8("remotefx numChannels"));
            LUCID_TRY(const auto channel, reader.u8("remotefx channelId"));
            if (count < 1 || channel != 0)
                return fail(Errc::bad_value, "remotefx channelId", channel);
            LUCID_TRY(width_, reader.u16_le("remotefx channel width"));
            LUCID_TRY(height_, reader.u16_le("remotefx channel height"));
            LUCID_CHECK(reader.skip(std::size_t{5} * (count - 1U), "remotefx channels"));
            break;
        }
        default: {  // wbt_context: decode() sends nothing else here
            LUCID_TRY(const auto context, reader.u8("remotefx ctxId"));
            LUCID_TRY(const auto tile_size, reader.u16_le("remotefx tileSize"));
            LUCID_TRY(const auto properties, reader.u16_le("remotefx properties"));
            if (context != 0 || tile_size != tile_side)
                return fail(Errc::bad_value, "remotefx tileSize", tile_size);
            entropy_ = static_cast<std::uint8_t>(properties >> 9 & 0x0f);
            if (entropy_ != clw_entropy_rlgr1 && entropy_ != clw_entropy_rlgr3)
                return fail(Errc::bad_value, "remotefx entropy coder", entropy_);
            break;
        }
    }
    headers_ |= header_bit(type);
    return {};
}

Result<void> RemoteFxDecoder::frame_block(std::uint16_t type, ByteView body, Frame& frame) {
    if (headers_ != all_headers) return fail(Errc::refused, "remotefx frame before headers", type);
    switch (type) {
        case wbt_frame_begin: {
            Reader reader(body);
            LUCID_CHECK(reader.skip(6, "remotefx frame begin"));
            if (frame.begun) return fail(Errc::refused, "remotefx frame inside a frame");
            frame.begun = true;
            return {};
        }
        case wbt_region:
            if (!frame.begun) return fail(Errc::refused, "remotefx region outside of a frame");
            return region(body, frame);
        case wbt_extension:
            if (!frame.region) return fail(Errc::refused, "remotefx tiles without a region");
            frame.region = false;
            return tile_set(body, frame);
        default:
            if (!frame.begun) return fail(Errc::refused, "remotefx end of no frame");
            frame.begun = false;
            return {};
    }
}

Result<void> RemoteFxDecoder::region(ByteView body, Frame& frame) {
    Reader reader(body);
    LUCID_CHECK(reader.skip(1, "remotefx regionFlags"));
    LUCID_TRY(const auto count, reader.u16_le("remotefx numRects"));
    if (count > remotefx_rects_max) return fail(Errc::limit_exceeded, "remotefx numRects", count);
    rects_.clear();
    const auto add = [&](Rect rect) {
        // In target coordinates from here on.
        rect.x += frame.origin.x;
        rect.y += frame.origin.y;
        rects_.push_back(intersect(rect, {0, 0, frame.target.width(), frame.target.height()}));
    };
    for (std::uint32_t i = 0; i < count; ++i) {
        Rect rect;
        LUCID_TRY(rect.x, reader.u16_le("remotefx rect x"));
        LUCID_TRY(rect.y, reader.u16_le("remotefx rect y"));
        LUCID_TRY(rect.width, reader.u16_le("remotefx rect width"));
        LUCID_TRY(rect.height, reader.u16_le("remotefx rect height"));
        add(rect);
    }
    // MS-RDPRFX 2.2.2.3.3: no rectangles stand for the whole channel.
    if (count == 0) add({0, 0, width_, height_});
    LUCID_TRY(const auto type, reader.u16_le("remotefx regionType"));
    LUCID_TRY(const auto tile_sets, reader.u16_le("remotefx numTilesets"));
    if (type != cbt_region) return fail(Errc::bad_magic, "remotefx regionType", type);
    if (tile_sets != 1) return fail(Errc::bad_value, "remotefx numTilesets", tile_sets);
    frame.region = true;
    return {};
}

Result<void> RemoteFxDecoder::tile_set(ByteView body, Frame& frame) {
    Reader reader(body);
    LUCID_TRY(const auto subtype, reader.u16_le("remotefx subtype"));
    if (subtype != cbt_tileset) return fail(Errc::bad_magic, "remotefx subtype", subtype);
    LUCID_CHECK(reader.skip(4, "remotefx idx, properties"));
    LUCID_TRY(const auto quantizers, reader.u8("remotefx numQuant"));
    LUCID_TRY(const auto tile_size, reader.u8("remotefx tileSize"));
    LUCID_TRY(const auto tiles, reader.u16_le("remotefx numTiles"));
    // Windows Server 2012 sends empty tile sets.
    if (tiles == 0) return {};
    if (tile_size != tile_side) return fail(Errc::bad_value, "remotefx tileSize", tile_size);
    LUCID_CHECK(reader.skip(4, "remotefx tilesDataSize"));
    LUCID_TRY(const auto bytes, reader.take(quantizers * quantizer_bytes, "remotefx quantVals"));
    quantizers_ = to_bytes(bytes);
    for (std::uint32_t i = 0; i < tiles; ++i) {
        LUCID_TRY(const auto block, read_block(reader));
        if (block.type != cbt_tile) return fail(Errc::bad_magic, "remotefx tile", block.type);
        LUCID_CHECK(tile(block.body, frame));
    }
    for (const Rect& rect : rects_)
        if (!rect.empty()) frame.damage.push_back(rect);
    return {};
}

Result<void> RemoteFxDecoder::tile(ByteView body, Frame& frame) {
    Reader reader(body);
    BandShifts shifts[3];
    for (auto& shift : shifts) {
        LUCID_TRY(const auto index, reader.u8("remotefx quantIdx"));
        const std::size_t at = index * quantizer_bytes;
        if (at + quantizer_bytes > quantizers_.size())
            return fail(Errc::bad_value, "remotefx quantIdx", index);
        shift = shifts_of(read_remotefx_quantizer(ByteView(quantizers_).subspan(at)), 1);
    }
    LUCID_TRY(const auto column, reader.u16_le("remotefx xIdx"));
    LUCID_TRY(const auto row, reader.u16_le("remotefx yIdx"));
    std::uint16_t lengths[3];
    for (auto& length : lengths) {
        LUCID_TRY(length, reader.u16_le("remotefx tile data length"));
    }
    const Rlgr mode = entropy_ == clw_entropy_rlgr1 ? Rlgr::rlgr1 : Rlgr::rlgr3;
    ByteView data[3];
    for (int i = 0; i < 3; ++i) {
        LUCID_TRY(data[i], reader.take(lengths[i], "remotefx tile data"));
    }
    const Point at{frame.origin.x + column * tile_side, frame.origin.y + row * tile_side};
    draw_tile(at, rects_, frame.target, [&](std::uint8_t* out, std::size_t stride) {
        alignas(64) Coefficients planes[3];
        for (int i = 0; i < 3; ++i) {
            decode_rlgr(mode, data[i], band_layout, shifts[i], planes[i]);
            // LL3 comes as differences to the coefficient before.
            for (int c = 4033; c < 4096; ++c)
                planes[i][c] = static_cast<std::int16_t>(planes[i][c] + planes[i][c - 1]);
            dwt::inverse<Lanes>(planes[i]);
        }
        draw_ycbcr<Lanes>(planes[0], planes[1], planes[2], out, stride);
    });
    return {};
}

void RemoteFxDecoder::save(Bytes& out) const {
    Writer writer;
    writer.u8(state_version).u8(headers_).u8(entropy_).u16_le(width_).u16_le(height_);
    append(out, writer.view());
}

Result<void> RemoteFxDecoder::restore(ByteView state) {
    reset();
    Reader reader(state);
    LUCID_TRY(const auto version, reader.u8("remotefx state version"));
    if (version != state_version) return fail(Errc::bad_version, "remotefx state", version);
    LUCID_TRY(const auto headers, reader.u8("remotefx state headers"));
    LUCID_TRY(const auto entropy, reader.u8("remotefx state entropy coder"));
    LUCID_TRY(const auto width, reader.u16_le("remotefx state width"));
    LUCID_TRY(const auto height, reader.u16_le("remotefx state height"));
    LUCID_CHECK(reader.finish("remotefx state"));
    headers_ = headers & all_headers;
    entropy_ = entropy;
    width_ = width;
    height_ = height;
    return {};
}

}  // namespace lucid::rdp::codec
