// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Eight 16-bit lanes in WebAssembly's 128-bit vectors. Meaning: lanes_portable.hpp.

#include <cstdint>
#include <wasm_simd128.h>

namespace lucid::rdp::codec {

struct WasmLanes {
    static constexpr int count = 8;
    v128_t v;

    static WasmLanes load(const std::int16_t* from) { return {wasm_v128_load(from)}; }
    static WasmLanes load_bytes(const std::uint8_t* from) { return {wasm_u16x8_load8x8(from)}; }
    static WasmLanes load_bytes_twice(const std::uint8_t* from) {
        const v128_t bytes = wasm_v128_load32_zero(from);
        const v128_t zero = wasm_i16x8_splat(0);
        return {wasm_i8x16_shuffle(bytes, zero, 0, 16, 0, 16, 1, 16, 1, 16, 2, 16, 2, 16, 3, 16, 3,
                                   16)};
    }
    static WasmLanes all(std::int16_t value) { return {wasm_i16x8_splat(value)}; }
    void store(std::int16_t* to) const { wasm_v128_store(to, v); }

    friend WasmLanes operator+(WasmLanes a, WasmLanes b) { return {wasm_i16x8_add(a.v, b.v)}; }
    friend WasmLanes operator-(WasmLanes a, WasmLanes b) { return {wasm_i16x8_sub(a.v, b.v)}; }
    static WasmLanes add_saturated(WasmLanes a, WasmLanes b) {
        return {wasm_i16x8_add_sat(a.v, b.v)};
    }
    static WasmLanes subtract_saturated(WasmLanes a, WasmLanes b) {
        return {wasm_i16x8_sub_sat(a.v, b.v)};
    }
    template <int Bits>
    static WasmLanes shift_right(WasmLanes a) {
        return {wasm_i16x8_shr(a.v, Bits)};
    }
    static WasmLanes signed_byte(WasmLanes a, unsigned shift) {
        return {wasm_i16x8_shr(wasm_i16x8_shl(a.v, shift + 8), 8)};
    }
    static WasmLanes mean_to_zero(WasmLanes a, WasmLanes b) {
        const v128_t unequal = wasm_v128_xor(a.v, b.v);
        const v128_t down = wasm_i16x8_add(wasm_v128_and(a.v, b.v), wasm_i16x8_shr(unequal, 1));
        return {wasm_i16x8_add(down, wasm_v128_and(unequal, wasm_u16x8_shr(down, 15)))};
    }
    static WasmLanes multiply_low(WasmLanes a, std::int16_t factor) {
        return {wasm_i16x8_mul(a.v, wasm_i16x8_splat(factor))};
    }
    static WasmLanes multiply_high(WasmLanes a, std::int16_t factor) {
        const v128_t f = wasm_i16x8_splat(factor);
        return {
            high_halves(wasm_i32x4_extmul_low_i16x8(a.v, f), wasm_i32x4_extmul_high_i16x8(a.v, f))};
    }
    static WasmLanes multiply_add_high(WasmLanes a, std::int16_t factor_a, WasmLanes b,
                                       std::int16_t factor_b) {
        const v128_t factors = wasm_i32x4_splat((factor_b << 16) | (factor_a & 0xffff));
        return {high_halves(wasm_i32x4_dot_i16x8(low_pairs(a.v, b.v), factors),
                            wasm_i32x4_dot_i16x8(high_pairs(a.v, b.v), factors))};
    }
    static WasmLanes previous(WasmLanes a, WasmLanes before) {
        return {wasm_i16x8_shuffle(before.v, a.v, 7, 8, 9, 10, 11, 12, 13, 14)};
    }
    static WasmLanes next(WasmLanes a, WasmLanes after) {
        return {wasm_i16x8_shuffle(a.v, after.v, 1, 2, 3, 4, 5, 6, 7, 8)};
    }
    static WasmLanes clear_last(WasmLanes a) { return {wasm_i16x8_replace_lane(a.v, 7, 0)}; }
    static WasmLanes first_to_all(WasmLanes a) {
        return {wasm_i16x8_shuffle(a.v, a.v, 0, 0, 0, 0, 0, 0, 0, 0)};
    }
    static WasmLanes last_to_all(WasmLanes a) {
        return {wasm_i16x8_shuffle(a.v, a.v, 7, 7, 7, 7, 7, 7, 7, 7)};
    }
    static void store_interleaved(std::int16_t* to, WasmLanes a, WasmLanes b) {
        wasm_v128_store(to, low_pairs(a.v, b.v));
        wasm_v128_store(to + 8, high_pairs(a.v, b.v));
    }
    static void store_pixels(std::uint8_t* to, WasmLanes b, WasmLanes g, WasmLanes r) {
        store_pixels(to, b, g, r, all(0xff));
    }
    static void store_pixels(std::uint8_t* to, WasmLanes b, WasmLanes g, WasmLanes r, WasmLanes a) {
        const v128_t br = wasm_u8x16_narrow_i16x8(b.v, r.v);
        const v128_t ga = wasm_u8x16_narrow_i16x8(g.v, a.v);
        const v128_t bg =
            wasm_i8x16_shuffle(br, ga, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const v128_t ra = wasm_i8x16_shuffle(br, ga, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                             14, 30, 15, 31);
        wasm_v128_store(to, low_pairs(bg, ra));
        wasm_v128_store(to + 16, high_pairs(bg, ra));
    }

  private:
    static v128_t low_pairs(v128_t a, v128_t b) {
        return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    }
    static v128_t high_pairs(v128_t a, v128_t b) {
        return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    }
    static v128_t high_halves(v128_t low, v128_t high) {
        return wasm_i16x8_shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
    }
};

}  // namespace lucid::rdp::codec
