// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Eight 16-bit lanes in NEON, which every 64-bit ARM processor has. Meaning: lanes_portable.hpp.

#include <arm_neon.h>
#include <cstdint>
#include <cstring>

namespace lucid::rdp::codec {

struct NeonLanes {
    static constexpr int count = 8;
    int16x8_t v;

    static NeonLanes load(const std::int16_t* from) { return {vld1q_s16(from)}; }
    static NeonLanes load_bytes(const std::uint8_t* from) {
        return {vreinterpretq_s16_u16(vmovl_u8(vld1_u8(from)))};
    }
    static NeonLanes load_bytes_twice(const std::uint8_t* from) {
        std::uint32_t four = 0;
        std::memcpy(&four, from, 4);
        const uint8x8_t bytes = vreinterpret_u8_u32(vdup_n_u32(four));
        return {vreinterpretq_s16_u16(vmovl_u8(vzip1_u8(bytes, bytes)))};
    }
    static NeonLanes all(std::int16_t value) { return {vdupq_n_s16(value)}; }
    void store(std::int16_t* to) const { vst1q_s16(to, v); }

    friend NeonLanes operator+(NeonLanes a, NeonLanes b) { return {vaddq_s16(a.v, b.v)}; }
    friend NeonLanes operator-(NeonLanes a, NeonLanes b) { return {vsubq_s16(a.v, b.v)}; }
    static NeonLanes add_saturated(NeonLanes a, NeonLanes b) { return {vqaddq_s16(a.v, b.v)}; }
    static NeonLanes subtract_saturated(NeonLanes a, NeonLanes b) { return {vqsubq_s16(a.v, b.v)}; }
    template <int Bits>
    static NeonLanes shift_right(NeonLanes a) {
        return {vshrq_n_s16(a.v, Bits)};
    }
    static NeonLanes signed_byte(NeonLanes a, unsigned shift) {
        const int16x8_t bits = vdupq_n_s16(static_cast<std::int16_t>(shift + 8));
        return {vshrq_n_s16(vshlq_s16(a.v, bits), 8)};
    }
    static NeonLanes mean_to_zero(NeonLanes a, NeonLanes b) {
        const int16x8_t down = vhaddq_s16(a.v, b.v);
        const int16x8_t sign = vreinterpretq_s16_u16(vshrq_n_u16(vreinterpretq_u16_s16(down), 15));
        return {vaddq_s16(down, vandq_s16(veorq_s16(a.v, b.v), sign))};
    }
    static NeonLanes multiply_low(NeonLanes a, std::int16_t factor) {
        return {vmulq_n_s16(a.v, factor)};
    }
    static NeonLanes multiply_high(NeonLanes a, std::int16_t factor) {
        const int32x4_t low = vmull_n_s16(vget_low_s16(a.v), factor);
        const int32x4_t high = vmull_n_s16(vget_high_s16(a.v), factor);
        return {vcombine_s16(vshrn_n_s32(low, 16), vshrn_n_s32(high, 16))};
    }
    static NeonLanes multiply_add_high(NeonLanes a, std::int16_t factor_a, NeonLanes b,
                                       std::int16_t factor_b) {
        int32x4_t low = vmull_n_s16(vget_low_s16(a.v), factor_a);
        int32x4_t high = vmull_n_s16(vget_high_s16(a.v), factor_a);
        low = vmlal_n_s16(low, vget_low_s16(b.v), factor_b);
        high = vmlal_n_s16(high, vget_high_s16(b.v), factor_b);
        return {vcombine_s16(vshrn_n_s32(low, 16), vshrn_n_s32(high, 16))};
    }
    static NeonLanes previous(NeonLanes a, NeonLanes before) {
        return {vextq_s16(before.v, a.v, 7)};
    }
    static NeonLanes next(NeonLanes a, NeonLanes after) { return {vextq_s16(a.v, after.v, 1)}; }
    static NeonLanes clear_last(NeonLanes a) { return {vsetq_lane_s16(0, a.v, 7)}; }
    static NeonLanes first_to_all(NeonLanes a) { return {vdupq_laneq_s16(a.v, 0)}; }
    static NeonLanes last_to_all(NeonLanes a) { return {vdupq_laneq_s16(a.v, 7)}; }
    static void store_interleaved(std::int16_t* to, NeonLanes a, NeonLanes b) {
        const int16x8x2_t both = {{a.v, b.v}};
        vst2q_s16(to, both);
    }
    static void store_pixels(std::uint8_t* to, NeonLanes b, NeonLanes g, NeonLanes r) {
        store_pixels(to, b, g, r, all(0xff));
    }
    static void store_pixels(std::uint8_t* to, NeonLanes b, NeonLanes g, NeonLanes r, NeonLanes a) {
        const uint8x8x4_t pixels = {
            {vqmovun_s16(b.v), vqmovun_s16(g.v), vqmovun_s16(r.v), vqmovun_s16(a.v)}};
        vst4_u8(to, pixels);
    }
};

}  // namespace lucid::rdp::codec
