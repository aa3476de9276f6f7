// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/clear.hpp>

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
