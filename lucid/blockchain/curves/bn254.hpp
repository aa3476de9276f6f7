// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The curve of EIP-196 and EIP-197 ("alt_bn128"): y² = x³ + 3 over a 254-bit prime, optimal ate
/// pairing.

#include <lucid/blockchain/curves/point.hpp>
#include <lucid/blockchain/curves/tower.hpp>

namespace lucid::blockchain::curves::bn254 {

struct Prime {
    static constexpr Words<4> words = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                       0x30644e72e131a029};
};
struct Curve {
    using Fp = PrimeField<Prime>;
    static constexpr std::uint64_t xi_real = 9;
};
using Fp = Curve::Fp;
using F2 = Fp2<Curve>;
using F12 = Fp12<Curve>;
using G1 = Affine<Fp>;
using G2 = Affine<F2>;

[[nodiscard]] bool is_on_curve(const G1& p);
/// On the twist and in the subgroup of the right order.
[[nodiscard]] bool is_in_group(const G2& p);

struct Pair {
    G1 p;
    G2 q;
};
/// Is the product of the pairings one? All points are in their groups.
[[nodiscard]] bool pairing_product_is_one(std::span<const Pair> pairs);

}  // namespace lucid::blockchain::curves::bn254
