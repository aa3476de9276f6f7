// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Eight 16-bit lanes in SSE2, which every x86-64 processor has. Meaning: lanes_portable.hpp.

#include <cstdint>
#include <cstring>
#include <emmintrin.h>

namespace lucid::rdp::codec {

struct Sse2Lanes {
    static constexpr int count = 8;
    __m128i v;

    static Sse2Lanes load(const std::int16_t* from) {
        return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))};
    }
    static Sse2Lanes load_bytes(const std::uint8_t* from) {
        const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
        return {_mm_unpacklo_epi8(bytes, _mm_setzero_si128())};
    }
    static Sse2Lanes load_bytes_twice(const std::uint8_t* from) {
        int four = 0;
        std::memcpy(&four, from, 4);
        const __m128i bytes = _mm_cvtsi32_si128(four);
        return {_mm_unpacklo_epi8(_mm_unpacklo_epi8(bytes, bytes), _mm_setzero_si128())};
    }
    static Sse2Lanes all(std::int16_t value) { return {_mm_set1_epi16(value)}; }
    void store(std::int16_t* to) const { store_bytes(to, v); }

    friend Sse2Lanes operator+(Sse2Lanes a, Sse2Lanes b) { return {_mm_add_epi16(a.v, b.v)}; }
    friend Sse2Lanes operator-(Sse2Lanes a, Sse2Lanes b) { return {_mm_sub_epi16(a.v, b.v)}; }
    static Sse2Lanes add_saturated(Sse2Lanes a, Sse2Lanes b) { return {_mm_adds_epi16(a.v, b.v)}; }
    static Sse2Lanes subtract_saturated(Sse2Lanes a, Sse2Lanes b) {
        return {_mm_subs_epi16(a.v, b.v)};
    }
    template <int Bits>
    static Sse2Lanes shift_right(Sse2Lanes a) {
        return {_mm_srai_epi16(a.v, Bits)};
    }
    static Sse2Lanes signed_byte(Sse2Lanes a, unsigned shift) {
        const __m128i bits = _mm_cvtsi32_si128(static_cast<int>(shift + 8));
        return {_mm_srai_epi16(_mm_sll_epi16(a.v, bits), 8)};
    }
    static Sse2Lanes mean_to_zero(Sse2Lanes a, Sse2Lanes b) {
        const __m128i unequal = _mm_xor_si128(a.v, b.v);
        const __m128i down = _mm_add_epi16(_mm_and_si128(a.v, b.v), _mm_srai_epi16(unequal, 1));
        return {_mm_add_epi16(down, _mm_and_si128(unequal, _mm_srli_epi16(down, 15)))};
    }
    static Sse2Lanes multiply_low(Sse2Lanes a, std::int16_t factor) {
        return {_mm_mullo_epi16(a.v, _mm_set1_epi16(factor))};
    }
    static Sse2Lanes multiply_high(Sse2Lanes a, std::int16_t factor) {
        return {_mm_mulhi_epi16(a.v, _mm_set1_epi16(factor))};
    }
    static Sse2Lanes multiply_add_high(Sse2Lanes a, std::int16_t factor_a, Sse2Lanes b,
                                       std::int16_t factor_b) {
        const __m128i factors = _mm_set1_epi32((factor_b << 16) | (factor_a & 0xffff));
        const __m128i low = _mm_madd_epi16(_mm_unpacklo_epi16(a.v, b.v), factors);
        const __m128i high = _mm_madd_epi16(_mm_unpackhi_epi16(a.v, b.v), factors);
        return {_mm_packs_epi32(_mm_srai_epi32(low, 16), _mm_srai_epi32(high, 16))};
    }
    static Sse2Lanes previous(Sse2Lanes a, Sse2Lanes before) {
        return {_mm_or_si128(_mm_slli_si128(a.v, 2), _mm_srli_si128(before.v, 14))};
    }
    static Sse2Lanes next(Sse2Lanes a, Sse2Lanes after) {
        return {_mm_or_si128(_mm_srli_si128(a.v, 2), _mm_slli_si128(after.v, 14))};
    }
    static Sse2Lanes clear_last(Sse2Lanes a) { return {_mm_srli_si128(_mm_slli_si128(a.v, 2), 2)}; }
    static Sse2Lanes first_to_all(Sse2Lanes a) {
        return {_mm_shuffle_epi32(_mm_shufflelo_epi16(a.v, 0), 0)};
    }
    static Sse2Lanes last_to_all(Sse2Lanes a) {
        return {_mm_shuffle_epi32(_mm_shufflehi_epi16(a.v, 0xff), 0xff)};
    }
    static void store_interleaved(std::int16_t* to, Sse2Lanes a, Sse2Lanes b) {
        store_bytes(to, _mm_unpacklo_epi16(a.v, b.v));
        store_bytes(to + 8, _mm_unpackhi_epi16(a.v, b.v));
    }
    static void store_pixels(std::uint8_t* to, Sse2Lanes b, Sse2Lanes g, Sse2Lanes r) {
        store_pixels(to, b, g, r, all(0xff));
    }
    static void store_pixels(std::uint8_t* to, Sse2Lanes b, Sse2Lanes g, Sse2Lanes r, Sse2Lanes a) {
        const __m128i br = _mm_packus_epi16(b.v, r.v);
        const __m128i ga = _mm_packus_epi16(g.v, a.v);
        const __m128i bg = _mm_unpacklo_epi8(br, ga);
        const __m128i ra = _mm_unpackhi_epi8(br, ga);
        store_bytes(to, _mm_unpacklo_epi16(bg, ra));
        store_bytes(to + 16, _mm_unpackhi_epi16(bg, ra));
    }

  private:
    static void store_bytes(void* to, __m128i value) {
        _mm_storeu_si128(static_cast<__m128i*>(to), value);
    }
};

}  // namespace lucid::rdp::codec
