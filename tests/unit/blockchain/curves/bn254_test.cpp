// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bn254.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::curves::bn254 {
namespace {

Fp number(std::string_view hex) {
    return *field_from_be<Fp>(*from_hex(hex));
}
G1 generator() {
    return G1::at(Fp::one(), Fp::from(2));
}
/// EIP-197's P2.
G2 twist_generator() {
    return G2::at({number("1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"),
                   number("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2")},
                  {number("12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"),
                   number("090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b")});
}
constexpr Words<4> group_order = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d,
                                  0x30644e72e131a029};

TEST(Bn254, generators_have_the_order_of_the_group) {
    EXPECT_TRUE(is_on_curve(generator()));
    EXPECT_TRUE(multiply(Jacobian<Fp>(generator()), group_order).is_infinite());
    EXPECT_TRUE(is_in_group(twist_generator()));
    EXPECT_TRUE(multiply(Jacobian<F2>(twist_generator()), group_order).is_infinite());
}

TEST(Bn254, a_point_of_the_twist_outside_the_group_is_refused) {
    // Points of the twist with small x: of another order unless by a rare accident.
    const auto b = F2{Fp::from(9), Fp::one()}.inverse() * Fp::from(3);
    int found = 0;
    for (std::uint64_t real = 1; real < 200 && found < 3; ++real) {
        const F2 x{Fp::from(real), {}};
        const auto y2 = x.squared() * x + b;
        const auto norm = (y2.c0.squared() + y2.c1.squared()).square_root();
        if (!norm) continue;
        const auto half = Fp::from(2).inverse();
        auto a = ((y2.c0 + *norm) * half).square_root();
        if (!a) a = ((y2.c0 - *norm) * half).square_root();
        if (!a) continue;
        const auto point = G2::at(x, {*a, y2.c1 * half * a->inverse()});
        ASSERT_TRUE(point.is_on_curve(b));
        EXPECT_EQ(is_in_group(point), multiply(Jacobian<F2>(point), group_order).is_infinite());
        EXPECT_FALSE(is_in_group(point));
        ++found;
    }
    EXPECT_EQ(found, 3);
}

TEST(Bn254, pairing_is_bilinear) {
    const auto times = [](const auto& point, std::uint64_t n) {
        return multiply(point, Words<1>{n}).to_affine();
    };
    const Jacobian<Fp> p(generator());
    const Jacobian<F2> q(twist_generator());
    const auto is_one = [](std::vector<Pair> pairs) { return pairing_product_is_one(pairs); };
    EXPECT_TRUE(is_one({}));
    EXPECT_FALSE(is_one({{generator(), twist_generator()}}));
    EXPECT_TRUE(is_one({{times(p, 6), times(q, 7)}, {-times(p, 42), twist_generator()}}));
    EXPECT_FALSE(is_one({{times(p, 6), times(q, 7)}, {-times(p, 41), twist_generator()}}));
    EXPECT_TRUE(is_one({{G1{}, twist_generator()}, {generator(), G2{}}}));
}

}  // namespace
}  // namespace lucid::blockchain::curves::bn254
