// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/evm.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>
#include <gmp.h>

namespace lucid::blockchain::evm {
namespace {

constexpr unsigned precompiles_last = 0x11;

std::uint64_t words(std::size_t bytes) {
    return (bytes + 31) / 32;
}

/// `count` input bytes from `offset`, zero-padded on the right.
Bytes padded(ByteView input, std::size_t offset, std::size_t count) {
    Bytes out(count);
    if (offset < input.size()) {
        const auto available = std::min(count, input.size() - offset);
        std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(offset), available, out.begin());
    }
    return out;
}

Outcome done(std::uint64_t gas, std::uint64_t cost, Bytes output) {
    if (gas < cost) return {};
    return {Status::success, gas - cost, std::move(output), {}};
}

Bytes ecrecover(ByteView input) {
    const auto all = padded(input, 0, 128);
    crypto::RecoverableSignature signature;
    Hash32 digest;
    std::copy_n(all.begin(), 32, digest.begin());
    std::copy_n(all.begin() + 64, 32, signature.r.begin());
    std::copy_n(all.begin() + 96, 32, signature.s.begin());
    const auto v = Uint256::from_be(ByteView(all).subspan(32, 32));
    if (v != Uint256(27) && v != Uint256(28)) return {};
    signature.y_parity = static_cast<std::uint8_t>(v.words[0] - 27);
    const auto key = crypto::secp256k1_recover(digest, signature);
    if (!key) return {};
    Bytes out(12);
    append(out, crypto::address_of(*key));
    return out;
}

/// EIP-198 with the price of EIP-2565.
Outcome modexp(ByteView input, std::uint64_t gas) {
    const auto base_size = Uint256::from_be(padded(input, 0, 32));
    const auto exponent_size = Uint256::from_be(padded(input, 32, 32));
    const auto modulus_size = Uint256::from_be(padded(input, 64, 32));
    // Nothing to compute, whatever the exponent is.
    if (base_size.is_zero() && modulus_size.is_zero()) return done(gas, 200, {});
    constexpr std::uint64_t size_max = 1 << 20;
    if (base_size > Uint256(size_max) || modulus_size > Uint256(size_max) ||
        exponent_size > Uint256(size_max))
        return {};  // the price would be beyond any gas limit
    const auto b = base_size.words[0];
    const auto e = exponent_size.words[0];
    const auto m = modulus_size.words[0];
    const auto head = Uint256::from_be(padded(input, 96 + b, std::min<std::uint64_t>(e, 32)));
    std::uint64_t iterations = head.is_zero() ? 0 : head.bit_length() - 1;
    if (e > 32) iterations += 8 * (e - 32);
    const auto largest_words = (std::max(b, m) + 7) / 8;
    const Uint256 price = divide(Uint256(largest_words * largest_words) *
                                     Uint256(std::max<std::uint64_t>(iterations, 1)),
                                 3)
                              .quotient;
    const auto cost = price < Uint256(200) ? Uint256(200) : price;
    if (cost > Uint256(gas)) return {};
    Bytes out(m);
    if (m != 0) {
        mpz_t base, exponent, modulus;
        mpz_inits(base, exponent, modulus, nullptr);
        const auto load = [&](mpz_t to, std::size_t offset, std::size_t size) {
            const auto bytes = padded(input, offset, size);
            mpz_import(to, bytes.size(), 1, 1, 1, 0, bytes.data());
        };
        load(base, 96, b);
        load(exponent, 96 + b, e);
        load(modulus, 96 + b + e, m);
        if (mpz_sgn(modulus) != 0) {
            mpz_powm(base, base, exponent, modulus);
            std::size_t written = 0;
            const auto size = (mpz_sizeinbase(base, 2) + 7) / 8;
            if (mpz_sgn(base) != 0) mpz_export(out.data() + (m - size), &written, 1, 1, 1, 0, base);
        }
        mpz_clears(base, exponent, modulus, nullptr);
    }
    return {Status::success, gas - cost.words[0], std::move(out), {}};
}

/// EIP-152: the compression function F of BLAKE2b.
Outcome blake2f(ByteView input, std::uint64_t gas) {
    if (input.size() != 213 || input[212] > 1) return {};
    std::uint32_t rounds = 0;
    for (std::size_t i = 0; i < 4; ++i) rounds = rounds << 8 | input[i];
    if (gas < rounds) return {};
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
    for (std::uint32_t round = 0; round < rounds; ++round) {
        const auto& s = sigma[round % 10];
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
    return {Status::success, gas - rounds, std::move(out), {}};
}

}  // namespace

bool is_precompile(const Address& address) {
    return std::all_of(address.begin(), address.begin() + 19, [](auto b) { return b == 0; }) &&
           address[19] >= 1 && address[19] <= precompiles_last;
}

Outcome run_precompile(const Address& address, ByteView input, std::uint64_t gas) {
    switch (address[19]) {
        case 0x01:
            return done(gas, 3000, gas < 3000 ? Bytes{} : ecrecover(input));
        case 0x02: {
            const auto hash = crypto::sha256(input);
            return done(gas, 60 + 12 * words(input.size()), {hash.begin(), hash.end()});
        }
        case 0x03: {
            const auto hash = crypto::ripemd160(input);
            Bytes out(12);
            append(out, hash);
            return done(gas, 600 + 120 * words(input.size()), std::move(out));
        }
        case 0x04:
            return done(gas, 15 + 3 * words(input.size()), to_bytes(input));
        case 0x05:
            return modexp(input, gas);
        case 0x09:
            return blake2f(input, gas);
        default:
            return {};
    }
}

}  // namespace lucid::blockchain::evm
