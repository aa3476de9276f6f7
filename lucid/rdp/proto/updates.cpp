// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/updates.hpp>

#include <algorithm>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint16_t bitmap_compression = 0x0001;
constexpr std::uint16_t no_bitmap_compression_header = 0x0400;
constexpr std::size_t compressed_data_header_bytes = 8;

constexpr std::uint16_t cmdtype_set_surface_bits = 0x0001;
constexpr std::uint16_t cmdtype_frame_marker = 0x0004;
constexpr std::uint16_t cmdtype_stream_surface_bits = 0x0006;
constexpr std::uint8_t ex_compressed_bitmap_header_present = 0x01;
constexpr std::size_t ex_bitmap_data_header_bytes = 4 + 4 + 8 + 8;

Result<void> expect_type(Reader& r, UpdateType type) {
    LUCID_TRY(const auto found, r.u16_le("updateType"));
    if (found != static_cast<std::uint16_t>(type))
        return fail(Errc::bad_value, "updateType", found);
    return {};
}

Result<BitmapRectangle> take_rectangle(Reader& r) {
    BitmapRectangle rect;
    LUCID_TRY(rect.left, r.u16_le("destLeft"));
    LUCID_TRY(rect.top, r.u16_le("destTop"));
    LUCID_TRY(rect.right, r.u16_le("destRight"));
    LUCID_TRY(rect.bottom, r.u16_le("destBottom"));
    LUCID_TRY(rect.width, r.u16_le("width"));
    LUCID_TRY(rect.height, r.u16_le("height"));
    LUCID_TRY(rect.bits_per_pixel, r.u16_le("bitsPerPixel"));
    LUCID_TRY(const auto flags, r.u16_le("bitmap flags"));
    LUCID_TRY(auto length, r.u16_le("bitmapLength"));
    rect.compressed = (flags & bitmap_compression) != 0;
    if (rect.compressed && (flags & no_bitmap_compression_header) == 0) {
        if (length < compressed_data_header_bytes)
            return fail(Errc::bad_length, "bitmapLength", length);
        LUCID_CHECK(r.skip(2, "cbCompFirstRowSize"));
        LUCID_TRY(const auto body, r.u16_le("cbCompMainBodySize"));
        LUCID_CHECK(r.skip(4, "cbScanWidth and cbUncompressedSize"));
        length = static_cast<std::uint16_t>(length - compressed_data_header_bytes);
        if (body > length) return fail(Errc::bad_length, "cbCompMainBodySize", body);
        LUCID_TRY(const auto data, r.take(length, "bitmapDataStream"));
        rect.data = data.first(body);
        return rect;
    }
    LUCID_TRY(rect.data, r.take(length, "bitmapDataStream"));
    return rect;
}

Result<SurfaceBits> take_surface_bits(Reader& r) {
    SurfaceBits bits;
    LUCID_TRY(bits.left, r.u16_le("destLeft"));
    LUCID_TRY(bits.top, r.u16_le("destTop"));
    LUCID_CHECK(r.skip(4, "destRight and destBottom"));
    LUCID_TRY(bits.bits_per_pixel, r.u8("bpp"));
    LUCID_TRY(const auto flags, r.u8("bitmap flags"));
    LUCID_CHECK(r.skip(1, "reserved"));
    LUCID_TRY(bits.codec_id, r.u8("codecID"));
    LUCID_TRY(bits.width, r.u16_le("width"));
    LUCID_TRY(bits.height, r.u16_le("height"));
    LUCID_TRY(const auto length, r.u32_le("bitmapDataLength"));
    if ((flags & ex_compressed_bitmap_header_present) != 0)
        LUCID_CHECK(r.skip(ex_bitmap_data_header_bytes, "exBitmapDataHeader"));
    LUCID_TRY(bits.data, r.take(length, "bitmapData"));
    return bits;
}

struct KnownCodec {
    ByteArray<16> guid;
    BitmapCodec codec;
};
/// codecGUID of 2.2.7.2.10.1.1 as bytes on the wire.
constexpr std::array known_codecs = {
    KnownCodec{{0xb9, 0x1b, 0x8d, 0xca, 0x0f, 0x00, 0x4f, 0x15, 0x58, 0x9f, 0xae, 0x2d, 0x1a, 0x87,
                0xe2, 0xd6},
               BitmapCodec::nscodec},
    KnownCodec{{0x12, 0x2f, 0x77, 0x76, 0x72, 0xbd, 0x63, 0x44, 0xaf, 0xb3, 0xb7, 0x3c, 0x9c, 0x6f,
                0x78, 0x86},
               BitmapCodec::remotefx},
    KnownCodec{{0xd4, 0xcc, 0x44, 0x27, 0x8a, 0x9d, 0x74, 0x4e, 0x80, 0x3c, 0x0e, 0xcb, 0xee, 0xa1,
                0x9c, 0x54},
               BitmapCodec::remotefx_image},
    KnownCodec{{0xe6, 0x4c, 0xaf, 0x1b, 0xed, 0x9e, 0x0c, 0x43, 0x86, 0x9a, 0xcb, 0x8b, 0x37, 0xb6,
                0x62, 0x37},
               BitmapCodec::jpeg},
};

}  // namespace

Result<UpdateType> decode_update_type(ByteView payload) {
    LUCID_TRY(const auto type, Reader(payload).u16_le("updateType"));
    if (type > static_cast<std::uint16_t>(UpdateType::synchronize))
        return fail(Errc::bad_value, "updateType", type);
    return static_cast<UpdateType>(type);
}

Result<std::vector<BitmapRectangle>> decode_bitmap_update(ByteView payload) {
    Reader r(payload);
    LUCID_CHECK(expect_type(r, UpdateType::bitmap));
    LUCID_TRY(const auto count, r.u16_le("numberRectangles"));
    if (count > bitmap_rectangles_max) return fail(Errc::limit_exceeded, "numberRectangles", count);
    std::vector<BitmapRectangle> rectangles;
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto rectangle, take_rectangle(r));
        rectangles.push_back(rectangle);
    }
    return rectangles;
}

Result<std::array<std::uint32_t, 256>> decode_palette_update(ByteView payload) {
    Reader r(payload);
    LUCID_CHECK(expect_type(r, UpdateType::palette));
    LUCID_CHECK(r.skip(2, "pad2Octets"));
    LUCID_TRY(const auto count, r.u32_le("numberColors"));
    if (count != 256) return fail(Errc::bad_value, "numberColors", count);
    std::array<std::uint32_t, 256> palette{};
    for (auto& colour : palette) {
        LUCID_TRY(const auto rgb, r.array<3>("palette entry"));
        colour = std::uint32_t{rgb[0]} << 16 | std::uint32_t{rgb[1]} << 8 | rgb[2];
    }
    return palette;
}

Result<std::vector<SurfaceCommand>> decode_surface_commands(ByteView payload) {
    Reader r(payload);
    std::vector<SurfaceCommand> commands;
    while (!r.empty()) {
        if (commands.size() == surface_commands_max)
            return fail(Errc::limit_exceeded, "surface commands", commands.size());
        LUCID_TRY(const auto type, r.u16_le("cmdType"));
        switch (type) {
            case cmdtype_set_surface_bits:
            case cmdtype_stream_surface_bits: {
                LUCID_TRY(const auto bits, take_surface_bits(r));
                commands.push_back(bits);
                break;
            }
            case cmdtype_frame_marker: {
                FrameMarker marker;
                LUCID_TRY(const auto action, r.u16_le("frameAction"));
                if (action > 1) return fail(Errc::bad_value, "frameAction", action);
                marker.end = action == 1;
                LUCID_TRY(marker.frame_id, r.u32_le("frameId"));
                commands.push_back(marker);
                break;
            }
            default:
                return fail(Errc::unsupported, "cmdType", type);
        }
    }
    return commands;
}

Result<std::vector<BitmapCodecId>> decode_bitmap_codecs(ByteView capability) {
    Reader r(capability);
    LUCID_CHECK(r.skip(4, "capability header"));
    LUCID_TRY(const auto count, r.u8("bitmapCodecCount"));
    std::vector<BitmapCodecId> codecs;
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto guid, r.array<16>("codecGUID"));
        BitmapCodecId codec;
        LUCID_TRY(codec.id, r.u8("codecID"));
        LUCID_TRY(const auto length, r.u16_le("codecPropertiesLength"));
        LUCID_CHECK(r.skip(length, "codecProperties"));
        const auto known = std::find_if(known_codecs.begin(), known_codecs.end(),
                                        [&](const auto& k) { return k.guid == guid; });
        codec.codec = known == known_codecs.end() ? BitmapCodec::unknown : known->codec;
        codecs.push_back(codec);
    }
    return codecs;
}

Result<BitmapCapability> decode_bitmap_capability(ByteView capability) {
    Reader r(capability);
    BitmapCapability out;
    LUCID_CHECK(r.skip(4, "capability header"));
    LUCID_TRY(out.bits_per_pixel, r.u16_le("preferredBitsPerPixel"));
    LUCID_CHECK(r.skip(6, "receive bits per pixel"));
    LUCID_TRY(out.desktop_width, r.u16_le("desktopWidth"));
    LUCID_TRY(out.desktop_height, r.u16_le("desktopHeight"));
    return out;
}

}  // namespace lucid::rdp::proto
