// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/clear_layers.hpp>

#include <algorithm>
#include <cstring>

namespace lucid::rdp::codec::clear {

namespace {

/// Kinds of a bar's header in its two upper bits (MS-RDPEGFX 2.2.4.1.1.2.1).
constexpr std::uint16_t bar_hit = 0x8000;
constexpr std::uint16_t kind_mask = 0xc000;
constexpr std::uint16_t short_hit = 0x4000;

std::uint32_t colour_of(const std::uint8_t* bgr) {
    return 0xff000000U | bgr[0] | std::uint32_t{bgr[1]} << 8 | std::uint32_t{bgr[2]} << 16;
}

void draw_bar(std::span<const std::uint32_t> pixels, PixelView band, std::uint32_t column) {
    std::uint8_t* out = band.row(0) + column * pixel_bytes;
    // What was never cached is black, as peers show it: hosts send such hits after a cache reset.
    for (std::uint32_t y = 0; y < band.height(); ++y, out += band.stride()) {
        const std::uint32_t pixel = y < pixels.size() ? pixels[y] : 0xff000000U;
        std::memcpy(out, &pixel, pixel_bytes);
    }
}

/// A new bar: the background, and from `first` on what of the short bar fits.
std::span<const std::uint32_t> make_bar(BarRing& bars, std::uint32_t height,
                                        std::uint32_t background, std::uint32_t first,
                                        std::span<const std::uint32_t> short_bar) {
    std::uint32_t* out = bars.store(height);
    std::fill_n(out, height, background);
    if (first < height)
        std::copy_n(short_bar.data(), std::min<std::size_t>(short_bar.size(), height - first),
                    out + first);
    return {out, height};
}

Result<std::span<const std::uint32_t>> read_short_bar(Reader& reader, std::uint16_t header,
                                                      BarRing& short_bars) {
    const std::uint32_t first = header & 0xff;
    const std::uint32_t end = header >> 8 & 0x3f;
    if (end < first || end - first > clear_vbar_pixels_max)
        return fail(Errc::bad_value, "clear short bar", header);
    LUCID_TRY(const auto bytes, reader.take((end - first) * std::size_t{3}, "clear short bar"));
    std::uint32_t* out = short_bars.store(end - first);
    for (std::size_t i = 0; i < end - first; ++i) out[i] = colour_of(bytes.data() + 3 * i);
    return std::span<const std::uint32_t>(out, end - first);
}

Result<void> draw_band(Reader& reader, BarRing& bars, BarRing& short_bars, PixelView band,
                       std::uint32_t background) {
    for (std::uint32_t column = 0; column < band.width(); ++column) {
        LUCID_TRY(const auto header, reader.u16_le("clear bar header"));
        if ((header & bar_hit) != 0) {
            draw_bar(bars.at(header & 0x7fff), band, column);
            continue;
        }
        std::uint32_t first = header & 0xff;
        std::span<const std::uint32_t> short_bar;
        if ((header & kind_mask) == short_hit) {
            LUCID_TRY(first, reader.u8("clear short bar row"));
            short_bar = short_bars.at(header & 0x3fff);
        } else {
            LUCID_TRY(short_bar, read_short_bar(reader, header, short_bars));
        }
        draw_bar(make_bar(bars, band.height(), background, first, short_bar), band, column);
    }
    return {};
}

}  // namespace

Result<void> draw_bands(ByteView data, BarRing& bars, BarRing& short_bars, PixelView target) {
    Reader reader(data);
    while (!reader.empty()) {
        LUCID_TRY(const std::uint32_t x_start, reader.u16_le("clear band xStart"));
        LUCID_TRY(const std::uint32_t x_end, reader.u16_le("clear band xEnd"));
        LUCID_TRY(const std::uint32_t y_start, reader.u16_le("clear band yStart"));
        LUCID_TRY(const std::uint32_t y_end, reader.u16_le("clear band yEnd"));
        LUCID_TRY(const auto background, reader.array<3>("clear band background"));
        if (x_end < x_start || y_end < y_start)
            return fail(Errc::bad_value, "clear band rectangle", x_start);
        if (y_end - y_start >= clear_vbar_pixels_max)
            return fail(Errc::limit_exceeded, "clear band height", y_end - y_start + 1);
        LUCID_TRY(const auto band,
                  target.part({x_start, y_start, x_end - x_start + 1, y_end - y_start + 1}));
        LUCID_CHECK(draw_band(reader, bars, short_bars, band, colour_of(background.data())));
    }
    return {};
}

}  // namespace lucid::rdp::codec::clear
