// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/planar.hpp>
#include <lucid/rdp/codec/planar_plane.hpp>
#include <lucid/rdp/codec/rows.hpp>

namespace lucid::rdp::codec {

namespace {

/// FormatHeader (MS-RDPEGDI 2.2.2.5.1): colour loss level in three bits, then flags.
constexpr std::uint8_t colour_loss_mask = 0x07;
constexpr std::uint8_t flag_chroma_subsampling = 0x08;
constexpr std::uint8_t flag_rle = 0x10;
constexpr std::uint8_t flag_no_alpha = 0x20;

enum Plane { plane_alpha, plane_first, plane_second, plane_third, planes };

struct Layout {
    std::uint8_t colour_loss = 0;
    bool subsampled = false;
    bool rle = false;
    bool alpha = false;
    BitmapSize size;
    BitmapSize chroma;  ///< of the second and third plane
    [[nodiscard]] BitmapSize plane_size(int plane) const {
        return plane >= plane_second ? chroma : size;
    }
};

Result<Layout> read_layout(Reader& reader, BitmapSize size) {
    LUCID_TRY(const auto header, reader.u8("planar format header"));
    Layout out;
    out.colour_loss = header & colour_loss_mask;
    out.subsampled = (header & flag_chroma_subsampling) != 0;
    out.rle = (header & flag_rle) != 0;
    out.alpha = (header & flag_no_alpha) == 0;
    if (out.subsampled && out.colour_loss == 0)
        return fail(Errc::bad_value, "planar chroma subsampling of RGB planes", header);
    out.size = size;
    out.chroma = out.subsampled ? BitmapSize{(size.width + 1) / 2, (size.height + 1) / 2} : size;
    return out;
}

}  // namespace

Result<void> PlanarDecoder::decode(ByteView data, BitmapSize size, RowOrder order,
                                   PixelView target) {
    if (target.width() > size.width || target.height() > size.height)
        return fail(Errc::bad_value, "planar bitmap smaller than its target");
    if (size.pixels() > planar_pixels_max)
        return fail(Errc::limit_exceeded, "planar bitmap", size.pixels());
    Reader reader(data);
    LUCID_TRY(const auto layout, read_layout(reader, size));
    if (size.pixels() == 0) return {};

    const std::uint8_t* begin[planes] = {};
    if (layout.rle) planes_.resize(size.area() * planes + plane_slack_bytes);
    for (int plane = layout.alpha ? plane_alpha : plane_first; plane < planes; ++plane) {
        const BitmapSize plane_size = layout.plane_size(plane);
        if (layout.rle) {
            const MutableByteView out(planes_.data() + size.area() * plane,
                                      plane_size.area() + plane_slack_bytes);
            LUCID_CHECK(decode_plane_rle(reader, plane_size, out));
            begin[plane] = out.data();
        } else {
            LUCID_TRY(const auto raw, reader.take(plane_size.area(), "planar plane"));
            begin[plane] = raw.data();
        }
    }
    for (std::uint32_t y = 0; y < target.height(); ++y) {
        const std::uint32_t from = order == RowOrder::top_down ? y : size.height - 1 - y;
        const std::size_t chroma_row =
            std::size_t{layout.subsampled ? from / 2 : from} * layout.chroma.width;
        const std::size_t row = std::size_t{from} * size.width;
        PlaneRows rows;
        rows.alpha = layout.alpha ? begin[plane_alpha] + row : nullptr;
        rows.first = begin[plane_first] + row;
        rows.second = begin[plane_second] + chroma_row;
        rows.third = begin[plane_third] + chroma_row;
        rows.chroma_step = layout.subsampled ? 2 : 1;
        if (layout.colour_loss == 0)
            merge_rgb(rows, target.row(y), target.width());
        else
            merge_ycocg(rows, Orange::raises_blue, layout.colour_loss - 1, target.row(y),
                        target.width());
    }
    return {};
}

}  // namespace lucid::rdp::codec
