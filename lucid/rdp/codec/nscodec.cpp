// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/rows.hpp>

#include <cstring>

namespace lucid::rdp::codec {

namespace {

enum Plane { plane_luma, plane_orange, plane_green, plane_alpha, planes };

/// The last bytes of an encoded plane stand as they are (MS-RDPNSC 2.2.2.1 EndData).
constexpr std::size_t end_data_bytes = 4;

/// MS-RDPNSC 2.2.2.1 NSCODEC_COMPRESSED_RLE_PLANE: single values; a value that stands twice is a
/// run, whose length follows: one byte plus two, or 0xff and four bytes.
Result<void> expand_plane(ByteView data, MutableByteView out) {
    Reader reader(data);
    std::size_t at = 0;
    while (out.size() - at > end_data_bytes) {
        LUCID_TRY(const auto value, reader.u8("nscodec value"));
        std::size_t length = 1;
        // Before the last byte of the segments no run can begin.
        if (out.size() - at > end_data_bytes + 1) {
            LUCID_TRY(const auto next, reader.peek_u8("nscodec value"));
            if (next == value) {
                LUCID_CHECK(reader.skip(1, "nscodec value"));  // it is there
                LUCID_TRY(const auto count, reader.u8("nscodec run length"));
                length = count + 2U;
                if (count == 0xff) {
                    LUCID_TRY(length, reader.u32_le("nscodec run length"));
                }
            }
        }
        if (length > out.size() - at) return fail(Errc::bad_length, "nscodec run", length);
        std::memset(out.data() + at, value, length);
        at += length;
    }
    if (out.size() - at != end_data_bytes) return fail(Errc::bad_length, "nscodec plane", at);
    LUCID_TRY(const auto end, reader.take(end_data_bytes, "nscodec end data"));
    std::memcpy(out.data() + at, end.data(), end_data_bytes);
    return {};
}

struct Layout {
    std::uint32_t plane_bytes[planes];
    std::uint8_t colour_loss = 0;
    bool subsampled = false;
    std::size_t luma_stride = 0;
    std::size_t chroma_stride = 0;
    std::size_t plain_bytes[planes];
};

Result<Layout> read_layout(Reader& reader, BitmapSize size) {
    Layout out;
    for (auto& bytes : out.plane_bytes) {
        LUCID_TRY(bytes, reader.u32_le("nscodec PlaneByteCount"));
    }
    LUCID_TRY(out.colour_loss, reader.u8("nscodec ColorLossLevel"));
    LUCID_TRY(const auto subsampling, reader.u8("nscodec ChromaSubsamplingLevel"));
    LUCID_CHECK(reader.skip(2, "nscodec reserved"));
    if (out.colour_loss < 1 || out.colour_loss > 7)
        return fail(Errc::bad_value, "nscodec ColorLossLevel", out.colour_loss);
    out.subsampled = subsampling != 0;
    // Subsampled luma is padded to eight columns, chroma to halves of that and of two rows.
    out.luma_stride = out.subsampled ? (std::size_t{size.width} + 7) / 8 * 8 : size.width;
    out.chroma_stride = out.subsampled ? out.luma_stride / 2 : size.width;
    const std::size_t chroma_rows =
        out.subsampled ? (std::size_t{size.height} + 1) / 2 : size.height;
    out.plain_bytes[plane_luma] = out.luma_stride * size.height;
    out.plain_bytes[plane_orange] = out.chroma_stride * chroma_rows;
    out.plain_bytes[plane_green] = out.plain_bytes[plane_orange];
    out.plain_bytes[plane_alpha] = size.area();
    return out;
}

}  // namespace

Result<void> NsCodecDecoder::decode(ByteView data, BitmapSize size, RowOrder order,
                                    PixelView target) {
    if (target.width() > size.width || target.height() > size.height)
        return fail(Errc::bad_value, "nscodec bitmap smaller than its target");
    if (size.pixels() > nscodec_pixels_max)
        return fail(Errc::limit_exceeded, "nscodec bitmap", size.pixels());
    Reader reader(data);
    LUCID_TRY(const auto layout, read_layout(reader, size));
    if (size.pixels() == 0) return {};

    const std::uint8_t* begin[planes] = {};
    std::size_t used = 0;
    for (const auto bytes : layout.plain_bytes) used += bytes;
    planes_.resize(used);
    used = 0;
    for (int plane = 0; plane < planes; ++plane) {
        const std::size_t plain = layout.plain_bytes[plane];
        LUCID_TRY(const auto coded, reader.take(layout.plane_bytes[plane], "nscodec plane"));
        if (coded.size() >= plain) {
            begin[plane] = coded.data();
            continue;
        }
        // MS-RDPNSC 2.2.1: no alpha plane means opaque. Other planes must be there.
        if (coded.empty() && plane == plane_alpha) continue;
        const MutableByteView out(planes_.data() + used, plain);
        LUCID_CHECK(expand_plane(coded, out));
        begin[plane] = out.data();
        used += plain;
    }
    for (std::uint32_t y = 0; y < target.height(); ++y) {
        const std::size_t from = order == RowOrder::top_down ? y : size.height - 1 - y;
        const std::size_t chroma_row = (layout.subsampled ? from / 2 : from) * layout.chroma_stride;
        PlaneRows rows;
        rows.first = begin[plane_luma] + from * layout.luma_stride;
        rows.second = begin[plane_orange] + chroma_row;
        rows.third = begin[plane_green] + chroma_row;
        rows.alpha =
            begin[plane_alpha] == nullptr ? nullptr : begin[plane_alpha] + from * size.width;
        rows.chroma_step = layout.subsampled ? 2 : 1;
        merge_ycocg(rows, Orange::raises_red, layout.colour_loss - 1, target.row(y),
                    target.width());
    }
    return {};
}

}  // namespace lucid::rdp::codec
