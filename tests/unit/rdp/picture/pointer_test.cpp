// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/pointer.hpp>

#include <tests/support/conformance_data.hpp>

#include "captures.hpp"
#include <gtest/gtest.h>

namespace lucid::rdp::picture {
namespace {

using test::pixel_at;

PixelBudget budget(pixel_memory_max);

PointerImage image_of(const proto::PointerShape& shape) {
    auto image = make_pointer_image(shape, {}, budget);
    EXPECT_TRUE(image) << image.error().message();
    return image ? std::move(*image) : PointerImage();
}

TEST(Pointer, monochrome_rows_run_down_and_invert_as_a_pattern) {
    // Two rows of two pixels: white, black / transparent, inverted.
    const Bytes xor_mask = {0x80, 0, 0x40, 0};
    const Bytes and_mask = {0x00, 0, 0xc0, 0};
    const auto image = image_of({1, 0, 0, 0, 2, 2, xor_mask, and_mask});
    EXPECT_EQ(pixel_at(image.pixels, 0, 0), 0xffffffffU);
    EXPECT_EQ(pixel_at(image.pixels, 1, 0), 0xff000000U);
    EXPECT_EQ(pixel_at(image.pixels, 0, 1), 0U);
    EXPECT_EQ(pixel_at(image.pixels, 1, 1), 0xffffffffU) << "x + y even";
}

TEST(Pointer, colour_rows_run_up) {
    const Bytes xor_mask = {1, 2, 3, 0, 4, 5, 6, 0};  // bottom row first, padded
    const Bytes and_mask = {0, 0, 0, 0};
    const auto image = image_of({24, 0, 0, 0, 1, 2, xor_mask, and_mask});
    EXPECT_EQ(pixel_at(image.pixels, 0, 0), 0xff060504U);
    EXPECT_EQ(pixel_at(image.pixels, 0, 1), 0xff030201U);
    const Bytes alpha = {1, 2, 3, 0x40};
    EXPECT_EQ(pixel_at(image_of({32, 0, 0, 0, 1, 1, alpha, {}}).pixels, 0, 0), 0x40030201U);
    const Bytes green = {0xe0, 0x07};
    EXPECT_EQ(pixel_at(image_of({16, 0, 0, 0, 1, 1, green, {}}).pixels, 0, 0), 0xff00ff00U);
}

TEST(Pointer, masks_must_be_there) {
    EXPECT_FALSE(make_pointer_image({32, 0, 0, 0, 2, 2, Bytes(15), {}}, {}, budget));
    EXPECT_FALSE(make_pointer_image({32, 0, 0, 0, 2, 2, Bytes(16), Bytes(3)}, {}, budget));
    EXPECT_FALSE(make_pointer_image({4, 0, 0, 0, 2, 2, Bytes(16), Bytes(4)}, {}, budget));
}

TEST(Pointer, caches_shapes_and_knows_what_it_is) {
    Pointer pointer(budget);
    const Bytes pixel(4, 0xff);
    ASSERT_TRUE(pointer.apply(proto::PointerShape{32, 3, 1, 2, 1, 1, pixel, {}}, {}));
    ASSERT_NE(pointer.image(), nullptr);
    EXPECT_EQ(pointer.image()->hot_y, 2);
    ASSERT_TRUE(pointer.apply(proto::PointerHidden{}, {}));
    EXPECT_EQ(pointer.kind(), PointerKind::hidden);
    EXPECT_EQ(pointer.image(), nullptr);
    ASSERT_TRUE(pointer.apply(proto::PointerCached{3}, {}));
    EXPECT_NE(pointer.image(), nullptr);
    EXPECT_FALSE(pointer.apply(proto::PointerCached{4}, {}));
    EXPECT_TRUE(
        pointer.apply(proto::PointerShape{32, pointer_cache_max - 1, 0, 0, 1, 1, pixel, {}}, {}));
    EXPECT_FALSE(
        pointer.apply(proto::PointerShape{32, pointer_cache_max, 0, 0, 1, 1, pixel, {}}, {}));
    StateWriter w;
    pointer.save(w);
    const auto snapshot = std::move(w).take();
    Pointer other(budget);
    auto r = StateReader::open(snapshot.bytes);
    ASSERT_TRUE(r && other.restore(*r));
    ASSERT_TRUE(other.apply(proto::PointerCached{3}, {}));
    EXPECT_EQ(other.image()->hot_y, 2);
}

TEST(Pointer, conformance_vectors_are_drawn) {
    if (!test::has_rdp_conformance_data()) GTEST_SKIP() << test::rdp_conformance_archive();
    const std::string folder = "ironrdp/crates/ironrdp-testsuite-core/test_data/pdu/pointer/";
    struct Vector {
        std::string name;
        proto::UpdateCode code;
    };
    for (const auto& [name, code] :
         {Vector{"new_pointer_32bpp", proto::UpdateCode::pointer_new},
          Vector{"large_pointer_32bpp", proto::UpdateCode::pointer_large},
          Vector{"color_pointer_24bpp", proto::UpdateCode::pointer_color}}) {
        const auto data = test::rdp_conformance_file(folder + name + ".bin");
        ASSERT_FALSE(data.empty()) << name;
        const auto update = proto::decode_fast_path_pointer(code, data);
        ASSERT_TRUE(update) << name << " " << update.error().message();
        Pointer pointer(budget);
        EXPECT_TRUE(pointer.apply(*update, {})) << name;
        ASSERT_NE(pointer.image(), nullptr) << name;
        const auto bytes = pointer.image()->pixels.bytes();
        EXPECT_TRUE(std::any_of(bytes.begin(), bytes.end(), [](auto b) { return b != 0; }));
    }
}

}  // namespace
}  // namespace lucid::rdp::picture
