// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompile_functions.hpp>

#include <algorithm>
#include <gmp.h>

namespace lucid::blockchain::evm {
namespace {

using proto::Fork;

struct Lengths {
    Uint256 base;
    Uint256 exponent;
    Uint256 modulus;
};

Lengths lengths_of(ByteView input) {
    const auto head = padded(input, 0, 96);
    return {Uint256::load_be(head.data()), Uint256::load_be(head.data() + 32),
            Uint256::load_be(head.data() + 64)};
}

Uint256 quotient(const Uint256& a, std::uint64_t b) {
    return divide(a, b).quotient;
}

/// `x`: larger of the lengths of base and modulus, below 2^64.
Uint256 complexity(std::uint64_t x, Fork fork) {
    const Uint256 square = Uint256(x) * Uint256(x);
    if (fork < Fork::berlin) {  // EIP-198
        if (x <= 64) return square;
        if (x <= 1024) return quotient(square, 4) + 96 * x - 3072;
        return quotient(square, 16) + Uint256(480) * x - 199680;
    }
    const Uint256 words = (x + 7) / 8;
    if (fork < Fork::osaka) return words * words;      // EIP-2565
    return x <= 32 ? Uint256(16) : words * words * 2;  // EIP-7883
}

void load(mpz_t to, ByteView input, std::size_t offset, std::size_t size) {
    const auto bytes = padded(input, offset, size);
    mpz_import(to, bytes.size(), 1, 1, 1, 0, bytes.data());
}

}  // namespace

std::optional<std::uint64_t> modexp_price(ByteView input, Fork fork) {
    const auto [base, exponent, modulus] = lengths_of(input);
    constexpr std::uint64_t length_max = 1024;  // EIP-7823
    if (fork >= Fork::osaka && std::max({base, exponent, modulus}) > Uint256(length_max))
        return std::nullopt;
    const std::uint64_t least = fork >= Fork::osaka ? 500 : fork >= Fork::berlin ? 200 : 0;
    const auto larger = std::max(base, modulus);
    // Nothing to multiply, whatever the exponent is.
    if (larger.is_zero() && fork < Fork::osaka) return least;
    if (larger > Uint256(UINT32_MAX)) return std::nullopt;
    if (exponent > Uint256(UINT64_MAX / 32)) return std::nullopt;
    const auto e = exponent.words[0];
    const auto head =
        Uint256::from_be(padded(input, 96 + base.words[0], std::min<std::uint64_t>(e, 32)));
    std::uint64_t iterations = head.is_zero() ? 0 : head.bit_length() - 1;
    if (e > 32) iterations += (fork >= Fork::osaka ? 16 : 8) * (e - 32);
    iterations = std::max<std::uint64_t>(iterations, 1);
    auto price = complexity(larger.words[0], fork) * Uint256(iterations);
    price = quotient(price, fork >= Fork::osaka ? 1 : fork >= Fork::berlin ? 3 : 20);
    if (!price.fits_u64()) return std::nullopt;
    return std::max(price.words[0], least);
}

PrecompileResult modexp(ByteView input) {
    const auto lengths = lengths_of(input);
    const auto m = lengths.modulus.words[0];
    if (m == 0) return Bytes{};
    const auto b = lengths.base.words[0];
    const auto e = lengths.exponent.words[0];
    Bytes out(m);
    mpz_t base, exponent, modulus;
    mpz_inits(base, exponent, modulus, nullptr);
    load(base, input, 96, b);
    load(exponent, input, 96 + b, e);
    load(modulus, input, 96 + b + e, m);
    if (mpz_sgn(modulus) != 0) {
        mpz_powm(base, base, exponent, modulus);
        const auto size = (mpz_sizeinbase(base, 2) + 7) / 8;
        if (mpz_sgn(base) != 0) mpz_export(out.data() + (m - size), nullptr, 1, 1, 1, 0, base);
    }
    mpz_clears(base, exponent, modulus, nullptr);
    return out;
}

}  // namespace lucid::blockchain::evm
