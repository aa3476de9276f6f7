// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/planar.hpp>

#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::codec {
namespace {

using test::Picture;

Result<Picture> decode(ByteView data, BitmapSize size, RowOrder order = RowOrder::top_down) {
    PlanarDecoder decoder;
    Picture out(size.width, size.height);
    LUCID_CHECK(decoder.decode(data, size, order, out.view()));
    return out;
}

const char* const captured[] = {"32x64_rgb_raw",    "64x24_argb_rle",     "64x35_ycocg_rle_ss",
                                "64x64_aycocg_rle", "64x64_ycocg_raw_ss", "64x64_ycocg_rle_ss"};

BitmapSize size_of(const std::string& name) {
    return {static_cast<std::uint32_t>(std::stoul(name)),
            static_cast<std::uint32_t>(std::stoul(name.substr(3)))};
}

TEST(Planar, captured_bitmaps_give_their_pixels) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    const auto folder = *data / "ironrdp/crates/ironrdp-graphics/src/rdp6/test_assets";
    for (const std::string name : captured) {
        const auto expected = test::read_bmp(folder / (name + ".bmp"));
        const auto size = size_of(name);
        ASSERT_EQ(expected.width, size.width);
        ASSERT_EQ(expected.height, size.height);
        const auto got = decode(test::read_all(folder / (name + ".bin")), size);
        ASSERT_TRUE(got) << name << ": " << got.error().message();
        EXPECT_EQ(got->colours(), expected.colours()) << name;
    }
}

TEST(Planar, golden_files_of_freerdp_give_the_pictures_they_were_made_of) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    const auto folder = *data / "freerdp/libfreerdp/codec/test/planar";
    for (const std::string name :
         {"TEST_RLE_BITMAP_EXPERIMENTAL_01", "TEST_RLE_BITMAP_EXPERIMENTAL_02",
          "TEST_RLE_BITMAP_EXPERIMENTAL_03"}) {
        const auto got = decode(test::read_all(folder / ("planar-enc-" + name + ".bin")), {64, 64},
                                RowOrder::bottom_up);
        ASSERT_TRUE(got) << name << ": " << got.error().message();
        // The pictures are R, G, B, X in memory.
        auto original = test::read_all(folder / ("planar-bmp-" + name + ".bin"));
        ASSERT_EQ(original.size(), got->bytes.size());
        for (std::size_t i = 0; i < original.size(); i += 4) {
            std::swap(original[i], original[i + 2]);
            original[i + 3] = got->bytes[i + 3];
        }
        EXPECT_EQ(got->bytes, original) << name;
    }
}

TEST(Planar, run_lengths_and_differences) {
    // No alpha, run-length encoded, 4 by 2: a plane of 7 with the second row one less, a plane of
    // zeros, and one whose second row begins with a run (differences of zero).
    const Bytes stream = {0x30,                              //
                          0x13, 7,    0x13, 0x01,            // 7 7 7 7 / -1 -1 -1 -1
                          0x04, 0x04,                        // 0 0 0 0 / 0 0 0 0
                          0x40, 1,    2,    3,    4, 0x04};  // 1 2 3 4 / the same
    const auto got = decode(stream, {4, 2});
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->colours(), (std::vector<std::uint32_t>{0x070001, 0x070002, 0x070003, 0x070004,
                                                          0x060001, 0x060002, 0x060003, 0x060004}));
    const auto flipped = decode(stream, {4, 2}, RowOrder::bottom_up);
    ASSERT_TRUE(flipped);
    EXPECT_EQ(flipped->colours().front(), 0x060001U);
}

TEST(Planar, long_runs_and_alpha) {
    // Runs of 16 + n and 32 + n; alpha 0x80 everywhere, 47 pixels.
    const Bytes stream = {0x10, 0x12 + 0x10, 0, 0x00};
    EXPECT_FALSE(decode(stream, {47, 1}));
    Bytes good = {0x10};
    for (const int value : {0x80, 0x11, 0x22, 0x33}) {
        const Bytes plane = {0x10, static_cast<std::uint8_t>(value),
                             0xe2};  // one raw value, a run of 32 + 14
        append(good, plane);
    }
    const auto got = decode(good, {47, 1});
    ASSERT_TRUE(got) << got.error().message();
    for (std::size_t i = 0; i < got->bytes.size(); i += 4) {
        EXPECT_EQ(got->bytes[i], 0x33);
        EXPECT_EQ(got->bytes[i + 1], 0x22);
        EXPECT_EQ(got->bytes[i + 2], 0x11);
        EXPECT_EQ(got->bytes[i + 3], 0x80);
    }
}

TEST(Planar, refuses_what_does_not_fit) {
    const auto error = [](Bytes stream, BitmapSize size) {
        const auto got = decode(stream, size);
        return got ? std::error_code() : got.error().code;
    };
    EXPECT_EQ(error({}, {4, 4}), Errc::truncated);
    EXPECT_EQ(error({0x28}, {4, 4}), Errc::bad_value) << "subsampled RGB";
    EXPECT_EQ(error({0x20, 1, 2, 3}, {4, 4}), Errc::truncated);
    EXPECT_EQ(error({0x30, 0x05}, {4, 1}), Errc::bad_length) << "a segment past the row";
    EXPECT_EQ(error({0x20}, {8192, 8193}), Errc::limit_exceeded);
    EXPECT_EQ(error({0x20}, {8192, 8192}), Errc::truncated) << "at the limit";
}

TEST(Planar, refuses_a_target_larger_than_the_bitmap_and_draws_nothing_of_none) {
    PlanarDecoder decoder;
    const Bytes raw(1 + 3 * 16, 0x20);
    for (const BitmapSize target : {BitmapSize{5, 4}, BitmapSize{4, 5}}) {
        Picture out(target.width, target.height, 0x55);
        const auto done = decoder.decode(raw, {4, 4}, RowOrder::top_down, out.view());
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Errc::bad_value);
        EXPECT_EQ(out.bytes, Picture(target.width, target.height, 0x55).bytes);
    }
    Picture whole(4, 4);
    EXPECT_TRUE(decoder.decode(raw, {4, 4}, RowOrder::top_down, whole.view()));
    EXPECT_EQ(whole.colours(), std::vector<std::uint32_t>(16, 0x202020));
    EXPECT_TRUE(decoder.decode(raw, {0, 4}, RowOrder::top_down, PixelView()));
}

TEST(Planar, survives_cuts_and_damage) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    const auto folder = *data / "ironrdp/crates/ironrdp-graphics/src/rdp6/test_assets";
    for (const std::string name : captured) {
        test::cut_and_damage(test::read_all(folder / (name + ".bin")), 300,
                             [&](ByteView stream) { (void)decode(stream, size_of(name)); });
    }
}

}  // namespace
}  // namespace lucid::rdp::codec
