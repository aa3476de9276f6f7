// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/uncompressed.hpp>

#include <cstring>
#include <iterator>

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

/// Pixels of a format as words, by their value in the data.
std::uint32_t from_index(std::uint32_t v, const Palette& palette) {
    return opaque | palette[v];
}
std::uint32_t from_rgb555(std::uint32_t v, const Palette&) {
    return opaque | widen5(v >> 10 & 31) << 16 | widen5(v >> 5 & 31) << 8 | widen5(v & 31);
}
std::uint32_t from_rgb565(std::uint32_t v, const Palette&) {
    return opaque | widen5(v >> 11 & 31) << 16 | widen6(v >> 5 & 63) << 8 | widen5(v & 31);
}
std::uint32_t from_bgr(std::uint32_t v, const Palette&) {
    return opaque | v;
}

template <std::size_t Bytes, auto Convert>
void convert_row(const std::uint8_t* in, std::uint8_t* out, std::uint32_t width,
                 const Palette& palette) {
    for (std::uint32_t x = 0; x < width; ++x, in += Bytes, out += pixel_bytes) {
        std::uint32_t value = 0;
        std::memcpy(&value, in, Bytes);
        const std::uint32_t pixel = Convert(value, palette);
        std::memcpy(out, &pixel, pixel_bytes);
    }
}
void copy_row(const std::uint8_t* in, std::uint8_t* out, std::uint32_t width, const Palette&) {
    std::memcpy(out, in, width * pixel_bytes);
}

struct Format {
    std::size_t bytes;
    void (*convert)(const std::uint8_t* in, std::uint8_t* out, std::uint32_t width,
                    const Palette& palette);
};
/// By PixelFormat.
constexpr Format formats[] = {{1, convert_row<1, from_index>},  {2, convert_row<2, from_rgb555>},
                              {2, convert_row<2, from_rgb565>}, {3, convert_row<3, from_bgr>},
                              {4, convert_row<4, from_bgr>},    {4, copy_row}};
static_assert(std::size(formats) == static_cast<std::size_t>(PixelFormat::bgra32) + 1);

const Format& of(PixelFormat format) {
    return formats[static_cast<std::size_t>(format)];
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
    return of(format).bytes;
}

Result<void> decode_uncompressed(ByteView data, RawLayout layout, BitmapSize size,
                                 const Palette& palette, PixelView target) {
    if (target.width() > size.width || target.height() > size.height)
        return fail(Errc::bad_value, "bitmap smaller than its target");
    const auto& format = of(layout.format);
    const std::uint64_t row = std::uint64_t{size.width} * format.bytes;
    const std::uint64_t multiple = layout.row_multiple;
    const std::uint64_t row_bytes = (row + multiple - 1) / multiple * multiple;
    if (row_bytes != 0 && data.size() / row_bytes < size.height)
        return fail(Errc::truncated, "bitmap rows", data.size());
    for (std::uint32_t y = 0; y < target.height(); ++y) {
        const std::uint32_t from = layout.order == RowOrder::top_down ? y : size.height - 1 - y;
        format.convert(data.data() + from * row_bytes, target.row(y), target.width(), palette);
    }
    return {};
}

}  // namespace lucid::rdp::codec
