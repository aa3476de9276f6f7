// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/uncompressed.hpp>
#include <lucid/rdp/picture/screen.hpp>

namespace lucid::rdp::picture {
namespace {

constexpr std::uint32_t black = 0xff000000;

}  // namespace

Result<void> Screen::resize(std::uint32_t width, std::uint32_t height) {
    if (width == pixels_.width() && height == pixels_.height()) return {};
    pixels_ = {};
    LUCID_TRY(pixels_, PixelBuffer::make(*budget_, width, height, black));
    damage_ = {};
    add_damage(pixels_.bounds());
    return {};
}

void Screen::reset() {
    palette_ = {};
    remotefx_.reset();
}

Result<void> Screen::draw(const proto::BitmapRectangle& rectangle) {
    if (rectangle.right < rectangle.left || rectangle.bottom < rectangle.top)
        return fail(Errc::bad_value, "bitmap rectangle", rectangle.left);
    const codec::BitmapSize size{rectangle.width, rectangle.height};
    // What of the bitmap is shown: rows are bottom up, so a bitmap of more rows than its rectangle
    // loses its last ones, which are sent first.
    const codec::Rect shown{
        rectangle.left, rectangle.top,
        std::min<std::uint32_t>(rectangle.right - rectangle.left + 1U, size.width),
        std::min<std::uint32_t>(rectangle.bottom - rectangle.top + 1U, size.height)};
    const auto target = pixels_.view().clipped(shown);
    if (target.empty()) return {};
    if (!rectangle.compressed) {
        LUCID_TRY(const auto format, codec::pixel_format_of(rectangle.bits_per_pixel));
        const codec::RawLayout layout{format, codec::RowOrder::bottom_up, 4};
        LUCID_CHECK(codec::decode_uncompressed(rectangle.data, layout, size, palette_, target));
    } else if (rectangle.bits_per_pixel == 32) {
        LUCID_CHECK(planar_.decode(rectangle.data, size, codec::RowOrder::bottom_up, target));
    } else {
        LUCID_CHECK(
            interleaved_.decode(rectangle.data, rectangle.bits_per_pixel, size, palette_, target));
    }
    add_damage(shown);
    return {};
}

Result<void> Screen::draw(const proto::SurfaceBits& bits) {
    const codec::BitmapSize size{bits.width, bits.height};
    const codec::Rect rect{bits.left, bits.top, bits.width, bits.height};
    const auto target = pixels_.view().clipped(rect);
    switch (bits.codec_id) {
        case surface_codec_none: {
            LUCID_TRY(const auto format, codec::pixel_format_of(bits.bits_per_pixel));
            const codec::RawLayout layout{format, codec::RowOrder::bottom_up, 1};
            LUCID_CHECK(codec::decode_uncompressed(bits.data, layout, size, palette_, target));
            break;
        }
        case surface_codec_nscodec:
            LUCID_CHECK(nscodec_.decode(bits.data, size, codec::RowOrder::bottom_up, target));
            break;
        case surface_codec_remotefx:
        case surface_codec_remotefx_image: {
            std::vector<codec::Rect> drawn;
            const auto decoded =
                remotefx_.decode(bits.data, pixels_.view(), {bits.left, bits.top}, drawn);
            for (const auto& part : drawn) add_damage(part);
            return decoded;
        }
        default:
            return fail(Errc::unsupported, "surface bits codecID", bits.codec_id);
    }
    add_damage(rect);
    return {};
}

void Screen::save(StateWriter& w) const {
    pixels_.save(w);
    for (const auto colour : palette_) w.fields().u32_le(colour);
    Bytes remotefx;
    remotefx_.save(remotefx);
    w.fields().u32_le(static_cast<std::uint32_t>(remotefx.size())).bytes(remotefx);
}

Result<void> Screen::restore(StateReader& r) {
    pixels_ = {};
    LUCID_TRY(pixels_, PixelBuffer::restore(r, *budget_));
    for (auto& colour : palette_) {
        LUCID_TRY(colour, r.fields().u32_le("palette"));
    }
    LUCID_TRY(const auto size, r.fields().u32_le("RemoteFX state"));
    LUCID_TRY(const auto remotefx, r.fields().take(size, "RemoteFX state"));
    LUCID_CHECK(remotefx_.restore(remotefx));
    damage_ = {};
    add_damage(pixels_.bounds());
    return {};
}

}  // namespace lucid::rdp::picture
