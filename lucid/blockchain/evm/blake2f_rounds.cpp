// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/blake2f_rounds.hpp>
#include <lucid/common/processor/processor.hpp>

#include <bit>
#include <utility>

namespace lucid::blockchain::evm::blake2 {
namespace {

template <std::size_t a, std::size_t b, std::size_t c, std::size_t d>
inline void mix(Words& v, std::uint64_t x, std::uint64_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 63);
}

/// The row is known when this is compiled: no look-up stands between a round and its words.
template <std::size_t row>
[[gnu::always_inline]] inline void mix_round(Words& v, const Words& m) {
    constexpr auto& s = sigma[row];
    mix<0, 4, 8, 12>(v, m[s[0]], m[s[1]]);
    mix<1, 5, 9, 13>(v, m[s[2]], m[s[3]]);
    mix<2, 6, 10, 14>(v, m[s[4]], m[s[5]]);
    mix<3, 7, 11, 15>(v, m[s[6]], m[s[7]]);
    mix<0, 5, 10, 15>(v, m[s[8]], m[s[9]]);
    mix<1, 6, 11, 12>(v, m[s[10]], m[s[11]]);
    mix<2, 7, 8, 13>(v, m[s[12]], m[s[13]]);
    mix<3, 4, 9, 14>(v, m[s[14]], m[s[15]]);
}

template <std::size_t... row>
void mix_all(Words& vector, const Words& message, std::uint32_t rounds,
             std::index_sequence<row...>) {
    Words v = vector;
    const Words m = message;
    for (; rounds >= sigma_rows; rounds -= sigma_rows) (mix_round<row>(v, m), ...);
    ((row < rounds ? mix_round<row>(v, m) : void()), ...);
    vector = v;
}

}  // namespace

void mix_rounds_portable(Words& v, const Words& message, std::uint32_t rounds) {
    mix_all(v, message, rounds, std::make_index_sequence<sigma_rows>{});
}

void mix_rounds(Words& v, const Words& message, std::uint32_t rounds) {
#if defined(__x86_64__)
    if (processor::has_avx2()) return mix_rounds_avx2(v, message, rounds);
#endif
    mix_rounds_portable(v, message, rounds);
}

}  // namespace lucid::blockchain::evm::blake2
