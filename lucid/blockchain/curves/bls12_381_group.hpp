// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the parts of BLS12-381 share. Private to this folder.

#include <lucid/blockchain/curves/bls12_381.hpp>

#include <string_view>

namespace lucid::blockchain::curves::bls12_381 {

/// The curve's parameter is minus this; few of its bits are set.
inline constexpr std::uint64_t minus_x = 0xd201000000010000;

/// minus_x · p.
template <class F>
[[nodiscard]] Jacobian<F> times_minus_x(const Jacobian<F>& p) {
    auto sum = p;
    for (int i = 62; i >= 0; --i) {
        sum = sum.doubled();
        if (((minus_x >> i) & 1U) != 0) sum = sum + p;
    }
    return sum;
}

/// The p-power map, taken to the twist.
[[nodiscard]] Jacobian<F2> frobenius(const Jacobian<F2>& q);

/// A constant of a specification: hexadecimal digits, most significant first.
consteval Fp number(std::string_view digits) {
    Fp::Raw raw{};
    for (const char c : digits) {
        const auto digit = static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
        for (std::size_t i = Fp::n; i-- > 0;)
            raw[i] = raw[i] << 4 | (i > 0 ? raw[i - 1] >> 60 : digit);
    }
    return Fp::from_raw(raw);
}

}  // namespace lucid::blockchain::curves::bls12_381
