// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// MD4 (RFC 1320) and RC4: NTLM needs both, and OpenSSL 3 has them only in a provider module that a
// jailed process cannot load.

#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/result/assert.hpp>

#include <bit>
#include <utility>

namespace lucid::crypto {
namespace {

void md4_block(std::array<std::uint32_t, 4>& state, const std::uint8_t* block) {
    std::array<std::uint32_t, 16> x;
    for (std::size_t i = 0; i < 16; ++i)
        x[i] = std::uint32_t{block[4 * i]} | std::uint32_t{block[4 * i + 1]} << 8 |
               std::uint32_t{block[4 * i + 2]} << 16 | std::uint32_t{block[4 * i + 3]} << 24;
    constexpr std::array<std::array<int, 4>, 3> shifts = {
        {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}}};
    constexpr std::array<std::array<std::uint8_t, 16>, 3> order = {
        {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
         {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
         {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}}};
    auto [a, b, c, d] = state;
    for (std::size_t round = 0; round < 3; ++round) {
        for (std::size_t i = 0; i < 16; ++i) {
            std::uint32_t f = 0;
            if (round == 0) f = (b & c) | (~b & d);
            if (round == 1) f = ((b & c) | (b & d) | (c & d)) + 0x5a827999;
            if (round == 2) f = (b ^ c ^ d) + 0x6ed9eba1;
            const auto mixed = std::rotl(a + f + x[order[round][i]], shifts[round][i % 4]);
            a = std::exchange(d, std::exchange(c, std::exchange(b, mixed)));
        }
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

}  // namespace

ByteArray<16> md4(ByteView data) {
    std::array<std::uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    Bytes padded = to_bytes(data);
    padded.push_back(0x80);
    while (padded.size() % 64 != 56) padded.push_back(0);
    const auto bits = std::uint64_t{data.size()} * 8;
    for (unsigned i = 0; i < 8; ++i) padded.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
    for (std::size_t at = 0; at < padded.size(); at += 64) md4_block(state, padded.data() + at);
    ByteArray<16> out;
    for (std::size_t i = 0; i < 16; ++i)
        out[i] = static_cast<std::uint8_t>(state[i / 4] >> (8 * (i % 4)));
    return out;
}

Rc4::Rc4(ByteView key) {
    LUCID_ASSERT(!key.empty() && key.size() <= 256);
    for (std::size_t i = 0; i < 256; ++i) state_[i] = static_cast<std::uint8_t>(i);
    std::uint8_t j = 0;
    for (std::size_t i = 0; i < 256; ++i) {
        j = static_cast<std::uint8_t>(j + state_[i] + key[i % key.size()]);
        std::swap(state_[i], state_[j]);
    }
}

void Rc4::apply(MutableByteView data) {
    for (auto& byte : data) {
        i_ = static_cast<std::uint8_t>(i_ + 1);
        j_ = static_cast<std::uint8_t>(j_ + state_[i_]);
        std::swap(state_[i_], state_[j_]);
        byte ^= state_[static_cast<std::uint8_t>(state_[i_] + state_[j_])];
    }
}

}  // namespace lucid::crypto
