// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/clear.hpp>

#include <algorithm>
#include <optional>
#include <tests/support/clear_writer.hpp>
#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::codec {
namespace {

using lucid::test::ClearWriter;
using test::make_picture;
using test::Picture;

std::error_code decode(ClearDecoder& decoder, ByteView data, Picture& out) {
    const auto done = decoder.decode(data, out.view());
    return done ? std::error_code() : done.error().code;
}

TEST(Clear, every_layer_gives_the_picture) {
    ClearDecoder decoder;
    ClearWriter writer;
    for (std::uint32_t seed = 0; seed < 12; ++seed) {
        auto picture = make_picture(40 + 9 * seed, 20 + 13 * seed, seed);
        for (const auto& stream :
             {writer.residual(picture.view()), writer.bands(picture.view()),
              writer.bands(picture.view()), writer.subcodec(picture.view(), 0)}) {
            Picture out(picture.width, picture.height);
            ASSERT_FALSE(decode(decoder, stream, out)) << seed;
            ASSERT_EQ(out.bytes, picture.bytes) << seed;
        }
    }
}

TEST(Clear, picture_of_another_implementations_tests) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    auto picture = test::read_bmp(*data /
                                  "ms-egfx/TestSuites/RDP/Client/src/TestSuite/TestData/"
                                  "RdpegfxClearCodecTestImage.bmp");
    ClearDecoder decoder;
    ClearWriter writer;
    for (const auto& stream : {writer.bands(picture.view()), writer.residual(picture.view())}) {
        Picture out(picture.width, picture.height);
        ASSERT_FALSE(decode(decoder, stream, out));
        EXPECT_EQ(out.colours(), picture.colours());
    }
}

TEST(Clear, rings_wrap_and_reset) {
    ClearDecoder decoder;
    ClearWriter writer;
    // Noise: every column is new, so the rings of 32768 and 16384 bars wrap.
    std::mt19937 random(3);
    for (int round = 0; round < 17; ++round) {
        if (round == 12) writer.reset_next();
        Picture picture(2048, 1, 0xff);
        for (std::size_t i = 0; i < picture.bytes.size(); ++i)
            if (i % 4 != 3) picture.bytes[i] = static_cast<std::uint8_t>(random());
        for (int twice = 0; twice < 2; ++twice) {
            Picture out(2048, 1);
            ASSERT_FALSE(decode(decoder, writer.bands(picture.view()), out)) << round;
            ASSERT_EQ(out.bytes, picture.bytes) << round;
        }
    }
}

TEST(Clear, rlex_suites_and_palettes) {
    ClearDecoder decoder;
    ClearWriter writer;
    for (const std::uint32_t colours : {1, 2, 3, 16, 17, 64, 127}) {
        Picture picture(64, 16, 0xff);
        for (std::size_t i = 0; i < picture.bytes.size() / 4; ++i) {
            const auto value = static_cast<std::uint8_t>((i / 3 + i * i / 97) % colours);
            for (int channel = 0; channel < 3; ++channel) picture.bytes[4 * i + channel] = value;
        }
        const auto stream = writer.subcodec(picture.view(), 2);
        ASSERT_FALSE(stream.empty());
        Picture out(64, 16);
        ASSERT_FALSE(decode(decoder, stream, out)) << colours;
        EXPECT_EQ(out.bytes, picture.bytes) << colours;
    }
}

TEST(Clear, glyphs_are_kept_and_bounded) {
    ClearDecoder decoder;
    ClearWriter writer;
    auto picture = make_picture(32, 32, 5);
    Picture out(32, 32);
    ASSERT_FALSE(decode(decoder, writer.as_glyph(writer.residual(picture.view()), 3999), out));
    Picture again(32, 32);
    ASSERT_FALSE(decode(decoder, writer.glyph_hit(3999), again));
    EXPECT_EQ(again.bytes, picture.bytes);
    EXPECT_EQ(decode(decoder, writer.glyph_hit(3998), again), Errc::not_found);
    EXPECT_EQ(decode(decoder, writer.glyph_hit(4000), again), Errc::bad_value);
    auto large = make_picture(33, 32, 5);
    EXPECT_EQ(decode(decoder, writer.as_glyph(writer.residual(large.view()), 1), large),
              Errc::limit_exceeded);
}

TEST(Clear, state_survives_save_and_restore) {
    ClearDecoder decoder;
    ClearWriter writer;
    auto first = make_picture(100, 60, 1);
    auto glyph = make_picture(10, 10, 2);
    Picture out(100, 60), small(10, 10);
    ASSERT_FALSE(decode(decoder, writer.bands(first.view()), out));
    ASSERT_FALSE(decode(decoder, writer.as_glyph(writer.residual(glyph.view()), 7), small));
    Bytes state;
    decoder.save(state);
    ClearDecoder other;
    ASSERT_TRUE(other.restore(state));
    Bytes same;
    other.save(same);
    EXPECT_EQ(state, same);
    const auto next = writer.bands(first.view());
    const auto hit = writer.glyph_hit(7);
    for (auto* d : {&decoder, &other}) {
        Picture bands(100, 60), glyphs(10, 10);
        ASSERT_FALSE(decode(*d, next, bands));
        EXPECT_EQ(bands.bytes, first.bytes);
        ASSERT_FALSE(decode(*d, hit, glyphs));
        EXPECT_EQ(glyphs.bytes, glyph.bytes);
    }
    test::cut_and_damage(state, 200, [&](ByteView damaged) {
        ClearDecoder broken;
        (void)broken.restore(damaged);
        Picture picture(100, 60);
        (void)decode(broken, next, picture);
    });
    EXPECT_EQ(decode(decoder, next, out), Errc::refused) << "out of sequence";
    decoder.reset();
    EXPECT_FALSE(decode(decoder, next, out)) << "any number begins";
}

TEST(Clear, refuses_what_does_not_fit) {
    ClearDecoder decoder;
    std::uint8_t sequence = 0;
    Picture out(8, 60);
    const auto error = [&](Bytes residual, Bytes bands, Bytes subcodecs) {
        Writer w;
        w.u8(0).u8(sequence++);
        for (const auto* layer : {&residual, &bands, &subcodecs})
            w.u32_le(static_cast<std::uint32_t>(layer->size()));
        w.bytes(residual).bytes(bands).bytes(subcodecs);
        return decode(decoder, w.view(), out);
    };
    const Bytes all = {1, 2, 3, 0xff, 0xe0, 0x01};  // 480 pixels
    EXPECT_FALSE(error(all, {}, {}));
    EXPECT_EQ(error({1, 2, 3, 0xff, 0xe1, 0x01}, {}, {}), Errc::bad_length);
    EXPECT_EQ(error({1, 2, 3, 0xff, 0xdf, 0x01}, {}, {}), Errc::truncated);
    const auto band = [](std::uint8_t x_end, std::uint8_t y_end) {
        return Bytes{0, 0, x_end, 0, 0, 0, y_end, 0, 9, 9, 9};
    };
    const auto with = [](Bytes head, Bytes tail) {
        append(head, tail);
        return head;
    };
    EXPECT_FALSE(error({}, with(band(0, 51), {0x00, 0x00}), {})) << "52 rows";
    EXPECT_EQ(error({}, with(band(0, 52), {0, 0}), {}), Errc::limit_exceeded) << "53 rows";
    EXPECT_EQ(error({}, with(band(8, 1), {0, 0}), {}), Errc::bad_value) << "past the target";
    EXPECT_EQ(error({}, with(band(0, 1), {0x05, 0x04}), {}), Errc::bad_value) << "yOff < yOn";
    EXPECT_EQ(error({}, with(band(0, 1), {0x00, 0x35}), {}), Errc::bad_value) << "53 pixels";
    EXPECT_EQ(error({}, band(0, 1), {}), Errc::truncated);
    EXPECT_FALSE(error({}, with(band(0, 1), {0xff, 0xff}), {})) << "a bar never cached";
    EXPECT_EQ(out.colours()[0], 0U);
    EXPECT_EQ(error({}, {}, {0, 0, 0, 0, 1, 0, 1, 0, 3, 0, 0, 0, 9, 1, 2, 3}), Errc::bad_value);
    EXPECT_EQ(error({}, {}, {0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 0, 1, 2}), Errc::bad_length);
    EXPECT_EQ(error({}, {}, {8, 0, 0, 0, 1, 0, 1, 0, 3, 0, 0, 0, 0, 1, 2, 3}), Errc::bad_value);
    EXPECT_EQ(error({}, {}, {0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 2, 128}), Errc::bad_value);
}

/// A stream of layers, in sequence.
class Layers {
  public:
    Bytes make(std::uint8_t flags, std::optional<std::uint16_t> glyph, ByteView residual,
               ByteView bands = {}, ByteView subcodecs = {}) {
        Writer w;
        w.u8(flags).u8(sequence_++);
        if (glyph) w.u16_le(*glyph);
        for (const auto& layer : {residual, bands, subcodecs})
            w.u32_le(static_cast<std::uint32_t>(layer.size()));
        return w.bytes(residual).bytes(bands).bytes(subcodecs).take();
    }
    /// One subcodec rectangle at the upper left.
    Bytes subcodec(std::uint8_t id, std::uint16_t width, std::uint16_t height, ByteView data) {
        Writer w;
        w.u16_le(0).u16_le(0).u16_le(width).u16_le(height);
        w.u32_le(static_cast<std::uint32_t>(data.size())).u8(id).bytes(data);
        return make(0, {}, {}, {}, w.view());
    }

  private:
    std::uint8_t sequence_ = 0;
};

TEST(Clear, layers_are_drawn_above_a_glyph_and_do_not_change_it) {
    ClearDecoder decoder;
    Layers layers;
    const Bytes green = {0, 0xff, 0, 4};
    const Bytes blue_pixel = {0, 0, 0, 0, 1, 0, 1, 0, 3, 0, 0, 0, 0, 0xff, 0, 0};
    Picture out(2, 2);
    ASSERT_FALSE(decode(decoder, layers.make(0x01, 5, green), out));
    EXPECT_EQ(out.colours(), std::vector<std::uint32_t>(4, 0x00ff00));
    ASSERT_FALSE(decode(decoder, layers.make(0x03, 5, {}, {}, blue_pixel), out));
    EXPECT_EQ(out.colours(), (std::vector<std::uint32_t>{0x0000ff, 0x00ff00, 0x00ff00, 0x00ff00}));
    Picture again(2, 2);
    ASSERT_FALSE(decode(decoder, layers.make(0x03, 5, {}), again));
    EXPECT_EQ(again.colours(), std::vector<std::uint32_t>(4, 0x00ff00));
    EXPECT_EQ(decode(decoder, layers.make(0x02, {}, green), out), Errc::bad_value)
        << "a hit without an index";
}

TEST(Clear, rectangles_turned_round_are_refused) {
    ClearDecoder decoder;
    Layers layers;
    Picture out(8, 8);
    const Bytes left_of_its_start = {1, 0, 0, 0, 0, 0, 1, 0, 9, 9, 9, 0, 0};
    const Bytes above_its_start = {0, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 0, 0};
    for (const auto& band : {left_of_its_start, above_its_start})
        EXPECT_EQ(decode(decoder, layers.make(0, {}, {}, band), out), Errc::bad_value);
}

TEST(Clear, rlex_that_does_not_fit_is_refused) {
    ClearDecoder decoder;
    Layers layers;
    Picture out(4, 1);
    const auto error = [&](Bytes data) {
        return decode(decoder, layers.subcodec(2, 4, 1, data), out);
    };
    const Bytes one = {1, 1, 1, 1}, two = {2, 1, 1, 1, 2, 2, 2};
    const Bytes three = {3, 1, 1, 1, 2, 2, 2, 3, 3, 3};
    const auto with = [](Bytes palette, Bytes runs) {
        append(palette, runs);
        return palette;
    };
    EXPECT_EQ(error({0}), Errc::bad_value) << "no colours";
    EXPECT_FALSE(error(with(one, {0, 3}))) << "three, and one of the suite";
    EXPECT_EQ(out.colours(), std::vector<std::uint32_t>(4, 0x010101));
    EXPECT_EQ(error(with(one, {0, 4})), Errc::bad_length);
    EXPECT_EQ(error(with(one, {0, 2})), Errc::truncated);
    EXPECT_FALSE(error(with(two, {0x03, 2}))) << "from the first colour to the second";
    EXPECT_EQ(out.colours(), (std::vector<std::uint32_t>{0x010101, 0x010101, 0x010101, 0x020202}));
    EXPECT_EQ(error(with(two, {0x02, 2})), Errc::bad_value) << "deeper than its end";
    EXPECT_EQ(error(with(three, {0x03, 3})), Errc::bad_value) << "a fourth colour of three";
    EXPECT_EQ(error(with(one, {0})), Errc::truncated);
    EXPECT_EQ(error({2, 1, 1, 1, 2, 2}), Errc::truncated);
    EXPECT_EQ(error({}), Errc::truncated);
}

TEST(Clear, nscodec_as_a_subcodec) {
    ClearDecoder decoder;
    Layers layers;
    Picture out(8, 1);
    // Luma 10 in a run of four and four bytes, Co 1, Cg 2, no alpha; loss level 1.
    Writer w;
    w.u32_le(7).u32_le(8).u32_le(8).u32_le(0).u8(1).u8(0).u16_le(0);
    w.bytes(Bytes{10, 10, 2, 10, 10, 10, 10}).bytes(Bytes(8, 1)).bytes(Bytes(8, 2));
    ASSERT_FALSE(decode(decoder, layers.subcodec(1, 8, 1, w.view()), out));
    EXPECT_EQ(out.colours(), std::vector<std::uint32_t>(8, 0x090c07));
    EXPECT_EQ(decode(decoder, layers.subcodec(1, 8, 1, w.view().first(20)), out), Errc::truncated);
}

TEST(Clear, refuses_a_stream_cut_anywhere) {
    const Bytes residual = {1, 2, 3, 4};
    const Bytes bands = {0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 0x00, 0x01, 7, 7, 7};
    const Bytes subcodecs = {0, 0, 0, 0, 1, 0, 1, 0, 3, 0, 0, 0, 0, 1, 2, 3};
    const auto whole = Layers().make(0x01, 9, residual, bands, subcodecs);
    Picture out(2, 2);
    ClearDecoder good;
    ASSERT_FALSE(decode(good, whole, out));
    for (std::size_t n = 0; n < whole.size(); ++n) {
        ClearDecoder decoder;
        EXPECT_EQ(decode(decoder, ByteView(whole).first(n), out), Errc::truncated) << n;
    }
    // Each layer by itself, its size as it is.
    const auto cut_layer = [&](const Bytes& layer, auto make) {
        for (std::size_t n = 1; n < layer.size(); ++n) {
            ClearDecoder decoder;
            EXPECT_EQ(decode(decoder, make(ByteView(layer).first(n)), out), Errc::truncated) << n;
        }
    };
    cut_layer(residual, [](ByteView cut) { return Layers().make(0, {}, cut); });
    cut_layer(bands, [](ByteView cut) { return Layers().make(0, {}, {}, cut); });
    cut_layer(subcodecs, [](ByteView cut) { return Layers().make(0, {}, {}, {}, cut); });
    const Bytes short_hit = {0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 0x00, 0x40};
    ClearDecoder decoder;
    EXPECT_EQ(decode(decoder, Layers().make(0, {}, {}, short_hit), out), Errc::truncated);
}

TEST(Clear, state_is_cut_between_bars_and_between_glyphs) {
    ClearDecoder decoder, unused;
    Bytes state;
    unused.save(state);
    ASSERT_TRUE(decoder.restore(state));
    EXPECT_EQ(state[1], 0) << "not started";
    auto picture = make_picture(100, 60, 1);
    Picture out(100, 60);
    ASSERT_FALSE(decode(decoder, ClearWriter().bands(picture.view()), out));
    Bytes plain, with_cuts(5);
    std::vector<std::size_t> cuts;
    decoder.save(plain);
    decoder.save(with_cuts, &cuts);
    EXPECT_EQ(plain, Bytes(with_cuts.begin() + 5, with_cuts.end()));
    EXPECT_GT(cuts.size(), 2U);
    EXPECT_TRUE(std::is_sorted(cuts.begin(), cuts.end()));
    EXPECT_GE(cuts.front(), 5U);
    EXPECT_LE(cuts.back(), with_cuts.size());
}

TEST(Clear, refuses_a_state_that_is_none) {
    struct State {
        std::uint8_t version = 1;
        std::uint32_t cursor = 3;
        std::uint32_t bars = 1;
        std::uint8_t bar_pixels = 52;
        std::uint16_t glyph = 3999;
        std::uint16_t glyph_pixels = 1024;
        [[nodiscard]] Bytes bytes() const {
            Writer w;
            w.u8(version).u8(1).u8(7).u32_le(cursor).u32_le(bars);
            w.u8(bar_pixels).zeros(std::size_t{3} * bar_pixels);
            w.u32_le(16383).u32_le(0);
            w.u16_le(glyph).u16_le(glyph_pixels).zeros(std::size_t{3} * glyph_pixels);
            return w.take();
        }
    };
    ClearDecoder decoder;
    const auto refusal = [&](ByteView state) {
        const auto done = decoder.restore(state);
        return done ? std::error_code() : done.error().code;
    };
    const auto good = State().bytes();
    ASSERT_FALSE(refusal(good));
    Bytes same;
    decoder.save(same);
    EXPECT_EQ(same, good);
    EXPECT_EQ(refusal(State{.version = 2}.bytes()), Errc::bad_version);
    EXPECT_EQ(refusal(State{.cursor = 32768}.bytes()), Errc::bad_value);
    EXPECT_EQ(refusal(State{.bars = 32769}.bytes()), Errc::bad_value);
    EXPECT_EQ(refusal(State{.bars = 5000}.bytes()), Errc::bad_value) << "more than there are bytes";
    EXPECT_EQ(refusal(State{.bar_pixels = 53}.bytes()), Errc::bad_value);
    EXPECT_EQ(refusal(State{.glyph = 4000}.bytes()), Errc::bad_value);
    EXPECT_EQ(refusal(State{.glyph_pixels = 1025}.bytes()), Errc::bad_value);
    // A cut between glyphs is not seen here: whoever keeps states knows their length.
    const std::size_t before_glyphs = good.size() - 4 - 3 * 1024;
    for (std::size_t n = 0; n < good.size(); n += n < before_glyphs + 6 ? 1 : 100) {
        const auto code = refusal(ByteView(good).first(n));
        EXPECT_EQ(n == before_glyphs, !code) << n;
    }
    // After a refusal the decoder is a new one: any number begins.
    EXPECT_EQ(refusal(State{.version = 2}.bytes()), Errc::bad_version);
    Picture out(2, 2);
    EXPECT_FALSE(decode(decoder, Layers().make(0, {}, Bytes{1, 2, 3, 4}), out));
}

TEST(Clear, survives_cuts_and_damage) {
    ClearWriter writer;
    auto picture = make_picture(90, 70, 8);
    const auto prelude = writer.bands(picture.view());
    for (const auto& stream : {writer.bands(make_picture(90, 70, 9).view()),
                               writer.subcodec(picture.view(), 0), writer.residual(picture.view())})
        test::cut_and_damage(stream, 250, [&](ByteView data) {
            ClearDecoder decoder;
            Picture out(90, 70);
            (void)decode(decoder, prelude, out);
            Bytes in_sequence = to_bytes(data);
            if (in_sequence.size() > 1) in_sequence[1] = 1;
            (void)decode(decoder, in_sequence, out);
        });
}

}  // namespace
}  // namespace lucid::rdp::codec
