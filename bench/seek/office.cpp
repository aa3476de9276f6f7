// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "office.hpp"

#include <lucid/common/bytes/writer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <tests/support/freerdp_codecs.hpp>
#include <tests/support/host_stream.hpp>

namespace lucid::bench {
namespace {

constexpr std::uint32_t tile = 64;
constexpr std::uint32_t glyph_width = 8;
constexpr std::uint32_t glyph_height = 16;
constexpr std::uint32_t symbols = 80;
/// The document on the desktop.
constexpr std::uint32_t page_x = 160;
constexpr std::uint32_t page_y = 60;
constexpr std::uint32_t page_columns = 110;
constexpr std::uint32_t page_rows = 38;
constexpr std::uint32_t row_height = 17;
/// BITMAP_COMPRESSION, NO_BITMAP_COMPRESSION_HDR.
constexpr std::uint32_t bitmap_compressed = 0x0401;
constexpr std::size_t pdu_bytes_max = 15'000;
constexpr std::uint64_t second = 1'000'000;

/// Strokes with soft edges, as fonts have them: five shades.
const auto& font() {
    static const auto shapes = [] {
        std::array<std::array<std::uint8_t, glyph_width * glyph_height>, symbols> all{};
        std::mt19937 random(1);
        for (auto& shape : all)
            for (int stroke = 0; stroke < 3; ++stroke) {
                auto x = static_cast<int>(1 + random() % 5);
                auto y = static_cast<int>(3 + random() % 9);
                const int dx = static_cast<int>(random() % 3) - 1;
                const int dy = dx == 0 ? 1 : static_cast<int>(random() % 2);
                for (int i = 0; i < 6; ++i, x += dx, y += dy) {
                    if (x < 0 || x >= 7 || y < 2 || y >= 14) break;
                    shape[static_cast<std::size_t>(y * 8 + x)] = 4;
                    auto& edge = shape[static_cast<std::size_t>(y * 8 + x + 1)];
                    edge =
                        std::max<std::uint8_t>(edge, static_cast<std::uint8_t>(1 + random() % 2));
                }
            }
        return all;
    }();
    return shapes;
}

}  // namespace

struct Office::Encoder {
    test::freerdp::Codecs codecs;
};

Office::Office(std::uint32_t seed, Emit emit)
    : emit_(std::move(emit)), encoder_(std::make_unique<Encoder>()), random_(seed) {
    pixels_.assign(std::size_t{width} * height * 4, 0);
    change_window();
}

Office::~Office() = default;

void Office::fill(std::uint32_t x, std::uint32_t y, std::uint32_t w, std::uint32_t h,
                  std::uint32_t pixel) {
    for (auto line = y; line < y + h; ++line)
        for (auto column = x; column < x + w; ++column)
            for (unsigned i = 0; i < 4; ++i)
                pixels_[(std::size_t{line} * width + column) * 4 + i] =
                    static_cast<std::uint8_t>(pixel >> (8 * i));
}

void Office::glyph(std::uint32_t x, std::uint32_t y, std::uint32_t symbol) {
    const auto& shape = font()[symbol];
    for (std::uint32_t row = 0; row < glyph_height; ++row)
        for (std::uint32_t column = 0; column < glyph_width; ++column) {
            const auto ink = shape[row * glyph_width + column];
            auto* pixel = pixels_.data() + (std::size_t{y + row} * width + x + column) * 4;
            for (unsigned i = 0; i < 3; ++i)
                pixel[i] = static_cast<std::uint8_t>((paper_ >> (8 * i) & 0xff) * (4U - ink) / 4);
        }
}

/// Tiles of the grid that the rectangle touches, cut to it.
void Office::send(std::uint32_t x, std::uint32_t y, std::uint32_t w, std::uint32_t h) {
    Writer rectangles;
    std::uint16_t count = 0;
    const auto flush = [&] {
        if (count == 0) return;
        Writer update;
        update.u16_le(1).u16_le(count).bytes(rectangles.view());
        emit_(now_us_, test::fast_path_update(1, update.view()));
        rectangles.clear();
        count = 0;
    };
    for (auto top = y; top < y + h;) {
        const auto bottom = std::min(y + h, (top / tile + 1) * tile);
        for (auto left = x; left < x + w;) {
            const auto right = std::min(x + w, (left / tile + 1) * tile);
            Bytes part;
            for (auto line = top; line < bottom; ++line)
                append(part, ByteView(pixels_).subspan((std::size_t{line} * width + left) * 4,
                                                       std::size_t{right - left} * 4));
            auto data = encoder_->codecs.encode_planar(part, right - left, bottom - top, false);
            std::uint32_t flags = bitmap_compressed;
            Bytes again(part.size());
            const bool whole = !data.empty() && encoder_->codecs.decode_planar(
                                                    data, right - left, bottom - top, true, again);
            if (!whole) {
                data.clear();
                // The encoder takes nothing as narrow as a caret, and of some noise it makes what
                // its own decoder refuses: plain, rows bottom up.
                flags = 0;
                const auto row = std::size_t{right - left} * 4;
                for (auto line = bottom - top; line-- > 0;)
                    append(data, ByteView(part).subspan(line * row, row));
            }
            if (rectangles.offset() + data.size() > pdu_bytes_max) flush();
            const auto u16 = [&](std::uint32_t v) {
                rectangles.u16_le(static_cast<std::uint16_t>(v));
            };
            u16(left), u16(top), u16(right - 1), u16(bottom - 1), u16(right - left);
            u16(bottom - top), u16(32), u16(flags), u16(static_cast<std::uint32_t>(data.size()));
            rectangles.bytes(data);
            ++count;
            left = right;
        }
        top = bottom;
    }
    flush();
}

void Office::repaint_document() {
    fill(page_x, page_y, page_columns * glyph_width, page_rows * row_height, paper_);
    for (std::uint32_t row = 0; row < page_rows; ++row) {
        // Paragraphs: lines of words, and gaps.
        if (dice(7) == 0) continue;
        const auto length = dice(4) == 0 ? dice(page_columns) : page_columns - dice(12);
        for (std::uint32_t column = 0; column < length; ++column)
            if (dice(6) != 0)
                glyph(page_x + column * glyph_width, page_y + row * row_height, dice(symbols));
    }
    caret_x_ = 0;
    caret_y_ = dice(page_rows - 4);
    send(page_x, page_y, page_columns * glyph_width, page_rows * row_height);
}

void Office::change_window() {
    constexpr std::array<std::uint32_t, 4> papers = {0xffffffff, 0xfff4f1ec, 0xff1e1e1e,
                                                     0xffe8f0fe};
    paper_ = papers[dice(4)] | 0xff000000;
    if (paper_ == 0xff1e1e1e) paper_ = 0xffd8d8d8;
    fill(0, 0, width, height, 0xff3a4a5c);
    // Bars, a list at the side, buttons.
    fill(0, 0, width, 34, 0xffdfe3e8);
    fill(0, 34, 150, height - 34, 0xffeef1f4);
    const auto paper = std::exchange(paper_, 0xffeef1f4);
    for (std::uint32_t row = 0; row < 30; ++row)
        for (std::uint32_t column = 0; column < 8 + dice(8); ++column)
            glyph(8 + column * glyph_width, 44 + row * 22, dice(symbols));
    paper_ = paper;
    send(0, 0, width, height);
    repaint_document();
}

/// Something like a photograph: smooth, with a little noise.
void Office::show_picture() {
    constexpr std::uint32_t side_x = 400;
    constexpr std::uint32_t side_y = 300;
    const auto a = 0.01 + dice(100) * 0.0004;
    const auto b = 0.012 + dice(100) * 0.0003;
    for (std::uint32_t y = 0; y < side_y; ++y)
        for (std::uint32_t x = 0; x < side_x; ++x) {
            auto* pixel = pixels_.data() + (std::size_t{page_y + 80 + y} * width + 360 + x) * 4;
            for (unsigned i = 0; i < 3; ++i)
                pixel[i] = static_cast<std::uint8_t>(
                    128 + 90 * std::sin(a * x + i) * std::cos(b * y - i) + dice(8));
        }
    send(360, page_y + 80, side_x, side_y);
}

void Office::blink() {
    caret_on_ = !caret_on_;
    const auto x = page_x + std::min(caret_x_, page_columns - 1) * glyph_width;
    const auto y = page_y + caret_y_ * row_height;
    fill(x, y, 2, glyph_height, caret_on_ ? 0xff000000 : paper_);
    send(x, y, 2, glyph_height);
}

void Office::type() {
    if (caret_on_) blink();
    if (caret_x_ >= page_columns - 1) {
        caret_x_ = 0;
        caret_y_ = (caret_y_ + 1) % page_rows;
        fill(page_x, page_y + caret_y_ * row_height, page_columns * glyph_width, row_height,
             paper_);
        send(page_x, page_y + caret_y_ * row_height, page_columns * glyph_width, row_height);
    }
    const auto x = page_x + caret_x_ * glyph_width;
    const auto y = page_y + caret_y_ * row_height;
    if (dice(6) != 0) glyph(x, y, dice(symbols));
    send(x, y, glyph_width, glyph_height);
    ++caret_x_;
}

void Office::work(std::uint64_t until_us) {
    while (now_us_ < until_us) {
        if (now_us_ < away_until_us_) {
            // Nobody is there; the caret blinks.
            blink();
            now_us_ += second / 2;
            continue;
        }
        if (now_us_ >= next_window_us_) {
            change_window();
            next_window_us_ = now_us_ + (40 + dice(80)) * second;
            next_scroll_us_ = now_us_ + (8 + dice(20)) * second;
            if (dice(4) == 0) show_picture();
            if (dice(3) == 0) away_until_us_ = now_us_ + (20 + dice(120)) * second;
        } else if (now_us_ >= next_scroll_us_) {
            repaint_document();
            next_scroll_us_ = now_us_ + (8 + dice(20)) * second;
        } else {
            type();
        }
        now_us_ += 120'000 + dice(160'000);
    }
}

}  // namespace lucid::bench
