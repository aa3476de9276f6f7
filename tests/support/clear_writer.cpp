// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstring>
#include <tests/support/clear_writer.hpp>

namespace lucid::test {

using rdp::codec::PixelView;

namespace {

std::uint32_t pixel_at(PixelView view, std::uint32_t x, std::uint32_t y) {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, view.row(y) + 4 * std::size_t{x}, 4);
    return pixel & 0xffffff;
}

void write_colour(Writer& out, std::uint32_t colour) {
    out.u16_le(static_cast<std::uint16_t>(colour)).u8(static_cast<std::uint8_t>(colour >> 16));
}

void write_length(Writer& out, std::uint32_t length) {
    if (length < 0xff) {
        out.u8(static_cast<std::uint8_t>(length));
    } else if (length < 0xffff) {
        out.u8(0xff).u16_le(static_cast<std::uint16_t>(length));
    } else {
        out.u8(0xff).u16_le(0xffff).u32_le(length);
    }
}

std::vector<std::uint32_t> pixels_of(PixelView view) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t y = 0; y < view.height(); ++y)
        for (std::uint32_t x = 0; x < view.width(); ++x) out.push_back(pixel_at(view, x, y));
    return out;
}

}  // namespace

void ClearWriter::Ring::store(const Column& column) {
    if (const auto old = index.find(slots[cursor]); old != index.end() && old->second == cursor)
        index.erase(old);
    slots[cursor] = column;
    index[column] = cursor;
    cursor = (cursor + 1) % slots.size();
}

void ClearWriter::Ring::clear() {
    index.clear();
    cursor = 0;
}

Bytes ClearWriter::stream(ByteView residual, ByteView bands, ByteView subcodecs) {
    Writer out;
    out.u8(reset_ ? 0x04 : 0).u8(sequence_++);
    reset_ = false;
    for (const auto& layer : {residual, bands, subcodecs})
        out.u32_le(static_cast<std::uint32_t>(layer.size()));
    return out.bytes(residual).bytes(bands).bytes(subcodecs).take();
}

Bytes ClearWriter::residual(PixelView picture) {
    Writer out;
    const auto pixels = pixels_of(picture);
    for (std::size_t at = 0; at < pixels.size();) {
        std::size_t end = at + 1;
        while (end < pixels.size() && pixels[end] == pixels[at]) ++end;
        write_colour(out, pixels[at]);
        write_length(out, static_cast<std::uint32_t>(end - at));
        at = end;
    }
    return stream(out.view(), {}, {});
}

Bytes ClearWriter::bands(PixelView picture) {
    if (reset_) {
        bars_.clear();
        short_bars_.clear();
    }
    Writer background;
    write_colour(background, pixel_at(picture, 0, 0));
    write_length(background, picture.width() * picture.height());
    Writer out;
    for (std::uint32_t y = 0; y < picture.height(); y += 52)
        band(out, picture.clipped({0, y, picture.width(), 52}), y);
    return stream(background.view(), out.view(), {});
}

void ClearWriter::band(Writer& out, PixelView band, std::uint32_t y) {
    std::map<std::uint32_t, std::size_t> counts;
    for (const auto pixel : pixels_of(band)) ++counts[pixel];
    const auto background = std::max_element(counts.begin(), counts.end(), [](auto& a, auto& b) {
                                return a.second < b.second;
                            })->first;
    out.u16_le(0).u16_le(static_cast<std::uint16_t>(band.width() - 1));
    out.u16_le(static_cast<std::uint16_t>(y));
    out.u16_le(static_cast<std::uint16_t>(y + band.height() - 1));
    write_colour(out, background);
    for (std::uint32_t x = 0; x < band.width(); ++x) {
        Column column;
        for (std::uint32_t row = 0; row < band.height(); ++row)
            column.push_back(pixel_at(band, x, row));
        bar(out, column, background);
    }
}

void ClearWriter::bar(Writer& out, const Column& column, std::uint32_t background) {
    if (const auto hit = bars_.index.find(column); hit != bars_.index.end()) {
        out.u16_le(static_cast<std::uint16_t>(0x8000 | hit->second));
        return;
    }
    const auto other = [&](std::uint32_t pixel) { return pixel != background; };
    const auto first = std::find_if(column.begin(), column.end(), other);
    const auto last = std::find_if(column.rbegin(), column.rend(), other).base();
    const Column middle = first < last ? Column(first, last) : Column();
    const auto start = middle.empty() ? 0 : static_cast<std::size_t>(first - column.begin());
    if (const auto hit = short_bars_.index.find(middle);
        hit != short_bars_.index.end() && !middle.empty()) {
        out.u16_le(static_cast<std::uint16_t>(0x4000 | hit->second));
        out.u8(static_cast<std::uint8_t>(start));
    } else {
        out.u16_le(static_cast<std::uint16_t>((start + middle.size()) << 8 | start));
        for (const auto pixel : middle) write_colour(out, pixel);
        short_bars_.store(middle);
    }
    bars_.store(column);
}

Bytes ClearWriter::subcodec_data(PixelView picture, std::uint8_t id, ByteView data) {
    Writer out;
    out.u16_le(0).u16_le(0).u16_le(static_cast<std::uint16_t>(picture.width()));
    out.u16_le(static_cast<std::uint16_t>(picture.height()));
    out.u32_le(static_cast<std::uint32_t>(data.size())).u8(id).bytes(data);
    return stream({}, {}, out.view());
}

Bytes ClearWriter::subcodec(PixelView picture, std::uint8_t id) {
    const auto pixels = pixels_of(picture);
    Writer out;
    if (id == 0) {
        for (const auto pixel : pixels) write_colour(out, pixel);
        return subcodec_data(picture, id, out.view());
    }
    std::vector<std::uint32_t> palette = pixels;
    std::sort(palette.begin(), palette.end());
    palette.erase(std::unique(palette.begin(), palette.end()), palette.end());
    if (palette.size() > 127) return {};
    const auto count = static_cast<std::uint8_t>(palette.size());
    const auto bits = std::max(1, static_cast<int>(std::bit_width(count - 1U)));
    out.u8(count);
    for (const auto colour : palette) write_colour(out, colour);
    const auto entry = [&](std::size_t at) {
        return static_cast<std::size_t>(
            std::lower_bound(palette.begin(), palette.end(), pixels[at]) - palette.begin());
    };
    for (std::size_t at = 0; at < pixels.size();) {
        // A run of the first colour, then as long a suite as the indices rise by one.
        const std::size_t start = entry(at);
        std::size_t run = 0;
        while (at + run + 1 < pixels.size() && entry(at + run + 1) == start) ++run;
        std::size_t depth = 0;
        while (at + run + depth + 1 < pixels.size() &&
               entry(at + run + depth + 1) == start + depth + 1 &&
               depth + 1 < std::size_t{1} << (8 - bits))
            ++depth;
        out.u8(static_cast<std::uint8_t>(depth << bits | (start + depth)));
        write_length(out, static_cast<std::uint32_t>(run));
        at += run + depth + 1;
    }
    return subcodec_data(picture, id, out.view());
}

Bytes ClearWriter::as_glyph(Bytes stream, std::uint16_t index) {
    stream[0] |= 0x01;
    const std::uint8_t bytes[] = {static_cast<std::uint8_t>(index),
                                  static_cast<std::uint8_t>(index >> 8)};
    stream.insert(stream.begin() + 2, std::begin(bytes), std::end(bytes));
    return stream;
}

Bytes ClearWriter::glyph_hit(std::uint16_t index) {
    return Writer().u8(0x03).u8(sequence_++).u16_le(index).take();
}

}  // namespace lucid::test
