// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/interleaved.hpp>
#include <lucid/rdp/codec/uncompressed.hpp>

#include <cstring>
#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::rdp::codec {
namespace {

using test::Picture;

const Palette no_palette = {};

Result<Picture> decode(ByteView data, std::uint32_t bits, BitmapSize size) {
    InterleavedDecoder decoder;
    Picture out(size.width, size.height);
    LUCID_CHECK(decoder.decode(data, bits, size, no_palette, out.view()));
    return out;
}

TEST(Interleaved, tiles_of_a_session_give_their_pixels) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    const auto folder = *data / "ironrdp/crates/ironrdp-testsuite-core/test_data/rle";
    std::size_t tiles = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        auto name = entry.path().string();
        const auto at = name.find("-compressed.bin");
        if (at == std::string::npos) continue;
        const auto raw = test::read_all(name.substr(0, at) + "-decompressed.bin");
        // Tiles of the screen's lower edge: their files have rows of zeros behind the picture.
        const bool edge = name.find("tile-4d75aa6a") != std::string::npos ||
                          name.find("tile-9b06660a") != std::string::npos ||
                          name.find("tile-fbcefc9a") != std::string::npos;
        const std::uint32_t height = edge ? 56 : 64;
        Picture expected(64, height);
        ASSERT_TRUE(decode_uncompressed(raw, {PixelFormat::rgb565, RowOrder::bottom_up, 1},
                                        {64, height}, no_palette, expected.view()));
        const auto got = decode(test::read_all(entry.path()), 16, {64, height});
        ASSERT_TRUE(got) << name << ": " << got.error().message();
        EXPECT_EQ(got->bytes, expected.bytes) << name;
        ++tiles;
    }
    EXPECT_EQ(tiles, 12U);
}

TEST(Interleaved, golden_files_of_freerdp_at_15_16_and_24_bits) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    const auto folder = *data / "freerdp/libfreerdp/codec/test/interleaved";
    const auto list = nlohmann::json::parse(test::read_all(folder / "encoder.json"));
    std::size_t files = 0;
    for (const auto& entry : list) {
        const std::string name = entry.at("name");
        const std::string format = entry.at("format");
        // Where in its bytes that format has blue, green, red: PIXEL_FORMAT_BGRA32, ...
        const auto order = format.substr(13, format.size() - 15);
        const std::size_t step = entry.at("step");
        for (const auto& bits : entry.at("bpp")) {
            const auto suffix = std::to_string(bits.get<int>()) + "-" + name + ".bin";
            const auto got = decode(test::read_all(folder / ("interleaved-enc-" + suffix)),
                                    bits.get<std::uint32_t>(), {64, 64});
            ASSERT_TRUE(got) << suffix << ": " << got.error().message();
            const auto raw = test::read_all(folder / ("interleaved-dec-enc-" + suffix));
            ASSERT_EQ(raw.size(), step * 64);
            std::size_t different = 0;
            for (std::size_t i = 0; i < got->bytes.size(); ++i) {
                if (i % 4 == 3) continue;
                const std::size_t x = i / 4 % 64;
                const std::size_t at = i / 256 * step + x * order.size();
                different += got->bytes[i] != raw[at + order.find("BGR"[i % 4])];
            }
            EXPECT_EQ(different, 0U) << suffix << " " << format;
            ++files;
        }
    }
    EXPECT_EQ(files, 30U);
}

struct Case {
    const char* what;
    Bytes stream;
    std::uint32_t bits;
    BitmapSize size;
    std::vector<std::uint32_t> colours;  ///< top row first
};

TEST(Interleaved, orders_one_by_one) {
    const std::uint32_t w = 0xffffff;
    const std::vector<Case> cases = {
        {"black, white", {0xfe, 0xfd, 0xfd, 0xfe}, 24, {2, 2}, {w, 0, 0, w}},
        {"foreground run in the first row, background run above copies it",
         {0x22, 0x02},
         24,
         {2, 2},
         {w, w, w, w}},
        {"two background runs have a foreground pixel between them",
         {0x01, 0x03},
         24,
         {4, 1},
         {0, w, 0, 0}},
        {"a run from the first row keeps its rules", {0x04}, 24, {2, 2}, {0, 0, 0, 0}},
        {"an empty background run has no foreground pixel",
         {0x01, 0xf0, 0, 0, 0x01},
         24,
         {2, 1},
         {0, w}},
        {"the end of the first row separates background runs",
         {0x02, 0x02},
         24,
         {2, 2},
         {0, 0, 0, 0}},
        {"colour run of 24 bits",
         {0x64, 1, 2, 3},
         24,
         {2, 2},
         {0x030201, 0x030201, 0x030201, 0x030201}},
        {"colour image", {0x82, 1, 2, 3, 4, 5, 6}, 24, {2, 1}, {0x030201, 0x060504}},
        {"dithered run", {0xe1, 1, 2, 3, 4, 5, 6}, 24, {2, 1}, {0x030201, 0x060504}},
        {"mask image of 8", {0x41, 0x05}, 24, {8, 1}, {w, 0, w, 0, 0, 0, 0, 0}},
        {"set foreground, mask",
         {0xd1, 9, 8, 7, 0x03},
         24,
         {8, 1},
         {0x070809, 0x070809, 0, 0, 0, 0, 0, 0}},
        {"set foreground, run", {0xc2, 9, 8, 7}, 24, {2, 1}, {0x070809, 0x070809}},
        {"special masks",
         {0xf9, 0xfa},
         24,
         {16, 1},
         {w, w, 0, 0, 0, 0, 0, 0, w, 0, w, 0, 0, 0, 0, 0}},
        {"mega run",
         {0xf3, 0x04, 0x00, 1, 1, 1},
         24,
         {2, 2},
         {0x010101, 0x010101, 0x010101, 0x010101}},
        {"foreground run is XOR with the row above",
         {0x62, 0xf0, 0xf0, 0xf0, 0x22},
         24,
         {2, 2},
         {0x0f0f0f, 0x0f0f0f, 0xf0f0f0, 0xf0f0f0}},
        {"white of 15 bits", {0xfd}, 15, {1, 1}, {w}},
        {"white of 16 bits", {0xfd}, 16, {1, 1}, {w}},
    };
    for (const auto& c : cases) {
        const auto got = decode(c.stream, c.bits, c.size);
        ASSERT_TRUE(got) << c.what << ": " << got.error().message();
        EXPECT_EQ(got->colours(), c.colours) << c.what;
    }
}

TEST(Interleaved, refuses_what_does_not_fit) {
    const auto error = [](Bytes stream, std::uint32_t bits, BitmapSize size) {
        const auto got = decode(stream, bits, size);
        return got ? std::error_code() : got.error().code;
    };
    EXPECT_EQ(error({0x05}, 24, {2, 2}), Errc::bad_length) << "a run past the end";
    EXPECT_EQ(error({0x03}, 24, {2, 2}), Errc::truncated) << "pixels missing";
    EXPECT_EQ(error({0xf5, 0, 0}, 24, {2, 2}), Errc::bad_value);
    EXPECT_EQ(error({0xfb}, 24, {2, 2}), Errc::bad_value);
    EXPECT_EQ(error({0xa1}, 24, {2, 2}), Errc::bad_value);
    EXPECT_EQ(error({0x64, 1, 2}, 24, {2, 2}), Errc::truncated);
    EXPECT_EQ(error({0xf0, 1}, 24, {2, 2}), Errc::truncated);
    EXPECT_EQ(error({}, 32, {2, 2}), Errc::unsupported);
    EXPECT_EQ(error({}, 4, {2, 2}), Errc::unsupported);
    for (const std::uint32_t bits : {8, 15, 16, 24})
        EXPECT_EQ(error({0x03}, bits, {2, 2}), Errc::truncated) << bits;
    EXPECT_EQ(error({}, 24, {4096, 4097}), Errc::limit_exceeded);
    EXPECT_EQ(error({}, 24, {4096, 4096}), Errc::truncated) << "at the limit";

    InterleavedDecoder decoder;
    for (const BitmapSize target : {BitmapSize{5, 4}, BitmapSize{4, 5}}) {
        Picture large(target.width, target.height, 0x55);
        EXPECT_FALSE(decoder.decode(Bytes{0x10}, 24, {4, 4}, no_palette, large.view()));
        EXPECT_EQ(large.bytes, Picture(target.width, target.height, 0x55).bytes)
            << "unchanged on errors";
    }
    EXPECT_TRUE(decoder.decode({}, 24, {4, 0}, no_palette, PixelView())) << "no pixels, no data";
}

TEST(Interleaved, draws_the_upper_left_part_and_uses_the_palette) {
    InterleavedDecoder decoder;
    Palette palette = {};
    palette[1] = 0x112233;
    palette[2] = 0x445566;
    Picture out(1, 1);
    // Bottom row 1 1, top row 2 2.
    ASSERT_TRUE(decoder.decode(Bytes{0x62, 1, 0x62, 2}, 8, {2, 2}, palette, out.view()));
    EXPECT_EQ(out.colours(), std::vector<std::uint32_t>{0x445566});
    EXPECT_EQ(out.bytes[3], 0xff);
}

TEST(Interleaved, survives_cuts_and_damage) {
    const auto data = test::conformance_data();
    if (!data) GTEST_SKIP() << "no conformance data";
    const auto folder = *data / "ironrdp/crates/ironrdp-testsuite-core/test_data/rle";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().string().find("-compressed") == std::string::npos) continue;
        test::cut_and_damage(test::read_all(entry.path()), 300, [](ByteView stream) {
            for (const std::uint32_t bits : {8, 16, 24}) (void)decode(stream, bits, {64, 64});
        });
    }
}

}  // namespace
}  // namespace lucid::rdp::codec
