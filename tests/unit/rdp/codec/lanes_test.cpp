// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/dwt.hpp>
#include <lucid/rdp/codec/dwt_extrapolated.hpp>
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/lanes_portable.hpp>
#include <lucid/rdp/codec/rows_kernel.hpp>
#include <lucid/rdp/codec/ycbcr.hpp>

#include <array>
#include <memory>
#include <random>

#include <gtest/gtest.h>

// The kernels give the same bytes on this machine's vector unit as in plain C++, for all inputs.

namespace lucid::rdp::codec {
namespace {

struct Tile {
    Coefficients plane[3];
};

/// Coefficients as decoders see them (small), or any 16 bits (hostile streams).
std::unique_ptr<Tile> random_tile(std::uint32_t seed, int magnitude) {
    std::mt19937 random(seed);
    auto tile = std::make_unique<Tile>();
    for (auto& plane : tile->plane)
        for (auto& value : plane) {
            const int any = static_cast<std::int16_t>(random());
            value = static_cast<std::int16_t>(any % magnitude);
        }
    return tile;
}

TEST(Lanes, inverse_wavelet_transform_is_the_same) {
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
        const auto tile = random_tile(seed, seed % 2 == 0 ? 1500 : 32768);
        Tile plain = *tile;
        for (int i = 0; i < 3; ++i) {
            dwt::inverse<Lanes>(tile->plane[i]);
            dwt::inverse<PortableLanes>(plain.plane[i]);
            ASSERT_TRUE(std::equal(plain.plane[i], plain.plane[i] + 4096, tile->plane[i])) << seed;
            dwt::inverse_extrapolated<Lanes>(tile->plane[i]);
            dwt::inverse_extrapolated<PortableLanes>(plain.plane[i]);
            ASSERT_TRUE(std::equal(plain.plane[i], plain.plane[i] + 4096, tile->plane[i])) << seed;
        }
    }
}

TEST(Lanes, means_of_the_whole_sum_are_the_same) {
    constexpr std::array<std::int16_t, 8> ends = {-32768, -32767, -2, -1, 0, 1, 2, 32767};
    for (const auto a : ends)
        for (const auto b : ends) {
            std::array<std::int16_t, Lanes::count> vector;
            Lanes::mean_to_zero(Lanes::all(a), Lanes::all(b)).store(vector.data());
            EXPECT_EQ(vector[0], (a + b) / 2) << a << " and " << b;
            std::array<std::int16_t, PortableLanes::count> plain;
            PortableLanes::mean_to_zero(PortableLanes::all(a), PortableLanes::all(b))
                .store(plain.data());
            EXPECT_EQ(plain[0], (a + b) / 2) << a << " and " << b;
        }
}

TEST(Lanes, colours_are_the_same) {
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
        const auto tile = random_tile(seed, seed % 2 == 0 ? 4200 : 32768);
        Bytes vector(4 * 4096), plain(4 * 4096);
        draw_ycbcr<Lanes>(tile->plane[0], tile->plane[1], tile->plane[2], vector.data(), 256);
        draw_ycbcr<PortableLanes>(tile->plane[0], tile->plane[1], tile->plane[2], plain.data(),
                                  256);
        ASSERT_EQ(vector, plain) << seed;
    }
}

/// The split factors give what the sums of the specification give, rounded down once.
TEST(Lanes, colours_are_those_of_the_specification) {
    const auto tile = random_tile(1, 4096);
    Bytes out(4 * 4096);
    draw_ycbcr<Lanes>(tile->plane[0], tile->plane[1], tile->plane[2], out.data(), 256);
    const auto byte = [](std::int64_t sum) {
        return static_cast<int>(std::clamp<std::int64_t>(sum >> 21, 0, 255));
    };
    for (std::size_t i = 0; i < 4096; ++i) {
        const std::int64_t y = (std::int64_t{tile->plane[0][i]} + 4096) * 65536;
        const std::int64_t cb = tile->plane[1][i], cr = tile->plane[2][i];
        ASSERT_EQ(out[4 * i], byte(y + 115992 * cb));
        ASSERT_EQ(out[4 * i + 1], byte(y - 22526 * cb - 46818 * cr));
        ASSERT_EQ(out[4 * i + 2], byte(y + 91915 * cr));
        ASSERT_EQ(out[4 * i + 3], 0xff);
    }
}

TEST(Lanes, rows_of_planes_are_the_same_at_every_width) {
    std::mt19937 random(2);
    for (std::size_t width = 1; width < 70; ++width) {
        // Exactly as long as the row, so that a read past it is seen.
        Bytes planes[4] = {Bytes(width), Bytes(width), Bytes(width), Bytes(width)};
        for (auto& plane : planes)
            for (auto& sample : plane) sample = static_cast<std::uint8_t>(random());
        const Bytes half[2] = {
            Bytes(planes[2].begin(),
                  planes[2].begin() + static_cast<std::ptrdiff_t>((width + 1) / 2)),
            Bytes(planes[3].begin(),
                  planes[3].begin() + static_cast<std::ptrdiff_t>((width + 1) / 2))};
        for (unsigned form = 0; form < 8 * 7; ++form) {
            const bool subsampled = form % 2 == 1;
            PlaneRows rows;
            if (form % 4 < 2) rows.alpha = planes[0].data();
            rows.first = planes[1].data();
            rows.second = subsampled ? half[0].data() : planes[2].data();
            rows.third = subsampled ? half[1].data() : planes[3].data();
            rows.chroma_step = subsampled ? 2 : 1;
            const auto orange = form % 8 < 4 ? Orange::raises_red : Orange::raises_blue;
            Bytes vector(4 * width), plain(4 * width);
            merge_ycocg_row<Lanes>(rows, orange, form / 8, vector.data(), width);
            merge_ycocg_row<PortableLanes>(rows, orange, form / 8, plain.data(), width);
            ASSERT_EQ(vector, plain) << width << " form " << form;
            if (subsampled) continue;
            merge_rgb_row<Lanes>(rows, vector.data(), width);
            merge_rgb_row<PortableLanes>(rows, plain.data(), width);
            ASSERT_EQ(vector, plain) << width;
        }
    }
}

}  // namespace
}  // namespace lucid::rdp::codec
