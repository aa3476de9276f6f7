// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/uncompressed.hpp>

#include <cstring>

namespace lucid::rdp::codec {

namespace {

constexpr std::uint32_t opaque = 0xff000000;

/// Five or six bits to eight. No document says how clients widen; six bits go as in FreeRDP, so
/// that pictures equal its.
constexpr std::uint32_t widen5(std::uint32_t v) {
    return v << 3 | v >> 2;
}
constexpr std::uint32_t widen6(std::uint32_t v) {
    const std::uint32_t wide = (v << 2) + (v >> 3);
    return wide > 255 ? 255 : wide;
}

constexpr std::uint32_t from_rgb555(std::uint32_t v) {
    return opaque | widen5(v >> 10 & 31) << 16 | widen5(v >> 5 & 31) << 8 | widen5(v & 31);
}
constexpr std::uint32_t from_rgb565(std::uint32_t v) {
    return opaque | widen5(v >> 11 & 31) << 16 | widen6(v >> 5 & 63) << 8 | widen5(v & 31);
}

template <std::size_t Bytes, class Convert>
void convert_row(const std::uint8_t* in, std::uint8_t* out, std::uint32_t width, Convert convert) {
    for (std::uint32_t x = 0; x < width; ++x, in += Bytes, out += pixel_bytes) {
        std::uint32_t value = 0;
        std::memcpy(&value, in, Bytes);
        const std::uint32_t pixel = convert(value);
        std::memcpy(out, &pixel, pixel_bytes);
    }
}

void convert(PixelFormat format, const std::uint8_t* in, std::uint8_t* out, std::uint32_t width,
             const Palette& palette) {
    switch (format) {
        case PixelFormat::indexed8:
            return convert_row<1>(in, out, width, [&](auto v) { return opaque | palette[v]; });
        case PixelFormat::rgb555:
            return convert_row<2>(in, out, width, from_rgb555);
        case PixelFormat::rgb565:
            return convert_row<2>(in, out, width, from_rgb565);
        case PixelFormat::bgr24:
            return convert_row<3>(in, out, width, [](auto v) { return opaque | v; });
        case PixelFormat::bgrx32:
            return convert_row<4>(in, out, width, [](auto v) { return opaque | v; });
        case PixelFormat::bgra32:
            std::memcpy(out, in, width * pixel_bytes);
            return;
    }
}

}  // namespace

Result<PixelFormat> pixel_format_of(std::uint32_t bits_per_pixel) {
    switch (bits_per_pixel) {
        case 8:
            return PixelFormat::indexed8;
        case 15:
            return PixelFormat::rgb555;
        case 16:
            return PixelFormat::rgb565;
        case 24:
            return PixelFormat::bgr24;
        case 32:
            return PixelFormat::bgrx32;
        default:
            return fail(Errc::unsupported, "bits per pixel", bits_per_pixel);
    }
}

std::size_t bytes_per_pixel(PixelFormat format) {
    switch (format) {
        case PixelFormat::indexed8:
            return 1;
        case PixelFormat::rgb555:
        case PixelFormat::rgb565:
            return 2;
        case PixelFormat::bgr24:
            return 3;
        case PixelFormat::bgrx32:
        case PixelFormat::bgra32:
            break;
    }
    return 4;
}

Result<void> decode_uncompressed(ByteView data, RawLayout layout, BitmapSize size,
                                 const Palette& palette, PixelView target) {
    if (target.width() > size.width || target.height() > size.height)
        return fail(Errc::bad_value, "bitmap smaller than its target");
    const std::uint64_t row = std::uint64_t{size.width} * bytes_per_pixel(layout.format);
    const std::uint64_t multiple = layout.row_multiple == 0 ? 1 : layout.row_multiple;
    const std::uint64_t row_bytes = (row + multiple - 1) / multiple * multiple;
    if (size.height != 0 && row_bytes != 0 && data.size() / row_bytes < size.height)
        return fail(Errc::truncated, "bitmap rows", data.size());
    for (std::uint32_t y = 0; y < target.height(); ++y) {
        const std::uint32_t from = layout.order == RowOrder::top_down ? y : size.height - 1 - y;
        convert(layout.format, data.data() + from * row_bytes, target.row(y), target.width(),
                palette);
    }
    return {};
}

}  // namespace lucid::rdp::codec
