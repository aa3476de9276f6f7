// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/picture_watch.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::headless {
namespace {

using picture::PixelBuffer;

void set(PixelBuffer& screen, std::uint32_t x, std::uint32_t y, std::uint32_t colour) {
    auto* pixel = screen.view().row(y) + std::size_t{x} * codec::pixel_bytes;
    for (int i = 0; i < 4; ++i) pixel[i] = static_cast<std::uint8_t>(colour >> (8 * i));
}

TEST(PictureWatch, only_other_pixels_are_a_change) {
    picture::PixelBudget budget(1 << 20);
    auto screen = *PixelBuffer::make(budget, 8, 8, 0xff000000);
    PictureWatch watch;
    const PictureWatch::Time start{};
    watch.start(screen, start);
    EXPECT_FALSE(watch.look(screen, start + std::chrono::seconds(1)));
    EXPECT_FALSE(watch.changed());
    set(screen, 3, 4, 0xff0000ff);
    EXPECT_TRUE(watch.look(screen, start + std::chrono::seconds(2)));
    EXPECT_TRUE(watch.changed());
    EXPECT_EQ(watch.changed_at(), start + std::chrono::seconds(2));
    EXPECT_FALSE(watch.look(screen, start + std::chrono::seconds(3)));
    const auto other = *PixelBuffer::make(budget, 16, 4, 0xff000000);
    EXPECT_TRUE(watch.look(other, start)) << "another shape of as many pixels";
}

TEST(PictureWatch, painted_is_what_has_a_handful_of_colours) {
    picture::PixelBudget budget(1 << 20);
    auto screen = *PixelBuffer::make(budget, 8, 8, 0xff000000);
    set(screen, 0, 0, 0xff0000ff);
    set(screen, 1, 0, 0xff00ff00);
    EXPECT_FALSE(is_painted(screen));
    for (std::uint32_t i = 0; i < 8; ++i) set(screen, i, 3, 0xff000000 + i);
    EXPECT_FALSE(is_painted(screen)) << "noise of a codec";
    set(screen, 7, 7, 0xffff0000);
    EXPECT_TRUE(is_painted(screen));
    EXPECT_FALSE(is_painted(PixelBuffer()));
}

TEST(PictureWatch, pixels_are_red_green_blue) {
    picture::PixelBudget budget(1 << 20);
    auto screen = *PixelBuffer::make(budget, 8, 8, 0xff000000);
    set(screen, 2, 1, 0xff123456);
    EXPECT_EQ(pixel_of(screen, 2, 1), 0x123456U);
    EXPECT_EQ(pixel_of(screen, 8, 0), std::nullopt);
    EXPECT_EQ(pixel_of(screen, 0, 8), std::nullopt);
}

}  // namespace
}  // namespace lucid::rdp::headless
