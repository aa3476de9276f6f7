// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/avc444.hpp>
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/lanes_portable.hpp>
#include <lucid/rdp/codec/yuv_row.hpp>

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

// Colours and planes of AVC frames against what the specification says of one sample.

namespace lucid::rdp::codec {
namespace {

Bytes random_bytes(std::size_t count, std::mt19937& random) {
    Bytes out(count);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
    return out;
}

/// MS-RDPEGFX 3.3.8.3.1, as it is written.
std::array<std::uint8_t, 4> specified_pixel(int y, int u, int v) {
    const auto byte = [](int sum) {
        return static_cast<std::uint8_t>(std::clamp(sum >> 8, 0, 255));
    };
    const int d = u - 128, e = v - 128;
    return {byte(256 * y + 475 * d), byte(256 * y - 48 * d - 120 * e), byte(256 * y + 403 * e),
            0xff};
}

template <class V>
void expect_specified_colours() {
    std::uint8_t y[V::count], u[V::count], v[V::count], out[4 * V::count];
    std::mt19937 random(3);
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; second += V::count) {
            for (int i = 0; i < V::count; ++i) {
                y[i] = static_cast<std::uint8_t>(random());
                u[i] = static_cast<std::uint8_t>(first);
                v[i] = static_cast<std::uint8_t>(second + i);
            }
            draw_yuv_lanes(V::load_bytes(y), V::load_bytes(u), V::load_bytes(v), out);
            for (int i = 0; i < V::count; ++i) {
                const auto pixel = specified_pixel(y[i], u[i], v[i]);
                ASSERT_TRUE(std::equal(pixel.begin(), pixel.end(), out + 4 * i))
                    << int{y[i]} << " " << int{u[i]} << " " << int{v[i]};
            }
        }
}

TEST(Yuv, colours_are_those_of_the_specification) {
    expect_specified_colours<Lanes>();
    expect_specified_colours<PortableLanes>();
}

template <class V, unsigned shift>
void expect_specified_rows() {
    std::mt19937 random(shift);
    for (std::size_t width = 1; width < 40; ++width)
        for (std::size_t begin = 0; begin <= width; ++begin) {
            // Exactly as long as the row, so that a read past it is seen.
            const Bytes y = random_bytes(width, random);
            const Bytes u = random_bytes(shift == 1 ? (width + 1) / 2 : width, random);
            const Bytes v = random_bytes(u.size(), random);
            Bytes out(4 * width, 0x55);
            Bytes expected = out;
            draw_yuv_row<V, shift>(y.data(), u.data(), v.data(), begin, width, out.data());
            for (std::size_t x = begin; x < width; ++x) {
                const auto pixel = specified_pixel(y[x], u[x >> shift], v[x >> shift]);
                std::copy(pixel.begin(), pixel.end(),
                          expected.begin() + static_cast<std::ptrdiff_t>(4 * x));
            }
            ASSERT_EQ(out, expected) << begin << " to " << width;
        }
}

TEST(Yuv, rows_begin_and_end_anywhere) {
    expect_specified_rows<Lanes, 0>();
    expect_specified_rows<Lanes, 1>();
    expect_specified_rows<PortableLanes, 0>();
    expect_specified_rows<PortableLanes, 1>();
}

struct Frame {
    Bytes y, u, v;
    Yuv420Frame view;

    Frame(std::uint32_t width, std::uint32_t height, std::size_t padding, std::mt19937& random) {
        const std::size_t half = (width + 1) / 2 + padding;
        y = random_bytes((width + padding) * height, random);
        u = random_bytes(half * ((height + 1) / 2), random);
        v = random_bytes(u.size(), random);
        view = {{y, width + padding}, {u, half}, {v, half}, width, height};
    }
};

/// The planes of an Avc444Combiner, sample by sample.
struct Model {
    std::uint32_t width, height;
    Bytes y, full[2], main[2];

    Model(std::uint32_t w, std::uint32_t h) : width(w), height(h) {
        y.assign(std::size_t{w} * h, 0);
        for (auto& plane : full) plane.assign(y.size(), 0x80);
        for (auto& plane : main) plane.assign(std::size_t{(w + 1) / 2} * ((h + 1) / 2), 0x80);
    }
    static void take(const PlaneView& plane, std::size_t x, std::size_t row, std::uint8_t& to) {
        if (x < plane.stride && row * plane.stride + x < plane.bytes.size())
            to = plane.bytes[row * plane.stride + x];
    }
    template <class Each>
    void for_each(const Rect& part, Each each) const {
        for (std::uint32_t row = part.y; row < std::min(height, part.y + part.height); ++row)
            for (std::uint32_t x = part.x; x < std::min(width, part.x + part.width); ++x)
                each(x, row);
    }
    void take_main(const Yuv420Frame& frame, const Rect& part) {
        for_each(part, [&](std::uint32_t x, std::uint32_t row) {
            if (x >= frame.width || row >= frame.height) return;
            take(frame.y, x, row, y[std::size_t{row} * width + x]);
            const PlaneView planes[2] = {frame.u, frame.v};
            for (int c = 0; c < 2; ++c) {
                take(planes[c], x / 2, row / 2, full[c][std::size_t{row} * width + x]);
                take(planes[c], x / 2, row / 2,
                     main[c][std::size_t{row / 2} * ((width + 1) / 2) + x / 2]);
            }
        });
    }
    void take_auxiliary(const Yuv420Frame& frame, const Rect& part, Avc444Version version) {
        const std::size_t coded = (std::size_t{frame.width} + 15) / 16 * 16;
        for_each(part, [&](std::uint32_t x, std::uint32_t row) {
            for (std::size_t c = 0; c < 2; ++c) {
                auto& to = full[c][std::size_t{row} * width + x];
                if (version == Avc444Version::v1) {
                    if (row % 2 == 1)
                        take(frame.y, x, row / 16 * 16 + row / 2 % 8 + 8 * c, to);
                    else if (x % 2 == 1)
                        take(c == 0 ? frame.u : frame.v, x / 2, row / 2, to);
                } else if (x % 2 == 1) {
                    take(frame.y, x / 2 + c * coded / 2, row, to);
                } else if (row % 2 == 1) {
                    take(x % 4 == 0 ? frame.u : frame.v, x / 4 + c * coded / 4, row / 2, to);
                }
            }
        });
        for (int c = 0; c < 2; ++c)
            for_each(part, [&](std::uint32_t x, std::uint32_t row) {
                const auto right = std::min(width, part.x + part.width);
                const auto bottom = std::min(height, part.y + part.height);
                if (x % 2 == 1 || row % 2 == 1 || x + 1 >= right || row + 1 >= bottom) return;
                auto* even = full[c].data() + std::size_t{row} * width + x;
                const int sum = even[1] + even[width] + even[width + 1];
                const int mean = main[c][std::size_t{row / 2} * ((width + 1) / 2) + x / 2];
                even[0] = static_cast<std::uint8_t>(std::clamp(4 * mean - sum, 0, 255));
            });
    }
    [[nodiscard]] Bytes planes() const {
        Bytes out;
        for (const auto* plane : {&y, &full[0], &full[1], &main[0], &main[1]}) append(out, *plane);
        return out;
    }
};

TEST(Avc444, any_rectangles_give_what_single_samples_give) {
    std::mt19937 random(20261128);
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    for (int round = 0; round < 300; ++round) {
        const std::uint32_t width = 1 + below(50), height = 1 + below(40);
        Avc444Combiner combiner;
        ASSERT_TRUE(combiner.reset({width, height}));
        Model model(width, height);
        for (int step = 0; step < 6; ++step) {
            // As large as the surface, cut, or with the coded size.
            const std::uint32_t w = 1 + below(64), h = 1 + below(48);
            const Frame frame(w, h, below(3), random);
            const Rect rect{below(width + 2), below(height + 2), below(60), below(60)};
            if (step % 3 == 0) {
                ASSERT_TRUE(combiner.take_main(frame.view, {&rect, 1}));
                model.take_main(frame.view, rect);
            } else {
                const auto version = step % 3 == 1 ? Avc444Version::v1 : Avc444Version::v2;
                ASSERT_TRUE(combiner.take_auxiliary(frame.view, {&rect, 1}, version));
                model.take_auxiliary(frame.view, rect, version);
            }
            Bytes state;
            combiner.save(state);
            ASSERT_EQ(Bytes(state.begin() + 9, state.end()), model.planes())
                << width << " by " << height << ", round " << round << " step " << step;
        }
    }
}

}  // namespace
}  // namespace lucid::rdp::codec
