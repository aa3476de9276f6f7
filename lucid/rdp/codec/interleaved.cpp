// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/interleaved.hpp>
#include <lucid/rdp/codec/interleaved_orders.hpp>
#include <lucid/rdp/codec/uncompressed.hpp>

namespace lucid::rdp::codec {

Result<void> InterleavedDecoder::decode(ByteView data, std::uint32_t bits_per_pixel,
                                        BitmapSize size, const Palette& palette, PixelView target) {
    if (target.width() > size.width || target.height() > size.height)
        return fail(Errc::bad_value, "interleaved bitmap smaller than its target");
    if (size.pixels() > interleaved_pixels_max)
        return fail(Errc::limit_exceeded, "interleaved bitmap", size.pixels());
    if (bits_per_pixel == 32) return fail(Errc::unsupported, "interleaved bits per pixel", 32);
    LUCID_TRY(const auto format, pixel_format_of(bits_per_pixel));
    if (size.pixels() == 0) return {};
    pixels_.resize(size.area() * bytes_per_pixel(format));
    switch (format) {
        case PixelFormat::indexed8:
            LUCID_CHECK(interleaved::decode<interleaved::Pixel8>(data, size, pixels_));
            break;
        case PixelFormat::rgb555:
            LUCID_CHECK(interleaved::decode<interleaved::Pixel15>(data, size, pixels_));
            break;
        case PixelFormat::rgb565:
            LUCID_CHECK(interleaved::decode<interleaved::Pixel16>(data, size, pixels_));
            break;
        default:
            LUCID_CHECK(interleaved::decode<interleaved::Pixel24>(data, size, pixels_));
            break;
    }
    return decode_uncompressed(pixels_, {format, RowOrder::bottom_up, 1}, size, palette, target);
}

}  // namespace lucid::rdp::codec
