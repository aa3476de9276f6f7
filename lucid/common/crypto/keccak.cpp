// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>

#include <bit>
#include <cstring>

namespace lucid::crypto {
namespace {

static_assert(std::endian::native == std::endian::little, "lanes are loaded as they lie in memory");

constexpr std::array<std::uint64_t, 24> round_constants = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
/// Rotation of lane x + 5y (rho) and where pi moves it.
constexpr std::array<int, 25> rotations = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                           25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

constexpr std::size_t rate_bytes = 136;

/// One round with every loop of constant length, so that the compiler keeps the lanes in registers.
template <std::size_t... I>
inline void theta_rho_pi(std::array<std::uint64_t, 25>& a, std::array<std::uint64_t, 25>& b,
                         std::index_sequence<I...>) {
    std::uint64_t c[5];
    for (std::size_t x = 0; x < 5; ++x) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    std::uint64_t d[5];
    for (std::size_t x = 0; x < 5; ++x) d[x] = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
    // pi: lane (x, y) goes to (y, 2x + 3y).
    ((b[(I / 5) + 5 * ((2 * (I % 5) + 3 * (I / 5)) % 5)] =
          std::rotl(a[I] ^ d[I % 5], rotations[I])),
     ...);
}

void permute(std::array<std::uint64_t, 25>& a) {
    std::array<std::uint64_t, 25> b;
    for (const auto constant : round_constants) {
        theta_rho_pi(a, b, std::make_index_sequence<25>{});
        for (std::size_t y = 0; y < 25; y += 5) {
            a[y] = b[y] ^ (~b[y + 1] & b[y + 2]);
            a[y + 1] = b[y + 1] ^ (~b[y + 2] & b[y + 3]);
            a[y + 2] = b[y + 2] ^ (~b[y + 3] & b[y + 4]);
            a[y + 3] = b[y + 3] ^ (~b[y + 4] & b[y]);
            a[y + 4] = b[y + 4] ^ (~b[y] & b[y + 1]);
        }
        a[0] ^= constant;
    }
}

void absorb(std::array<std::uint64_t, 25>& state, const std::uint8_t* block) {
    for (std::size_t lane = 0; lane < rate_bytes / 8; ++lane) {
        std::uint64_t word = 0;
        std::memcpy(&word, block + lane * 8, 8);
        state[lane] ^= word;
    }
    permute(state);
}

}  // namespace

Hash32 keccak256(ByteView data) {
    std::array<std::uint64_t, 25> state{};
    while (data.size() >= rate_bytes) {
        absorb(state, data.data());
        data = data.subspan(rate_bytes);
    }
    ByteArray<rate_bytes> last{};
    std::copy(data.begin(), data.end(), last.begin());
    last[data.size()] ^= 0x01;
    last[rate_bytes - 1] ^= 0x80;
    absorb(state, last.data());
    Hash32 out;
    std::memcpy(out.data(), state.data(), out.size());
    return out;
}

}  // namespace lucid::crypto
