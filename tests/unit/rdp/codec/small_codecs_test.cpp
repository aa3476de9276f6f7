// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/alpha.hpp>
#include <lucid/rdp/codec/avc444.hpp>
#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/uncompressed.hpp>

#include <functional>
#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::codec {
namespace {

using test::Picture;

TEST(Pixels, views_never_reach_outside) {
    Bytes bytes(10 * 40);
    EXPECT_FALSE(PixelView::make(bytes, 11, 1, 40)) << "stride";
    EXPECT_FALSE(PixelView::make(bytes, 10, 11, 40)) << "rows";
    EXPECT_TRUE(PixelView::make(MutableByteView(bytes).first(9 * 40 + 8), 2, 10, 40));
    EXPECT_FALSE(PixelView::make(MutableByteView(bytes).first(9 * 40 + 7), 2, 10, 40));
    const auto view = *PixelView::make(bytes, 10, 10, 40);
    EXPECT_TRUE(view.part({9, 9, 1, 1}));
    EXPECT_FALSE(view.part({9, 9, 2, 1}));
    EXPECT_FALSE(view.part({0xffffffff, 0, 2, 1}));
    EXPECT_EQ(view.clipped({8, 8, 0xffffffff, 0xffffffff}).width(), 2U);
    EXPECT_TRUE(view.clipped({0xffffffff, 0xffffffff, 0xffffffff, 1}).empty());
    EXPECT_EQ(intersect({5, 5, 0xffffffff, 10}, {7, 0, 0xffffffff, 6}),
              (Rect{7, 5, 0xfffffffd, 1}));
}

TEST(Pixels, a_view_without_pixels_has_no_sides) {
    Bytes bytes(3 * 20);
    for (const auto& [width, height] : {std::pair{0U, 3U}, std::pair{5U, 0U}}) {
        const auto view = PixelView::make(bytes, width, height, 20);
        ASSERT_TRUE(view);
        EXPECT_TRUE(view->empty());
        EXPECT_EQ(view->width() + view->height(), 0U);
    }
    const auto view = *PixelView::make(bytes, 5, 3, 20);
    EXPECT_FALSE(view.empty());
    EXPECT_TRUE(view.clipped({0, 0, 5, 0}).empty());
    EXPECT_TRUE((Rect{1, 1, 0, 3}).empty());
    EXPECT_TRUE((Rect{1, 1, 3, 0}).empty());
    EXPECT_FALSE((Rect{1, 1, 3, 3}).empty());
}

TEST(Pixels, bytes_of_less_than_a_row_and_parts_past_an_edge_are_refused) {
    Bytes bytes(3 * 20);
    EXPECT_EQ(PixelView::make(MutableByteView(bytes).first(19), 5, 1, 20).error().code,
              Errc::bad_length);
    const auto view = *PixelView::make(bytes, 5, 3, 20);
    EXPECT_TRUE(view.part({5, 3, 0, 0}));
    for (const Rect past : {Rect{6, 0, 0, 0}, Rect{0, 4, 0, 0}, Rect{1, 0, 5, 1}, Rect{0, 1, 1, 3}})
        EXPECT_EQ(view.part(past).error().code, Errc::bad_value) << past.x << " " << past.y;
}

/// Refused as a bitmap smaller than its target, which stays as it was.
void expect_target_refused(const std::function<Result<void>(PixelView, BitmapSize)>& decode) {
    for (const BitmapSize target : {BitmapSize{5, 4}, BitmapSize{4, 5}}) {
        Picture out(target.width, target.height, 0x55);
        const auto before = out.bytes;
        const auto done = decode(out.view(), {4, 4});
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Errc::bad_value);
        EXPECT_EQ(out.bytes, before);
    }
}

TEST(Uncompressed, refuses_a_target_larger_than_the_bitmap) {
    expect_target_refused([](PixelView target, BitmapSize size) {
        return decode_uncompressed(Bytes(400), {}, size, {}, target);
    });
}

TEST(Uncompressed, a_bitmap_without_pixels_has_no_rows) {
    for (const BitmapSize size : {BitmapSize{0, 0}, BitmapSize{0, 9}, BitmapSize{9, 0}})
        EXPECT_TRUE(decode_uncompressed({}, {PixelFormat::bgr24, RowOrder::bottom_up, 4}, size, {},
                                        PixelView()));
}

TEST(Uncompressed, every_format_by_its_bits) {
    Palette palette = {};
    palette[7] = 0x00123456;
    const auto pixel = [&](PixelFormat format, Bytes bytes) {
        EXPECT_EQ(bytes_per_pixel(format), bytes.size());
        Picture out(1, 1);
        EXPECT_TRUE(decode_uncompressed(bytes, {format, RowOrder::top_down, 1}, {1, 1}, palette,
                                        out.view()));
        return std::uint32_t{out.bytes[3]} << 24 | out.colours()[0];
    };
    EXPECT_EQ(pixel(*pixel_format_of(8), {7}), 0xff123456U);
    EXPECT_EQ(pixel(*pixel_format_of(15), {0x41, 0x7c}), 0xffff1008U);  // 11111 00010 00001
    EXPECT_EQ(pixel(*pixel_format_of(16), {0x41, 0xf8}), 0xffff0808U);  // 11111 000010 00001
    EXPECT_EQ(pixel(*pixel_format_of(24), {1, 2, 3}), 0xff030201U);
    EXPECT_EQ(pixel(*pixel_format_of(32), {1, 2, 3, 4}), 0xff030201U);
    EXPECT_EQ(pixel(PixelFormat::bgra32, {1, 2, 3, 4}), 0x04030201U);
}

TEST(Uncompressed, formats_rows_and_padding) {
    Picture out(1, 2);
    // Rows of three bytes padded to four, last row first.
    const Bytes rows = {1, 2, 3, 0, 4, 5, 6, 0};
    ASSERT_TRUE(decode_uncompressed(rows, {PixelFormat::bgr24, RowOrder::bottom_up, 4}, {1, 2}, {},
                                    out.view()));
    EXPECT_EQ(out.colours(), (std::vector<std::uint32_t>{0x060504, 0x030201}));
    EXPECT_FALSE(decode_uncompressed(ByteView(rows).first(7),
                                     {PixelFormat::bgr24, RowOrder::top_down, 4}, {1, 2}, {},
                                     out.view()));
    ASSERT_TRUE(decode_uncompressed(rows, {PixelFormat::bgra32, RowOrder::top_down, 1}, {1, 2}, {},
                                    out.view()));
    EXPECT_EQ(out.bytes, rows);
    EXPECT_FALSE(pixel_format_of(4));
}

TEST(Alpha, raw_and_runs) {
    Picture out(300, 2, 0x11);
    Bytes raw = {0x4c, 0x41, 0, 0};
    for (int i = 0; i < 600; ++i) raw.push_back(static_cast<std::uint8_t>(i));
    ASSERT_TRUE(decode_alpha(raw, out.view()));
    EXPECT_EQ(out.bytes[4 * 599 + 3], static_cast<std::uint8_t>(599));
    EXPECT_EQ(out.bytes[4 * 599], 0x11) << "colours stay";
    const Bytes runs = {0x4c, 0x41, 1, 0, 7, 0xff, 0x00, 0x01, 8, 0xff, 0xff, 0xff, 0x58, 1, 0, 0};
    ASSERT_TRUE(decode_alpha(runs, out.view()));
    EXPECT_EQ(out.bytes[4 * 255 + 3], 7);
    EXPECT_EQ(out.bytes[4 * 256 + 3], 8);
    EXPECT_FALSE(decode_alpha(ByteView(runs).first(runs.size() - 1), out.view()));
    Bytes longer = runs;
    longer[12] = 0x59;
    EXPECT_FALSE(decode_alpha(longer, out.view())) << "a run past the end";
    Bytes trailing = runs;
    trailing.push_back(0);
    EXPECT_FALSE(decode_alpha(trailing, out.view()));
    Bytes magic = runs;
    magic[0] = 0;
    EXPECT_FALSE(decode_alpha(magic, out.view()));
}

TEST(Alpha, refuses_data_cut_anywhere) {
    Picture out(300, 1);
    Bytes raw = {0x4c, 0x41, 0, 0};
    raw.resize(304);
    for (const auto& whole : {raw, Bytes{0x4c, 0x41, 1, 0, 7, 0xff, 0x2c, 0x01}}) {
        ASSERT_TRUE(decode_alpha(whole, out.view()));
        for (std::size_t n = 0; n < whole.size(); ++n)
            EXPECT_EQ(decode_alpha(ByteView(whole).first(n), out.view()).error().code,
                      Errc::truncated)
                << n;
    }
}

Bytes nscodec_stream(const std::vector<Bytes>& planes, std::uint8_t loss, bool subsampled) {
    Writer w;
    for (const auto& plane : planes) w.u32_le(static_cast<std::uint32_t>(plane.size()));
    w.u8(loss).u8(subsampled ? 1 : 0).u16_le(0);
    for (const auto& plane : planes) w.bytes(plane);
    return w.take();
}

TEST(NsCodec, raw_and_run_length_planes) {
    NsCodecDecoder decoder;
    Picture out(8, 1);
    // Luma 10 eight times as a run of four and four bytes of end data; Co 1, Cg 2; no alpha.
    const Bytes run = {10, 10, 2, 10, 10, 10, 10};
    const auto data = nscodec_stream({run, Bytes(8, 1), Bytes(8, 2), {}}, 1, false);
    ASSERT_TRUE(decoder.decode(data, {8, 1}, RowOrder::top_down, out.view()));
    EXPECT_EQ(out.colours(), std::vector<std::uint32_t>(8, 0x090c07));
    EXPECT_EQ(out.bytes[3], 0xff);
    test::cut_and_damage(data, 1000, [&](ByteView damaged) {
        (void)decoder.decode(damaged, {8, 1}, RowOrder::top_down, out.view());
    });
    EXPECT_FALSE(decoder.decode(nscodec_stream({run, Bytes(8, 1), Bytes(8, 2), {}}, 0, false),
                                {8, 1}, RowOrder::top_down, out.view()));
    EXPECT_FALSE(decoder.decode(nscodec_stream({run, {}, Bytes(8, 2), {}}, 1, false), {8, 1},
                                RowOrder::top_down, out.view()));
    const Bytes too_long = {10, 10, 7, 10, 10, 10, 10};
    EXPECT_FALSE(decoder.decode(nscodec_stream({too_long, Bytes(8), Bytes(8), {}}, 1, false),
                                {8, 1}, RowOrder::top_down, out.view()));
    EXPECT_FALSE(decoder.decode(data, {8192, 8193}, RowOrder::top_down, out.view()));
}

TEST(NsCodec, rows_alpha_and_runs_of_any_length) {
    NsCodecDecoder decoder;
    // Two rows of 150: luma 10 in 297 pixels by a run with a length of four bytes, then 20 once in
    // the data that ends the plane; alpha 5 and, in the last row, 6.
    const Bytes luma = {10, 10, 0xff, 40, 1, 0, 0, 10, 20, 20, 20};
    Bytes alpha(150, 5);
    alpha.resize(300, 6);
    const auto data = nscodec_stream({luma, Bytes(300), Bytes(300), alpha}, 1, false);
    Picture out(150, 2);
    ASSERT_TRUE(decoder.decode(data, {150, 2}, RowOrder::bottom_up, out.view()));
    EXPECT_EQ(out.colours()[0], 0x0a0a0aU);
    EXPECT_EQ(out.colours()[149], 0x141414U) << "the last row is the first";
    EXPECT_EQ(out.colours()[299], 0x0a0a0aU);
    EXPECT_EQ(out.bytes[3], 6);
    EXPECT_EQ(out.bytes.back(), 5);
    // The longest run with a length of one byte: 256.
    Picture row(300, 1);
    const auto done = decoder.decode(
        nscodec_stream({Bytes{9, 9, 0xfe, 9, 9, 38, 9, 9, 9, 9}, Bytes(300), Bytes(300), {}}, 1,
                       false),
        {300, 1}, RowOrder::top_down, row.view());
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(row.colours(), std::vector<std::uint32_t>(300, 0x090909));
}

TEST(NsCodec, refuses_a_target_larger_than_the_bitmap_and_draws_nothing_of_none) {
    NsCodecDecoder decoder;
    const auto data = nscodec_stream({Bytes(16), Bytes(16), Bytes(16), {}}, 1, false);
    expect_target_refused([&](PixelView target, BitmapSize size) {
        return decoder.decode(data, size, RowOrder::top_down, target);
    });
    EXPECT_TRUE(decoder.decode(data, {0, 7}, RowOrder::top_down, PixelView()));
}

TEST(NsCodec, refuses_a_stream_cut_anywhere) {
    NsCodecDecoder decoder;
    Picture out(8, 1);
    const auto data =
        nscodec_stream({Bytes{1, 1, 2, 1, 1, 1, 1}, Bytes(8), Bytes(8), Bytes(8)}, 1, false);
    ASSERT_TRUE(decoder.decode(data, {8, 1}, RowOrder::top_down, out.view()));
    for (std::size_t n = 0; n < data.size(); ++n)
        EXPECT_EQ(decoder.decode(ByteView(data).first(n), {8, 1}, RowOrder::top_down, out.view())
                      .error()
                      .code,
                  Errc::truncated)
            << n;
    // A plane that ends inside a value, a run, its length, and the data at its end.
    for (const Bytes& plane : {Bytes{1}, Bytes{1, 1}, Bytes{1, 1, 0xff, 2}, Bytes{1, 1, 2, 1}})
        EXPECT_EQ(decoder
                      .decode(nscodec_stream({plane, Bytes(8), Bytes(8), {}}, 1, false), {8, 1},
                              RowOrder::top_down, out.view())
                      .error()
                      .code,
                  Errc::truncated)
            << plane.size();
    // Values that leave fewer than the last four bytes.
    EXPECT_EQ(
        decoder
            .decode(nscodec_stream({Bytes{1, 1, 3, 1, 1, 1}, Bytes(8), Bytes(8), {}}, 1, false),
                    {8, 1}, RowOrder::top_down, out.view())
            .error()
            .code,
        Errc::bad_length);
}

struct Planes {
    Bytes y, u, v;
    std::uint32_t width, height;
    Planes(std::uint32_t w, std::uint32_t h, std::uint32_t seed) : width(w), height(h) {
        std::mt19937 random(seed);
        y.resize(std::size_t{w} * h);
        u.resize(std::size_t{w / 2} * (h / 2));
        v.resize(u.size());
        for (auto* plane : {&y, &u, &v})
            for (auto& sample : *plane) sample = static_cast<std::uint8_t>(random());
    }
    [[nodiscard]] Yuv420Frame frame() const {
        return {{y, width}, {u, width / 2}, {v, width / 2}, width, height};
    }
};

TEST(Yuv, primary_colours_and_bounds) {
    Planes planes(16, 16, 1);
    std::fill(planes.y.begin(), planes.y.end(), std::uint8_t{128});
    std::fill(planes.u.begin(), planes.u.end(), std::uint8_t{128});
    std::fill(planes.v.begin(), planes.v.end(), std::uint8_t{255});
    Picture out(16, 16);
    ASSERT_TRUE(draw_yuv420(planes.frame(), {1, 1, 2, 2}, out.view()));
    EXPECT_EQ(out.colours()[0], 0U);
    EXPECT_EQ(out.colours()[17], 0xff4480U) << "128 + 403 * 127 / 256, 128 - 120 * 127 / 256";
    auto frame = planes.frame();
    frame.u.bytes = frame.u.bytes.first(63);
    EXPECT_FALSE(draw_yuv420(frame, {0, 0, 16, 16}, out.view()));
    frame = planes.frame();
    frame.v.stride = 7;
    EXPECT_FALSE(check_frame(frame));
    frame = planes.frame();
    frame.y.bytes = frame.y.bytes.first(15);
    EXPECT_EQ(check_frame(frame).error().code, Errc::bad_length) << "less than a row";
    for (auto* side : {&frame.width, &frame.height}) {
        frame = planes.frame();
        *side = 0;
        EXPECT_EQ(check_frame(frame).error().code, Errc::bad_value);
    }
}

/// Splits a 4:4:4 picture as MS-RDPEGFX 3.3.8.3.2 and 3.3.8.3.3 say, and takes it together again.
TEST(Avc444, both_versions_give_back_the_picture) {
    constexpr std::uint32_t side = 64;
    const Planes full(side, side, 9);
    Bytes chroma[2] = {Bytes(side * side), Bytes(side * side)};
    std::mt19937 random(4);
    for (auto& plane : chroma)
        for (std::size_t i = 0; i < plane.size(); ++i)
            // Two by two averages are exact, so the fourth sample comes back exactly.
            plane[i] = static_cast<std::uint8_t>(4 * (random() % 64));
    const auto at = [&](int c, std::uint32_t x, std::uint32_t y) {
        return chroma[c][y * side + x];
    };
    for (const auto version : {Avc444Version::v1, Avc444Version::v2}) {
        Planes main = full, auxiliary(side, side, 10);
        for (std::uint32_t y = 0; y < side; ++y)
            for (std::uint32_t x = 0; x < side; ++x)
                for (int c = 0; c < 2; ++c) {
                    Bytes& quarter = c == 0 ? main.u : main.v;
                    const std::size_t half = side / 2;
                    if (x % 2 == 0 && y % 2 == 0) {
                        const int sum =
                            at(c, x, y) + at(c, x + 1, y) + at(c, x, y + 1) + at(c, x + 1, y + 1);
                        quarter[y / 2 * half + x / 2] = static_cast<std::uint8_t>(sum / 4);
                    } else if (version == Avc444Version::v1) {
                        const std::size_t block = y / 16 * 16 + y / 2 % 8 + (c == 1 ? 8 : 0);
                        if (y % 2 == 1) auxiliary.y[block * side + x] = at(c, x, y);
                        if (y % 2 == 0)
                            (c == 0 ? auxiliary.u : auxiliary.v)[y / 2 * half + x / 2] =
                                at(c, x, y);
                    } else if (x % 2 == 1) {
                        auxiliary.y[y * side + x / 2 + (c == 1 ? half : 0)] = at(c, x, y);
                    } else {
                        Bytes& plane = x % 4 == 0 ? auxiliary.u : auxiliary.v;
                        plane[y / 2 * half + x / 4 + (c == 1 ? side / 4 : 0)] = at(c, x, y);
                    }
                }
        const Rect whole{0, 0, side, side};
        Avc444Combiner combiner;
        ASSERT_TRUE(combiner.reset({side, side}));
        ASSERT_TRUE(combiner.take_main(main.frame(), {&whole, 1}));
        ASSERT_TRUE(combiner.take_auxiliary(auxiliary.frame(), {&whole, 1}, version));
        // Again, as a message with the auxiliary view alone: the same picture.
        ASSERT_TRUE(combiner.take_auxiliary(auxiliary.frame(), {&whole, 1}, version));
        Bytes state;
        combiner.save(state);
        for (std::size_t i = 0; i < side * side; ++i) {
            ASSERT_EQ(state[9 + i], full.y[i]);
            ASSERT_EQ(state[9 + side * side + i], chroma[0][i]) << i % side << " " << i / side;
            ASSERT_EQ(state[9 + 2 * side * side + i], chroma[1][i]) << i % side << " " << i / side;
        }
        Avc444Combiner other;
        ASSERT_TRUE(other.restore(state));
        EXPECT_FALSE(Avc444Combiner().restore(ByteView(state).first(state.size() - 1)));
        Picture a(side, side), b(side, side);
        combiner.draw({&whole, 1}, a.view());
        other.draw({&whole, 1}, b.view());
        EXPECT_EQ(a.bytes, b.bytes);
    }
}

TEST(Avc444, bounds) {
    Avc444Combiner combiner;
    EXPECT_FALSE(combiner.reset({8192, 8193}));
    ASSERT_TRUE(combiner.reset({20, 10}));
    const Planes small(16, 8, 1);
    const std::vector<Rect> rects = {{0, 0, 0xffffffff, 0xffffffff}, {19, 9, 5, 5}, {30, 0, 1, 1}};
    EXPECT_TRUE(combiner.take_main(small.frame(), rects));
    auto broken = small.frame();
    broken.u.stride = 1;
    EXPECT_EQ(combiner.take_main(broken, rects).error().code, Errc::bad_value);
    EXPECT_EQ(combiner.take_auxiliary(broken, rects, Avc444Version::v1).error().code,
              Errc::bad_value);
    EXPECT_TRUE(combiner.take_auxiliary(small.frame(), rects, Avc444Version::v1));
    EXPECT_TRUE(combiner.take_auxiliary(small.frame(), rects, Avc444Version::v2));
    Picture out(8, 30);
    combiner.draw(rects, out.view());
}

TEST(Avc444, refuses_a_state_that_is_none) {
    Avc444Combiner combiner;
    ASSERT_TRUE(combiner.reset({4, 4}));
    Bytes state;
    combiner.save(state);
    const auto refusal = [](ByteView saved) {
        const auto done = Avc444Combiner().restore(saved);
        return done ? std::error_code() : done.error().code;
    };
    EXPECT_FALSE(refusal(state));
    for (std::size_t n = 0; n < state.size(); ++n)
        EXPECT_EQ(refusal(ByteView(state).first(n)), Errc::truncated) << n;
    Bytes damaged = state;
    damaged[0] = 2;
    EXPECT_EQ(refusal(damaged), Errc::bad_version);
    damaged = state;
    damaged.push_back(0);
    EXPECT_EQ(refusal(damaged), Errc::trailing_bytes);
    // A size that its own bytes contradict takes no memory.
    damaged = state;
    damaged[3] = damaged[7] = 0x10;
    EXPECT_EQ(refusal(damaged), Errc::truncated);
    Writer large;
    large.u8(1).u32_le(8192).u32_le(8193).zeros(std::size_t{8192} * 8193);
    EXPECT_EQ(refusal(large.view()), Errc::limit_exceeded);
}

}  // namespace
}  // namespace lucid::rdp::codec
