// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompile_functions.hpp>

namespace lucid::blockchain::evm {

std::uint32_t blake2f_rounds(ByteView input) {
    std::uint32_t rounds = 0;
    for (std::size_t i = 0; i < 4 && i < input.size(); ++i) rounds = rounds << 8 | input[i];
    return rounds;
}

PrecompileResult blake2f(ByteView input) {
    if (input.size() != 213 || input[212] > 1) return std::nullopt;
    const auto rounds = blake2f_rounds(input);
    constexpr std::array<std::uint64_t, 8> iv = {
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    constexpr std::uint8_t sigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                            {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                            {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                            {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                            {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                            {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                            {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                            {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                            {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                            {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
    const auto word = [&](std::size_t offset) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{input[offset + i]} << (8 * i);
        return value;
    };
    std::array<std::uint64_t, 8> h{};
    std::array<std::uint64_t, 16> m{};
    for (std::size_t i = 0; i < 8; ++i) h[i] = word(4 + 8 * i);
    for (std::size_t i = 0; i < 16; ++i) m[i] = word(68 + 8 * i);
    std::array<std::uint64_t, 16> v{};
    std::copy(h.begin(), h.end(), v.begin());
    std::copy(iv.begin(), iv.end(), v.begin() + 8);
    v[12] ^= word(196);
    v[13] ^= word(204);
    if (input[212] == 1) v[14] = ~v[14];
    const auto rotate = [](std::uint64_t x, unsigned n) { return x >> n | x << (64 - n); };
    const auto mix = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d,
                         std::uint64_t x, std::uint64_t y) {
        v[a] += v[b] + x;
        v[d] = rotate(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = rotate(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = rotate(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = rotate(v[b] ^ v[c], 63);
    };
    for (std::uint32_t round = 0, row = 0; round < rounds; ++round) {
        const auto& s = sigma[row];
        row = row == 9 ? 0 : row + 1;
        mix(0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    Bytes out;
    for (std::size_t i = 0; i < 8; ++i) {
        const auto value = h[i] ^ v[i] ^ v[i + 8];
        for (unsigned shift = 0; shift < 64; shift += 8)
            out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return out;
}

}  // namespace lucid::blockchain::evm
