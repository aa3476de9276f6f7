// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// BLS12-381 (draft-irtf-cfrg-pairing-friendly-curves, 4.2.1): y² = x³ + 4 over a 381-bit prime,
/// its twist y² = x³ + 4 (1 + u), the ate pairing, and RFC 9380's maps to both groups.

#include <lucid/blockchain/curves/point.hpp>
#include <lucid/blockchain/curves/tower.hpp>

namespace lucid::blockchain::curves::bls12_381 {

struct Prime {
    static constexpr Words<6> words = {0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                                       0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
};
struct Curve {
    using Fp = PrimeField<Prime>;
    static constexpr std::uint64_t xi_real = 1;
};
using Fp = Curve::Fp;
using F2 = Fp2<Curve>;
using F12 = Fp12<Curve>;
using G1 = Affine<Fp>;
using G2 = Affine<F2>;

/// Order of both groups.
inline constexpr Words<4> group_order = {0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805,
                                         0x73eda753299d7d48};

[[nodiscard]] G1 generator_g1();
[[nodiscard]] G2 generator_g2();
/// The generator times the secret of Ethereum's KZG ceremony: consensus-specs,
/// presets/mainnet/trusted_setups/trusted_setup_4096.json, g2_monomial[1].
[[nodiscard]] G2 kzg_setup_g2();

[[nodiscard]] bool is_on_curve(const G1& p);
[[nodiscard]] bool is_on_curve(const G2& p);
/// Has a point of the curve the order of the group (or is it infinite)?
[[nodiscard]] bool is_in_group(const G1& p);
[[nodiscard]] bool is_in_group(const G2& p);

struct Pair {
    G1 p;
    G2 q;
};
/// Is the product of the pairings one? All points are in their groups.
[[nodiscard]] bool pairing_product_is_one(std::span<const Pair> pairs);

/// map_to_curve and clear_cofactor of BLS12381G1_XMD:SHA-256_SSWU and its G2 sibling (RFC 9380,
/// 8.8).
[[nodiscard]] G1 map_to_g1(const Fp& u);
[[nodiscard]] G2 map_to_g2(const F2& u);

/// 48 bytes as in the draft's appendix C (ZCash's format). Nothing: not canonical, not on the curve
/// or not in the group.
[[nodiscard]] std::optional<G1> decompress_g1(ByteView bytes);

}  // namespace lucid::blockchain::curves::bls12_381
