// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Eight 16-bit lanes in plain C++: what the vector types of lanes.hpp must equal bit for bit, and
/// what machines without a known vector unit use. Sums wrap; `*_saturated` clip.

#include <cstdint>
#include <cstring>

namespace lucid::rdp::codec {

struct PortableLanes {
    static constexpr int count = 8;
    std::int16_t lane[count];

    static PortableLanes load(const std::int16_t* from) {
        PortableLanes out;
        std::memcpy(out.lane, from, sizeof out.lane);
        return out;
    }
    /// Eight bytes, none negative.
    static PortableLanes load_bytes(const std::uint8_t* from) {
        return map([&](int i) { return from[i]; });
    }
    /// Four bytes, each in two lanes.
    static PortableLanes load_bytes_twice(const std::uint8_t* from) {
        return map([&](int i) { return from[i / 2]; });
    }
    static PortableLanes all(std::int16_t value) {
        return map([&](int) { return value; });
    }
    void store(std::int16_t* to) const { std::memcpy(to, lane, sizeof lane); }

    static std::int16_t wrap(int value) { return static_cast<std::int16_t>(value); }
    static std::int16_t clip(int value) {
        return static_cast<std::int16_t>(value < -32768 ? -32768 : value > 32767 ? 32767 : value);
    }

    friend PortableLanes operator+(PortableLanes a, PortableLanes b) {
        return map([&](int i) { return wrap(a.lane[i] + b.lane[i]); });
    }
    friend PortableLanes operator-(PortableLanes a, PortableLanes b) {
        return map([&](int i) { return wrap(a.lane[i] - b.lane[i]); });
    }
    static PortableLanes add_saturated(PortableLanes a, PortableLanes b) {
        return map([&](int i) { return clip(a.lane[i] + b.lane[i]); });
    }
    static PortableLanes subtract_saturated(PortableLanes a, PortableLanes b) {
        return map([&](int i) { return clip(a.lane[i] - b.lane[i]); });
    }
    /// Arithmetic shift to the right.
    template <int Bits>
    static PortableLanes shift_right(PortableLanes a) {
        return map([&](int i) { return wrap(a.lane[i] >> Bits); });
    }
    /// What is left of the lowest byte after a shift to the left, read as a signed byte.
    static PortableLanes signed_byte(PortableLanes a, unsigned shift) {
        return map([&](int i) { return static_cast<std::int8_t>(a.lane[i] << shift); });
    }
    /// Half of the sum, which does not wrap, rounded towards zero.
    static PortableLanes mean_to_zero(PortableLanes a, PortableLanes b) {
        return map([&](int i) { return wrap((a.lane[i] + b.lane[i]) / 2); });
    }
    /// The product, modulo 2^16.
    static PortableLanes multiply_low(PortableLanes a, std::int16_t factor) {
        return map([&](int i) { return wrap(a.lane[i] * factor); });
    }
    /// (a * factor) >> 16, rounded down.
    static PortableLanes multiply_high(PortableLanes a, std::int16_t factor) {
        return map([&](int i) { return wrap((a.lane[i] * factor) >> 16); });
    }
    /// (a * factor_a + b * factor_b) >> 16, rounded down once.
    static PortableLanes multiply_add_high(PortableLanes a, std::int16_t factor_a, PortableLanes b,
                                           std::int16_t factor_b) {
        return map(
            [&](int i) { return wrap((a.lane[i] * factor_a + b.lane[i] * factor_b) >> 16); });
    }
    /// Lanes moved up by one; lane 0 is the last one of `before`.
    static PortableLanes previous(PortableLanes a, PortableLanes before) {
        return map([&](int i) { return i == 0 ? before.lane[count - 1] : a.lane[i - 1]; });
    }
    /// Lanes moved down by one; the last is lane 0 of `after`.
    static PortableLanes next(PortableLanes a, PortableLanes after) {
        return map([&](int i) { return i == count - 1 ? after.lane[0] : a.lane[i + 1]; });
    }
    /// The last lane set to zero.
    static PortableLanes clear_last(PortableLanes a) {
        a.lane[count - 1] = 0;
        return a;
    }
    static PortableLanes first_to_all(PortableLanes a) { return all(a.lane[0]); }
    static PortableLanes last_to_all(PortableLanes a) { return all(a.lane[count - 1]); }
    /// a0 b0 a1 b1 ... as sixteen lanes.
    static void store_interleaved(std::int16_t* to, PortableLanes a, PortableLanes b) {
        for (int i = 0; i < count; ++i) {
            to[2 * i] = a.lane[i];
            to[2 * i + 1] = b.lane[i];
        }
    }
    /// Eight opaque pixels; lanes are clipped to 0..255.
    static void store_pixels(std::uint8_t* to, PortableLanes b, PortableLanes g, PortableLanes r) {
        store_pixels(to, b, g, r, all(0xff));
    }
    static void store_pixels(std::uint8_t* to, PortableLanes b, PortableLanes g, PortableLanes r,
                             PortableLanes a) {
        const auto byte = [](int v) {
            return static_cast<std::uint8_t>(v < 0 ? 0 : v > 255 ? 255 : v);
        };
        for (int i = 0; i < count; ++i, to += 4) {
            to[0] = byte(b.lane[i]);
            to[1] = byte(g.lane[i]);
            to[2] = byte(r.lane[i]);
            to[3] = byte(a.lane[i]);
        }
    }

  private:
    template <class F>
    static PortableLanes map(F f) {
        PortableLanes out;
        for (int i = 0; i < count; ++i) out.lane[i] = f(i);
        return out;
    }
};

}  // namespace lucid::rdp::codec
