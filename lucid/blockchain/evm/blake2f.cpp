// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/blake2f_rounds.hpp>
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
    const auto word = [&](std::size_t offset) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{input[offset + i]} << (8 * i);
        return value;
    };
    std::array<std::uint64_t, 8> h{};
    blake2::Words m{};
    for (std::size_t i = 0; i < 8; ++i) h[i] = word(4 + 8 * i);
    for (std::size_t i = 0; i < 16; ++i) m[i] = word(68 + 8 * i);
    blake2::Words v{};
    std::copy(h.begin(), h.end(), v.begin());
    std::copy(iv.begin(), iv.end(), v.begin() + 8);
    v[12] ^= word(196);
    v[13] ^= word(204);
    if (input[212] == 1) v[14] = ~v[14];
    blake2::mix_rounds(v, m, rounds);
    Bytes out;
    for (std::size_t i = 0; i < 8; ++i) {
        const auto value = h[i] ^ v[i] ^ v[i + 8];
        for (unsigned shift = 0; shift < 64; shift += 8)
            out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return out;
}

}  // namespace lucid::blockchain::evm
