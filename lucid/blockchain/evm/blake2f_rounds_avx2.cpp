// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/blake2f_rounds.hpp>

#if defined(__x86_64__)
#include <lucid/common/processor/processor.hpp>

#include <algorithm>
#include <immintrin.h>

// A round is two steps of four mixes; here each step is one mix of four lanes, so that its time is
// that of one chain of dependent instructions. The second step mixes diagonals. The rows could be
// turned by one, two and three lanes from b on, as it is written down; but b is the end of the
// chain. So b stays where it is, and the others, which are known earlier, turn around it.

namespace lucid::blockchain::evm::blake2 {
namespace {

/// A round's words, in the order in which its four additions take them.
struct RoundWords {
    alignas(32) std::uint64_t words[4][4];
};
using MessageWords = std::array<RoundWords, sigma_rows>;

void order_words(MessageWords& out, const Words& m, std::size_t rows) {
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t lane = 0; lane < 4; ++lane) {
            const auto& s = sigma[row];
            // In the second step lane i holds the diagonal that begins one column before it.
            const auto diagonal = (lane + 3) % 4;
            out[row].words[0][lane] = m[s[2 * lane]];
            out[row].words[1][lane] = m[s[2 * lane + 1]];
            out[row].words[2][lane] = m[s[8 + 2 * diagonal]];
            out[row].words[3][lane] = m[s[9 + 2 * diagonal]];
        }
}

struct Rows {
    __m256i a, b, c, d;
};

LUCID_AVX2 inline __m256i load(const std::uint64_t* words) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
}
LUCID_AVX2 inline void store(std::uint64_t* words, __m256i value) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(words), value);
}

/// The same value, of which the compiler knows nothing: it would add the word last, to what the
/// chain ends with, and make two shuffles of one.
LUCID_AVX2 inline __m256i opaque(__m256i value) {
    __asm__("" : "+x"(value));
    return value;
}

/// Bytes of a word turned right by three and by two.
struct Turns {
    __m256i by_24, by_16;
};
LUCID_AVX2 inline Turns make_turns() {
    const __m256i by_24 = _mm256_setr_epi64x(0x0201000706050403, 0x0a09080f0e0d0c0b,
                                             0x0201000706050403, 0x0a09080f0e0d0c0b);
    const __m256i by_16 = _mm256_setr_epi64x(0x0100070605040302, 0x09080f0e0d0c0b0a,
                                             0x0100070605040302, 0x09080f0e0d0c0b0a);
    return {opaque(by_24), opaque(by_16)};
}

LUCID_AVX2 inline void mix_lanes(Rows& r, const Turns& turns, const std::uint64_t* x,
                                 const std::uint64_t* y) {
    r.a = _mm256_add_epi64(opaque(_mm256_add_epi64(r.a, load(x))), r.b);
    r.d = _mm256_shuffle_epi32(_mm256_xor_si256(r.d, r.a), 0xb1);
    r.c = _mm256_add_epi64(r.c, r.d);
    r.b = _mm256_shuffle_epi8(_mm256_xor_si256(r.b, r.c), turns.by_24);
    r.a = _mm256_add_epi64(opaque(_mm256_add_epi64(r.a, load(y))), r.b);
    r.d = _mm256_shuffle_epi8(_mm256_xor_si256(r.d, r.a), turns.by_16);
    r.c = _mm256_add_epi64(r.c, r.d);
    const __m256i mixed = _mm256_xor_si256(r.b, r.c);
    r.b = _mm256_or_si256(_mm256_srli_epi64(mixed, 63), _mm256_add_epi64(mixed, mixed));
}

/// Lane i of the result is lane i + by.
template <int by>
LUCID_AVX2 inline __m256i turn(__m256i row) {
    return _mm256_permute4x64_epi64(
        row, by % 4 | (by + 1) % 4 << 2 | (by + 2) % 4 << 4 | (by + 3) % 4 << 6);
}

LUCID_AVX2 inline void mix_round(Rows& r, const Turns& turns, const RoundWords& m) {
    mix_lanes(r, turns, m.words[0], m.words[1]);
    r.a = turn<3>(r.a);
    r.c = turn<1>(r.c);
    r.d = turn<2>(r.d);
    mix_lanes(r, turns, m.words[2], m.words[3]);
    r.a = turn<1>(r.a);
    r.c = turn<3>(r.c);
    r.d = turn<2>(r.d);
}

}  // namespace

LUCID_AVX2 void mix_rounds_avx2(Words& v, const Words& message, std::uint32_t rounds) {
    MessageWords words;
    order_words(words, message, std::min(rounds, sigma_rows));
    const Turns turns = make_turns();
    Rows r{load(v.data()), load(v.data() + 4), load(v.data() + 8), load(v.data() + 12)};
    for (; rounds >= sigma_rows; rounds -= sigma_rows)
        for (const auto& row : words) mix_round(r, turns, row);
    for (std::uint32_t row = 0; row < rounds; ++row) mix_round(r, turns, words[row]);
    store(v.data(), r.a);
    store(v.data() + 4, r.b);
    store(v.data() + 8, r.c);
    store(v.data() + 12, r.d);
}

}  // namespace lucid::blockchain::evm::blake2
#endif
