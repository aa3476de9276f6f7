// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/damage.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::picture {
namespace {

constexpr codec::Rect bounds{0, 0, 1000, 1000};

TEST(Damage, holds_no_rectangle_inside_another) {
    Damage damage;
    damage.add({10, 10, 5, 5}, bounds);
    damage.add({11, 11, 2, 2}, bounds);
    EXPECT_EQ(damage.rects().size(), 1U);
    damage.add({0, 0, 50, 50}, bounds);
    EXPECT_EQ(damage.rects(), (std::vector<codec::Rect>{{0, 0, 50, 50}}));
    damage.add({990, 990, 50, 50}, bounds);
    EXPECT_EQ(damage.rects()[1], (codec::Rect{990, 990, 10, 10}));
    damage.add({2000, 0, 1, 1}, bounds);
    damage.add({5, 5, 0, 7}, bounds);
    EXPECT_EQ(damage.take().size(), 2U);
    EXPECT_TRUE(damage.empty());
}

TEST(Damage, becomes_its_box_above_the_limit) {
    Damage damage;
    for (std::uint32_t i = 0; i < damage_rects_max; ++i) damage.add({i * 3, 7, 1, 1}, bounds);
    EXPECT_EQ(damage.rects().size(), damage_rects_max);
    damage.add({999, 9, 1, 1}, bounds);
    EXPECT_EQ(damage.rects(), (std::vector<codec::Rect>{{0, 7, 1000, 3}}));
}

}  // namespace
}  // namespace lucid::rdp::picture
