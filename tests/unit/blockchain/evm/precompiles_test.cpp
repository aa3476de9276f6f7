// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bls12_381.hpp>
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <chrono>

#include <gtest/gtest.h>

namespace lucid::blockchain::evm {
namespace {

using proto::Address;
using proto::Fork;
namespace bls = curves::bls12_381;

constexpr std::uint64_t plenty = 10'000'000;

Outcome run(unsigned number, ByteView input, std::uint64_t gas = plenty, Fork fork = Fork::prague) {
    Address address{};
    address[18] = static_cast<std::uint8_t>(number >> 8);
    address[19] = static_cast<std::uint8_t>(number);
    return run_precompile(address, fork, input, gas);
}
/// Failed, with no gas left.
bool is_refused(const Outcome& outcome) {
    return outcome.status == Status::failure && outcome.gas_left == 0;
}

void put(Bytes& out, const bls::Fp& number) {
    out.resize(out.size() + 16);
    curves::append_be(out, number);
}
Bytes point(const bls::G1& p) {
    Bytes out;
    put(out, p.x);
    put(out, p.y);
    return out;
}
Bytes point(const bls::G2& p) {
    Bytes out;
    for (const auto& part : {p.x.c0, p.x.c1, p.y.c0, p.y.c1}) put(out, part);
    return out;
}
Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes out;
    for (const auto& part : parts) append(out, part);
    return out;
}
Bytes scalar(std::uint8_t value) {
    Bytes out(32);
    out[31] = value;
    return out;
}

TEST(Blake2f, rounds_are_paid_for_before_they_are_run) {
    Bytes input(213);
    std::fill_n(input.begin(), 4, 0xff);
    const auto started = std::chrono::steady_clock::now();
    EXPECT_TRUE(is_refused(run(0x09, input, UINT32_MAX - 1)));
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(1));
    std::fill_n(input.begin(), 4, 0);
    input[3] = 12;
    EXPECT_TRUE(is_refused(run(0x09, input, 11)));
    EXPECT_EQ(run(0x09, input, 12).status, Status::success);
}

TEST(BlsPrecompiles, lengths_are_exact) {
    const std::array<std::size_t, 7> units = {256, 160, 512, 288, 384, 64, 128};
    for (unsigned i = 0; i < units.size(); ++i) {
        const auto number = 0x0b + i;
        for (const auto size : {std::size_t{0}, std::size_t{1}, units[i] - 1, units[i] + 1})
            EXPECT_TRUE(is_refused(run(number, Bytes(size)))) << number << " " << size;
        EXPECT_EQ(run(number, Bytes(units[i])).status, Status::success) << number;
        const bool is_list = number == 0x0c || number == 0x0e || number == 0x0f;
        EXPECT_EQ(run(number, Bytes(2 * units[i])).status == Status::success, is_list) << number;
    }
}

TEST(BlsPrecompiles, additions_take_points_of_the_curve_and_nothing_else) {
    const auto g = point(bls::generator_g1());
    const auto sum = run(0x0b, joined({g, Bytes(128)}));
    EXPECT_EQ(sum.output, g);
    EXPECT_EQ(sum.gas_left, plenty - 375);
    EXPECT_EQ(run(0x0b, joined({g, point(-bls::generator_g1())})).output, Bytes(128));
    auto not_on_curve = g;
    not_on_curve[127] ^= 1;
    EXPECT_TRUE(is_refused(run(0x0b, joined({not_on_curve, g}))));
    auto padded = g;
    padded[0] = 1;
    EXPECT_TRUE(is_refused(run(0x0b, joined({padded, g}))));
    Bytes too_large(128);
    std::fill_n(too_large.begin() + 16, 48, 0xff);
    EXPECT_TRUE(is_refused(run(0x0b, joined({too_large, g}))));
    const auto q = point(bls::generator_g2());
    EXPECT_EQ(run(0x0d, joined({q, Bytes(256)})).output, q);
    EXPECT_EQ(run(0x0d, joined({q, q})).output, run(0x0e, joined({q, scalar(2)})).output);
}

TEST(BlsPrecompiles, multiples_and_pairings_want_members_of_the_group) {
    // Nearly no point of the curve is a member.
    std::optional<bls::G1> outside;
    for (std::uint64_t x = 1; !outside; ++x) {
        const auto fx = bls::Fp::from(x);
        if (const auto y = (fx.squared() * fx + bls::Fp::from(4)).square_root())
            outside = bls::G1::at(fx, *y);
    }
    ASSERT_FALSE(bls::is_in_group(*outside));
    const auto p = point(*outside);
    const auto q = point(bls::generator_g2());
    EXPECT_EQ(run(0x0b, joined({p, p})).status, Status::success);
    EXPECT_TRUE(is_refused(run(0x0c, joined({p, scalar(1)}))));
    EXPECT_TRUE(is_refused(run(0x0f, joined({p, q}))));
    const auto g = point(bls::generator_g1());
    EXPECT_EQ(run(0x0c, joined({g, scalar(2), g, scalar(3)})).output,
              run(0x0c, joined({g, scalar(5)})).output);
}

TEST(BlsPrecompiles, pairing_says_one_or_zero) {
    const auto p = point(bls::generator_g1());
    const auto q = point(bls::generator_g2());
    EXPECT_EQ(run(0x0f, joined({p, q})).output, scalar(0));
    const auto both = run(0x0f, joined({p, q, point(-bls::generator_g1()), q}));
    EXPECT_EQ(both.output, scalar(1));
    EXPECT_EQ(both.gas_left, plenty - 37700 - 2 * 32600);
}

TEST(BlsPrecompiles, many_terms_have_their_discount) {
    const auto term = joined({point(bls::generator_g1()), scalar(1)});
    Bytes input;
    for (int i = 0; i < 130; ++i) append(input, term);
    const auto price_of = [&](std::size_t terms) {
        return plenty - run(0x0c, ByteView(input).first(terms * term.size())).gas_left;
    };
    EXPECT_EQ(price_of(1), 12000U);
    EXPECT_EQ(price_of(2), 2U * 12000 * 949 / 1000);
    EXPECT_EQ(price_of(128), 128U * 12000 * 519 / 1000);
    EXPECT_EQ(price_of(130), 130U * 12000 * 519 / 1000);
}

class PointEvaluation : public ::testing::Test {
  protected:
    /// The polynomial zero: commitment and proof are infinite, its value is zero everywhere.
    static Bytes zero_polynomial() {
        Bytes infinite(48);
        infinite[0] = 0xc0;
        auto hash = crypto::sha256(infinite);
        hash[0] = 1;
        return joined({hash, scalar(77), Bytes(32), infinite, infinite});
    }
};

TEST_F(PointEvaluation, zero_is_zero_everywhere) {
    const auto outcome = run(0x0a, zero_polynomial());
    ASSERT_EQ(outcome.status, Status::success);
    EXPECT_EQ(outcome.gas_left, plenty - 50000);
    EXPECT_EQ(to_hex(outcome.output),
              "0000000000000000000000000000000000000000000000000000000000001000"
              "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
}

TEST_F(PointEvaluation, every_other_claim_is_refused) {
    const auto good = zero_polynomial();
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_TRUE(is_refused(run(0x0a, ByteView(good).first(size))));
    // Version and hash, value, commitment, proof: each byte counts. The point may be any.
    for (std::size_t i = 0; i < good.size(); ++i) {
        if (i >= 32 && i < 64) continue;
        auto damaged = good;
        damaged[i] ^= 1;
        EXPECT_TRUE(is_refused(run(0x0a, damaged))) << i;
    }
    auto at_order = good;
    const auto order =
        *from_hex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
    std::copy(order.begin(), order.end(), at_order.begin() + 32);
    EXPECT_TRUE(is_refused(run(0x0a, at_order)));
    --at_order[63];
    EXPECT_EQ(run(0x0a, at_order).status, Status::success);
    EXPECT_TRUE(is_refused(run(0x0a, good, 49'999)));
}

TEST(Precompiles, each_fork_has_its_own) {
    EXPECT_EQ(precompiles_of(Fork::frontier).size(), 4U);
    EXPECT_EQ(precompiles_of(Fork::byzantium).size(), 8U);
    EXPECT_EQ(precompiles_of(Fork::istanbul).size(), 9U);
    EXPECT_EQ(precompiles_of(Fork::cancun).size(), 10U);
    EXPECT_EQ(precompiles_of(Fork::prague).size(), 17U);
    EXPECT_EQ(precompiles_of(Fork::osaka).size(), 18U);
    for (const auto fork : {Fork::frontier, Fork::cancun, Fork::osaka})
        for (const auto& address : precompiles_of(fork)) EXPECT_TRUE(is_precompile(address, fork));
    EXPECT_FALSE(is_precompile({}, Fork::osaka));
}

}  // namespace
}  // namespace lucid::blockchain::evm
