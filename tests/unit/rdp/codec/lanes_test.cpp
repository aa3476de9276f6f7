// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/dwt.hpp>
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/lanes_portable.hpp>
#include <lucid/rdp/codec/ycbcr.hpp>

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
        }
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

}  // namespace
}  // namespace lucid::rdp::codec
