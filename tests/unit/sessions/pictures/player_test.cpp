// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/player.hpp>

#include "recordings.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::pictures {
namespace {

std::uint32_t pixel(const FrameView& frame, std::uint32_t x, std::uint32_t y) {
    const auto at = (std::size_t{y} * frame.width + x) * 4;
    return frame.pixels[at] | frame.pixels[at + 1] << 8U | frame.pixels[at + 2] << 16U |
           std::uint32_t{frame.pixels[at + 3]} << 24;
}

TEST(Player, shows_what_was_drawn_until_then) {
    const auto recording = test::colour_recording(5);
    Player player(recording);
    EXPECT_EQ(player.frame().width, 0U);
    player.advance(0);
    EXPECT_EQ(player.frame().width, 32U);
    EXPECT_EQ(pixel(player.frame(), 31, 15), test::colour_of_second(0));
    player.advance(2'999'999);
    EXPECT_EQ(pixel(player.frame(), 0, 0), test::colour_of_second(2));
    player.advance(3'000'000);
    EXPECT_EQ(pixel(player.frame(), 0, 0), test::colour_of_second(3));
    EXPECT_FALSE(player.done());
    EXPECT_TRUE(player.take_changed(false));
    EXPECT_FALSE(player.take_changed(false));
    player.advance(~std::uint64_t{0});
    EXPECT_TRUE(player.done());
    EXPECT_EQ(player.problems().count, 0U);
}

TEST(Player, counts_what_it_could_not_draw) {
    auto recording = test::colour_recording(2);
    test::add_event(recording, format::kind_server_pdu, 1'500'000,
                    test::fast_path_update(0, Bytes{1, 0}));
    test::add_event(recording, format::kind_server_pdu, 1'600'000, {});
    Player player(recording);
    player.advance(~std::uint64_t{0});
    EXPECT_EQ(player.problems().count, 2U);
    EXPECT_EQ(player.problems().first_us, 1'500'000U);
    EXPECT_EQ(player.problems().first.code, make_error_code(Errc::unsupported));
    EXPECT_EQ(pixel(player.frame(), 0, 0), test::colour_of_second(1));
}

TEST(Player, draws_the_pointer_where_the_mouse_was) {
    auto recording = test::colour_recording(1);
    Writer shape;
    shape.u16_le(32).u16_le(1).u16_le(1).u16_le(1).u16_le(2).u16_le(2).u16_le(0).u16_le(16);
    for (int i = 0; i < 4; ++i) shape.u32_le(0xffabcdef);
    test::add_event(recording, format::kind_server_pdu, 100,
                    test::fast_path_update(11, shape.view()));
    // One mouse event (code 1) at 10, 8.
    test::add_event(recording, format::kind_client_pdu, 200,
                    Bytes{0x04, 9, 0x20, 0, 0x08, 10, 0, 8, 0});
    Player player(recording);
    player.advance(1000);
    const auto frame = player.frame_with_pointer();
    EXPECT_EQ(pixel(frame, 9, 7) & 0xffffff, 0xabcdefU) << "the hot spot is at 1, 1";
    EXPECT_EQ(pixel(frame, 10, 8) & 0xffffff, 0xabcdefU);
    EXPECT_EQ(pixel(frame, 11, 8), test::colour_of_second(0));
    EXPECT_EQ(pixel(player.frame(), 9, 7), test::colour_of_second(0));
    EXPECT_TRUE(player.take_changed(true));
    EXPECT_FALSE(player.take_changed(true));
}

}  // namespace
}  // namespace lucid::sessions::pictures
