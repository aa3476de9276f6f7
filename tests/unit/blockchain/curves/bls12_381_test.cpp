// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// BLS12-381: the laws that groups and pairings keep, and RFC 9380's vectors of its maps.
#include <lucid/blockchain/curves/bls12_381.hpp>
#include <lucid/blockchain/curves/multi_scalar.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <random>

#include <gtest/gtest.h>

namespace lucid::blockchain::curves::bls12_381 {
namespace {

using J1 = Jacobian<Fp>;
using J2 = Jacobian<F2>;

Fp number(std::string_view hex) {
    return *field_from_be<Fp>(*from_hex(hex));
}
Words<4> small(std::uint64_t value) {
    return {value, 0, 0, 0};
}
Words<4> random_scalar(std::mt19937_64& random) {
    return {random(), random(), random(), random()};
}
/// Somewhere on the curve, nearly never in the group.
G1 outside_g1() {
    for (std::uint64_t x = 1;; ++x)
        if (const auto y = (Fp::from(x).squared() * Fp::from(x) + Fp::from(4)).square_root())
            return G1::at(Fp::from(x), *y);
}

TEST(Bls12381, generators_have_the_order_of_the_group) {
    EXPECT_TRUE(is_on_curve(generator_g1()));
    EXPECT_TRUE(is_in_group(generator_g1()));
    EXPECT_TRUE(multiply(J1(generator_g1()), group_order).is_infinite());
    EXPECT_TRUE(is_on_curve(generator_g2()));
    EXPECT_TRUE(is_in_group(generator_g2()));
    EXPECT_TRUE(multiply(J2(generator_g2()), group_order).is_infinite());
    EXPECT_TRUE(is_on_curve(kzg_setup_g2()));
    EXPECT_TRUE(is_in_group(kzg_setup_g2()));
}

TEST(Bls12381, membership_is_having_the_order) {
    const auto p = outside_g1();
    ASSERT_TRUE(is_on_curve(p));
    EXPECT_EQ(is_in_group(p), multiply(J1(p), group_order).is_infinite());
    EXPECT_FALSE(is_in_group(p));
    // The sum with a member is none either.
    EXPECT_FALSE(is_in_group((J1(p) + J1(generator_g1())).to_affine()));
    EXPECT_TRUE(is_in_group(G1{}));
    EXPECT_TRUE(is_in_group(G2{}));
}

TEST(Bls12381, scalars_wrap_at_the_order) {
    auto more = group_order;
    more[0] += 5;
    EXPECT_EQ(multiply(J1(generator_g1()), more), multiply(J1(generator_g1()), small(5)));
    EXPECT_EQ(multiply(J2(generator_g2()), more), multiply(J2(generator_g2()), small(5)));
}

TEST(Bls12381, pairing_is_bilinear) {
    const J1 p(generator_g1());
    const J2 q(generator_g2());
    const auto times = [](const auto& point, std::uint64_t n) {
        return multiply(point, small(n)).to_affine();
    };
    const auto is_one = [](std::vector<Pair> pairs) { return pairing_product_is_one(pairs); };
    EXPECT_TRUE(is_one({}));
    EXPECT_FALSE(is_one({{generator_g1(), generator_g2()}}));
    // e(6 P, 7 Q) e(-42 P, Q) = e(6 P, 7 Q) e(-21 P, 2 Q) = 1
    EXPECT_TRUE(is_one({{times(p, 6), times(q, 7)}, {-times(p, 42), generator_g2()}}));
    EXPECT_TRUE(is_one({{times(p, 6), times(q, 7)}, {times(p, 21), -times(q, 2)}}));
    EXPECT_FALSE(is_one({{times(p, 6), times(q, 7)}, {-times(p, 41), generator_g2()}}));
    EXPECT_TRUE(is_one({{G1{}, generator_g2()}, {generator_g1(), G2{}}}));
}

template <class F>
void expect_sums_agree(const Affine<F>& generator, std::size_t count) {
    std::mt19937_64 random(count);
    std::vector<Term<F, 4>> terms;
    Jacobian<F> expected;
    for (std::size_t i = 0; i < count; ++i) {
        const auto point = multiply(Jacobian<F>(generator), small(random() % 50));
        auto scalar = i % 5 == 0 ? small(i) : random_scalar(random);
        if (i == 3) scalar.fill(UINT64_MAX);
        terms.push_back({point, scalar});
        expected = expected + multiply(point, scalar);
    }
    const std::span<const Term<F, 4>> all(terms);
    EXPECT_EQ(sum_by_buckets(all), expected) << count;
    EXPECT_EQ(sum_by_tables(all), expected) << count;
    EXPECT_EQ(multi_scalar(all), expected) << count;
}

TEST(MultiScalar, both_ways_give_the_sum_of_multiples) {
    for (const std::size_t count : {0, 1, 2, 7, 128, 200}) expect_sums_agree(generator_g1(), count);
    for (const std::size_t count : {1, 17}) expect_sums_agree(generator_g2(), count);
}

TEST(Bls12381, compressed_points_are_canonical) {
    const auto good = *from_hex(
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905"
        "a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb");
    ASSERT_TRUE(decompress_g1(good));
    EXPECT_EQ(*decompress_g1(good), generator_g1());
    auto other = good;
    other[0] |= 0x20;
    EXPECT_EQ(*decompress_g1(other), -generator_g1());
    auto uncompressed = good;
    uncompressed[0] &= 0x7f;
    EXPECT_FALSE(decompress_g1(uncompressed));
    Bytes infinite(48);
    infinite[0] = 0xc0;
    ASSERT_TRUE(decompress_g1(infinite));
    EXPECT_TRUE(decompress_g1(infinite)->infinite);
    infinite[0] = 0xe0;
    EXPECT_FALSE(decompress_g1(infinite));
    infinite[0] = 0xc0;
    infinite[47] = 1;
    EXPECT_FALSE(decompress_g1(infinite));
    Bytes too_large(48, 0xff);
    too_large[0] = 0x9f;
    EXPECT_FALSE(decompress_g1(too_large));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(decompress_g1(ByteView(good).first(size)));
    Bytes outside;
    append_be(outside, outside_g1().x);
    outside[0] |= 0x80;
    EXPECT_FALSE(decompress_g1(outside));
}

struct MapVector {
    const char* u;
    const char* x;
    const char* y;
};

/// RFC 9380, J.9.2.
TEST(Bls12381, maps_to_g1_as_rfc_9380_has_it) {
    const std::vector<MapVector> vectors = {
        {"156c8a6a2c184569d69a76be144b5cdc5141d2d2ca4fe341"
         "f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f03",
         "184bb665c37ff561a89ec2122dd343f20e0f4cbcaec84e3c"
         "3052ea81d1834e192c426074b02ed3dca4e7676ce4ce48ba",
         "04407b8d35af4dacc809927071fc0405218f1401a6d15af7"
         "75810e4e460064bcc9468beeba82fdc751be70476c888bf3"},
        {"147e1ed29f06e4c5079b9d14fc89d2820d32419b990c1c7b"
         "b7dbea2a36a045124b31ffbde7c99329c05c559af1c6cc82",
         "009769f3ab59bfd551d53a5f846b9984c59b97d6842b20a2"
         "c565baa167945e3d026a3755b6345df8ec7e6acb6868ae6d",
         "1532c00cf61aa3d0ce3e5aa20c3b531a2abd2c770a790a26"
         "13818303c6b830ffc0ecf6c357af3317b9575c567f11cd2c"},
        {"04090815ad598a06897dd89bcda860f25837d54e897298ce"
         "31e6947378134d3761dc59a572154963e8c954919ecfa82d",
         "1974dbb8e6b5d20b84df7e625e2fbfecb2cdb5f77d5eae5f"
         "b2955e5ce7313cae8364bc2fff520a6c25619739c6bdcb6a",
         "15f9897e11c6441eaa676de141c8d83c37aab8667173cbe1"
         "dfd6de74d11861b961dccebcd9d289ac633455dfcc7013a3"},
        {"08dccd088ca55b8bfbc96fb50bb25c592faa867a8bb78d4e"
         "94a8cc2c92306190244532e91feba2b7fed977e3c3bb5a1f",
         "0a7a047c4a8397b3446450642c2ac64d7239b61872c9ae7a"
         "59707a8f4f950f101e766afe58223b3bff3a19a7f754027c",
         "1383aebba1e4327ccff7cf9912bda0dbc77de048b71ef8c8"
         "a81111d71dc33c5e3aa6edee9cf6f5fe525d50cc50b77cc9"},
        {"0dd824886d2123a96447f6c56e3a3fa992fbfefdba17b667"
         "3f9f630ff19e4d326529db37e1c1be43f905bf9202e0278d",
         "0e7a16a975904f131682edbb03d9560d3e48214c9986bd50"
         "417a77108d13dc957500edf96462a3d01e62dc6cd468ef11",
         "0ae89e677711d05c30a48d6d75e76ca9fb70fe06c6dd6ff9"
         "88683d89ccde29ac7d46c53bb97a59b1901abf1db66052db"},
    };
    for (const auto& v : vectors)
        EXPECT_EQ(map_to_g1(number(v.u)), G1::at(number(v.x), number(v.y))) << v.u;
}

/// RFC 9380, J.10.2.
TEST(Bls12381, maps_to_g2_as_rfc_9380_has_it) {
    const auto pair = [](const MapVector& real, const MapVector& imaginary,
                         const char* MapVector::* which) {
        return F2{number(real.*which), number(imaginary.*which)};
    };
    const std::vector<std::pair<MapVector, MapVector>> vectors = {
        {{"07355d25caf6e7f2f0cb2812ca0e513bd026ed09dda65b17"
          "7500fa31714e09ea0ded3a078b526bed3307f804d4b93b04",
          "00e7f4568a82b4b7dc1f14c6aaa055edf51502319c723c4d"
          "c2688c7fe5944c213f510328082396515734b6612c4e7bb7",
          "0caead0fd7b6176c01436833c79d305c78be307da5f6af6c"
          "133c47311def6ff1e0babf57a0fb5539fce7ee12407b0a42"},
         {"02829ce3c021339ccb5caf3e187f6370e1e2a311dec9b753"
          "63117063ab2015603ff52c3d3b98f19c2f65575e99e8b78c",
          "126b855e9e69b1f691f816e48ac6977664d24d99f8724868"
          "a184186469ddfd4617367e94527d4b74fc86413483afb35b",
          "1498aadcf7ae2b345243e281ae076df6de84455d766ab6fc"
          "daad71fab60abb2e8b980a440043cd305db09d283c895e3d"}},
        {{"138879a9559e24cecee8697b8b4ad32cced053138ab913b9"
          "9872772dc753a2967ed50aabc907937aefb2439ba06cc50c",
          "108ed59fd9fae381abfd1d6bce2fd2fa220990f0f837fa30"
          "e0f27914ed6e1454db0d1ee957b219f61da6ff8be0d6441f",
          "033f90f6057aadacae7963b0a0b379dd46750c1c94a6357c"
          "99b65f63b79e321ff50fe3053330911c56b6ceea08fee656"},
         {"0a1ae7999ea9bab1dcc9ef8887a6cb6e8f1e22566015428d"
          "220b7eec90ffa70ad1f624018a9ad11e78d588bd3617f9f2",
          "0296238ea82c6d4adb3c838ee3cb2346049c90b96d602d7b"
          "b1b469b905c9228be25c627bffee872def773d5b2a2eb57d",
          "153606c417e59fb331b7ae6bce4fbf7c5190c33ce9402b5e"
          "be2b70e44fca614f3f1382a3625ed5493843d0b0a652fc3f"}},
        {{"18c16fe362b7dbdfa102e42bdfd3e2f4e6191d479437a59d"
          "b4eb716986bf08ee1f42634db66bde97d6c16bbfd342b3b8",
          "038af300ef34c7759a6caaa4e69363cafeed218a1f207e93"
          "b2c70d91a1263d375d6730bd6b6509dcac3ba5b567e85bf3",
          "19b148cbdf163cf0894f29660d2e7bfb2b68e37d54cc83fd"
          "4e6e62c020eaa48709302ef8e746736c0e19342cc1ce3df4"},
         {"0e37812ce1b146d998d5f92bdd5ada2a31bfd63dfe18311a"
          "a91637b5f279dd045763166aa1615e46a50d8d8f475f184e",
          "0da75be60fb6aa0e9e3143e40c42796edf15685cafe0279a"
          "fd2a67c3dff1c82341f17effd402e4f1af240ea90f4b659b",
          "0492f4fed741b073e5a82580f7c663f9b79e036b70ab3e51"
          "162359cec4e77c78086fe879b65ca7a47d34374c8315ac5e"}},
        {{"08d4a0997b9d52fecf99427abb721f0fa779479963315fe2"
          "1c6445250de7183e3f63bfdf86570da8929489e421d4ee95",
          "0c5ae723be00e6c3f0efe184fdc0702b64588fe77dda152a"
          "b13099a3bacd3876767fa7bbad6d6fd90b3642e902b208f9",
          "04e77ddb3ede41b5ec4396b7421dd916efc68a358a0d7425"
          "bddd253547f2fb4830522358491827265dfc5bcc1928a569"},
         {"16cb4ccad91ec95aab070f22043916cd6a59c4ca94097f7f"
          "510043d48515526dc8eaaea27e586f09151ae613688d5a89",
          "12c8c05c1d5fc7bfa847f4d7d81e294e66b9a78bc9953990"
          "c358945e1f042eedafce608b67fdd3ab0cb2e6e263b9b1ad",
          "11c624c56dbe154d759d021eec60fab3d8b852395a89de49"
          "7e48504366feedd4662d023af447d66926a28076813dd646"}},
        {{"03f80ce4ff0ca2f576d797a3660e3f65b274285c054feccc"
          "3215c879e2c0589d376e83ede13f93c32f05da0f68fd6a10",
          "0ea4e7c33d43e17cc516a72f76437c4bf81d8f4eac69ac35"
          "5d3bf9b71b8138d55dc10fd458be115afa798b55dac34be1",
          "043b6f5fe4e52c839148dc66f2b3751e69a0f6ebb3d056d6"
          "465d50d4108543ecd956e10fa1640dfd9bc0030cc2558d28"},
         {"006488a837c5413746d868d1efb7232724da10eca410b07d"
          "8b505b9363bdccf0a1fc0029bad07d65b15ccfe6dd25e20d",
          "1565c2f625032d232f13121d3cfb476f45275c303a037faa"
          "255f9da62000c2c864ea881e2bcddd111edc4a3c0da3e88d",
          "0f8991d2a1ad662e7b6f58ab787947f1fa607fce12dde171"
          "bc17903b012091b657e15333e11701edcf5b63ba2a561247"}},
    };
    for (const auto& [real, imaginary] : vectors)
        EXPECT_EQ(
            map_to_g2(pair(real, imaginary, &MapVector::u)),
            G2::at(pair(real, imaginary, &MapVector::x), pair(real, imaginary, &MapVector::y)))
            << real.u;
}

/// Every number is mapped, the ones that SSWU treats apart too.
TEST(Bls12381, maps_of_zero_and_one_are_in_the_groups) {
    for (const auto& u : {Fp{}, Fp::one(), -Fp::one()}) {
        EXPECT_TRUE(is_on_curve(map_to_g1(u)));
        EXPECT_TRUE(is_in_group(map_to_g1(u)));
        EXPECT_TRUE(is_on_curve(map_to_g2({u, {}})));
        EXPECT_TRUE(is_in_group(map_to_g2({{}, u})));
    }
}

}  // namespace
}  // namespace lucid::blockchain::curves::bls12_381
