// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/dwt_extrapolated.hpp>
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/lanes_portable.hpp>
#include <lucid/rdp/codec/progressive.hpp>

#include <cmath>
#include <tests/support/progressive_writer.hpp>
#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::codec {
namespace {

using lucid::test::ProgressiveWriter;
using test::make_picture;
using test::Picture;

std::error_code decode(ProgressiveDecoder& decoder, ByteView data, Picture& out,
                       std::uint16_t surface = 1, std::uint32_t context = 7) {
    std::vector<Rect> damage;
    const auto done = decoder.decode({surface, context}, data, out.view(), damage);
    return done ? std::error_code() : done.error().code;
}

/// Peak signal to noise ratio of the colours, in dB.
double psnr(const Picture& a, const Picture& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i) {
        if (i % 4 == 3) continue;
        const double d = a.bytes[i] - b.bytes[i];
        sum += d * d;
    }
    const double mean = sum / (3.0 * static_cast<double>(a.bytes.size()) / 4.0);
    return mean == 0 ? 99 : 10 * std::log10(255.0 * 255.0 / mean);
}

TEST(Progressive, upgrades_end_where_full_quality_is) {
    for (const bool extrapolate : {true, false}) {
        auto picture = make_picture(150, 100, 3);
        ProgressiveWriter writer(150, 100, extrapolate);
        ProgressiveDecoder coarse, whole;
        Picture stepwise(150, 100), at_once(150, 100);
        double last = 0;
        for (int pass = 0; pass < 5; ++pass) {
            const unsigned dropped[] = {6, 4, 3, 1, 0};
            const auto message = pass == 0 ? writer.first(picture.view(), dropped[0])
                                           : writer.upgrade(dropped[pass]);
            ASSERT_FALSE(decode(coarse, message, stepwise)) << pass;
            EXPECT_GT(psnr(stepwise, picture), last) << pass;
            last = psnr(stepwise, picture);
        }
        EXPECT_GT(last, 36) << extrapolate;
        ASSERT_FALSE(decode(whole, writer.simple(picture.view()), at_once));
        EXPECT_EQ(stepwise.bytes, at_once.bytes) << extrapolate;
    }
}

TEST(Progressive, picture_of_another_implementations_tests) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    auto picture = test::read_bmp(*data /
                                  "ms-egfx/TestSuites/RDP/Client/src/TestSuite/TestData/"
                                  "RdpegfxRfxProgressiveCodecTestImage.bmp");
    ProgressiveWriter writer(picture.width, picture.height, true);
    ProgressiveDecoder decoder;
    Picture out(picture.width, picture.height);
    ASSERT_FALSE(decode(decoder, writer.simple(picture.view()), out));
    EXPECT_GT(psnr(out, picture), 35);
}

TEST(Progressive, differences_add_up) {
    auto first = make_picture(130, 70, 1), second = make_picture(130, 70, 2);
    ProgressiveWriter writer(130, 70, true), other(130, 70, true);
    ProgressiveDecoder decoder, plain;
    Picture out(130, 70), expected(130, 70);
    ASSERT_FALSE(decode(decoder, writer.simple(first.view()), out));
    ASSERT_FALSE(decode(decoder, writer.simple(second.view(), true), out));
    ASSERT_FALSE(decode(plain, other.simple(second.view()), expected));
    EXPECT_EQ(out.bytes, expected.bytes);
}

TEST(Progressive, state_survives_save_and_restore_between_passes) {
    auto picture = make_picture(200, 90, 4);
    ProgressiveWriter writer(200, 90, true);
    ProgressiveDecoder decoder;
    Picture out(200, 90), again(200, 90);
    ASSERT_FALSE(decode(decoder, writer.first(picture.view(), 5), out));
    ASSERT_FALSE(decode(decoder, writer.upgrade(3), out));
    Bytes state;
    decoder.save(state);
    EXPECT_LT(state.size(), decoder.tiles() * progressive_tile_bytes / 3);
    ProgressiveDecoder other;
    ASSERT_TRUE(other.restore(state));
    EXPECT_EQ(other.tiles(), decoder.tiles());
    Bytes same;
    other.save(same);
    EXPECT_EQ(state, same);
    const auto last = writer.upgrade(0);
    ASSERT_FALSE(decode(decoder, last, out));
    ASSERT_FALSE(decode(other, last, again));
    EXPECT_EQ(out.bytes, again.bytes);
    test::cut_and_damage(state, 60, [&](ByteView damaged) {
        ProgressiveDecoder broken;
        if (!broken.restore(damaged)) {
            EXPECT_EQ(broken.tiles(), 0U);
        }
        Picture target(200, 90);
        (void)decode(broken, last, target);
    });
}

TEST(Progressive, contexts_are_apart_and_bounded) {
    auto picture = make_picture(128, 64, 5);
    ProgressiveWriter writer(128, 64, true);
    const auto first = writer.first(picture.view(), 4);
    const auto upgrade = writer.upgrade(0);
    ProgressiveDecoder decoder(5);
    Picture out(128, 64);
    EXPECT_EQ(decode(decoder, upgrade, out), Errc::not_found) << "nothing to upgrade";
    decoder.reset();
    ASSERT_FALSE(decode(decoder, first, out, 1, 7));
    ASSERT_FALSE(decode(decoder, first, out, 1, 8));
    EXPECT_EQ(decoder.tiles(), 4U);
    EXPECT_EQ(decode(decoder, first, out, 2, 7), Errc::limit_exceeded) << "a sixth tile";
    decoder.delete_context({1, 8});
    decoder.delete_context({1, 8});
    decoder.delete_surface(2);
    EXPECT_EQ(decoder.tiles(), 2U);
    EXPECT_FALSE(decode(decoder, upgrade, out, 1, 7));
    decoder.delete_surface(1);
    EXPECT_EQ(decoder.tiles(), 0U);
    ProgressiveDecoder many;
    for (std::uint32_t i = 0; i < progressive_contexts_max; ++i)
        ASSERT_FALSE(decode(many, {}, out, 1, i));
    EXPECT_EQ(decode(many, {}, out, 1, progressive_contexts_max), Errc::limit_exceeded);
}

TEST(Progressive, survives_cuts_and_damage) {
    auto picture = make_picture(100, 40, 6);
    for (const bool extrapolate : {true, false}) {
        ProgressiveWriter writer(100, 40, extrapolate);
        const auto first = writer.first(picture.view(), 5);
        const auto upgrade = writer.upgrade(1);
        Picture out(100, 40);
        test::cut_and_damage(first, 100, [&](ByteView data) {
            ProgressiveDecoder decoder;
            (void)decode(decoder, data, out);
            (void)decode(decoder, upgrade, out);
        });
        test::cut_and_damage(upgrade, 100, [&](ByteView data) {
            ProgressiveDecoder decoder;
            (void)decode(decoder, first, out);
            (void)decode(decoder, data, out);
        });
    }
}

TEST(Lanes, inverse_extrapolated_transform_is_the_same) {
    std::mt19937 random(5);
    for (int round = 0; round < 60; ++round) {
        Coefficients vector, plain;
        for (std::size_t i = 0; i < 4096; ++i) {
            const int any = static_cast<std::int16_t>(random());
            vector[i] = plain[i] = static_cast<std::int16_t>(round % 2 == 0 ? any % 1500 : any);
        }
        dwt::inverse_extrapolated<Lanes>(vector);
        dwt::inverse_extrapolated<PortableLanes>(plain);
        ASSERT_TRUE(std::equal(plain, plain + 4096, vector)) << round;
    }
}

}  // namespace
}  // namespace lucid::rdp::codec
