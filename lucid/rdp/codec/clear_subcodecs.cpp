// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/clear_layers.hpp>
#include <lucid/rdp/codec/pixel_runs.hpp>
#include <lucid/rdp/codec/run_length.hpp>
#include <lucid/rdp/codec/uncompressed.hpp>

#include <algorithm>
#include <bit>

namespace lucid::rdp::codec::clear {

namespace {

/// subCodecId (MS-RDPEGFX 2.2.4.1.1.3.1).
constexpr std::uint8_t subcodec_uncompressed = 0;
constexpr std::uint8_t subcodec_nscodec = 1;
constexpr std::uint8_t subcodec_rlex = 2;
constexpr std::uint8_t rlex_palette_max = 127;

/// CLEARCODEC_SUBCODEC_RLEX (MS-RDPEGFX 2.2.4.1.1.3.1.1): runs of a colour, each followed by a
/// suite, one pixel of each palette entry from the run's to stopIndex.
Result<void> draw_rlex(ByteView data, PixelView target) {
    Reader reader(data);
    LUCID_TRY(const auto count, reader.u8("rlex paletteCount"));
    if (count < 1 || count > rlex_palette_max)
        return fail(Errc::bad_value, "rlex paletteCount", count);
    std::array<std::uint32_t, rlex_palette_max> palette;
    for (std::size_t i = 0; i < count; ++i) {
        LUCID_TRY(const auto bgr, reader.array<3>("rlex palette"));
        palette[i] =
            0xff000000U | bgr[0] | std::uint32_t{bgr[1]} << 8 | std::uint32_t{bgr[2]} << 16;
    }
    const auto bits = std::max(1U, static_cast<unsigned>(std::bit_width(count - 1U)));
    PixelRuns runs(target);
    while (!reader.empty()) {  // so there are indices
        LUCID_TRY(const std::uint32_t indices, reader.u8("rlex indices"));
        LUCID_TRY(const auto length, read_run_length(reader));
        const std::uint32_t stop = indices & ((1U << bits) - 1);
        const std::uint32_t depth = indices >> bits;
        if (depth > stop || stop >= count) return fail(Errc::bad_value, "rlex indices", indices);
        if (std::uint64_t{length} + depth + 1 > runs.left())
            return fail(Errc::bad_length, "rlex run", length);
        runs.fill(palette[stop - depth], length);
        for (std::uint32_t i = stop - depth; i <= stop; ++i) runs.fill(palette[i], 1);
    }
    if (runs.left() != 0) return fail(Errc::truncated, "rlex pixels", runs.left());
    return {};
}

Result<void> draw_uncompressed(ByteView data, PixelView target) {
    static constexpr Palette no_palette = {};
    const BitmapSize size{target.width(), target.height()};
    if (data.size() != size.pixels() * 3)
        return fail(Errc::bad_length, "clear subcodec pixels", data.size());
    return decode_uncompressed(data, {PixelFormat::bgr24, RowOrder::top_down, 1}, size, no_palette,
                               target);
}

}  // namespace

Result<void> draw_subcodecs(ByteView data, NsCodecDecoder& nscodec, PixelView target) {
    Reader reader(data);
    while (!reader.empty()) {
        LUCID_TRY(const std::uint32_t x, reader.u16_le("clear subcodec xStart"));
        LUCID_TRY(const std::uint32_t y, reader.u16_le("clear subcodec yStart"));
        LUCID_TRY(const std::uint32_t width, reader.u16_le("clear subcodec width"));
        LUCID_TRY(const std::uint32_t height, reader.u16_le("clear subcodec height"));
        LUCID_TRY(const auto bytes, reader.u32_le("clear bitmapDataByteCount"));
        LUCID_TRY(const auto id, reader.u8("clear subCodecId"));
        LUCID_TRY(const auto bitmap, reader.take(bytes, "clear subcodec bitmap"));
        LUCID_TRY(const auto part, target.part({x, y, width, height}));
        switch (id) {
            case subcodec_uncompressed:
                LUCID_CHECK(draw_uncompressed(bitmap, part));
                break;
            case subcodec_nscodec:
                LUCID_CHECK(nscodec.decode(bitmap, {width, height}, RowOrder::top_down, part));
                break;
            case subcodec_rlex:
                LUCID_CHECK(draw_rlex(bitmap, part));
                break;
            default:
                return fail(Errc::bad_value, "clear subCodecId", id);
        }
    }
    return {};
}

}  // namespace lucid::rdp::codec::clear
