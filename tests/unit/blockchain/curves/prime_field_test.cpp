// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bls12_381.hpp>
#include <lucid/blockchain/curves/bn254.hpp>

#include <gmp.h>
#include <random>

#include <gtest/gtest.h>

namespace lucid::blockchain::curves {
namespace {

/// GMP as the oracle.
template <class Field>
class Oracle {
  public:
    Oracle() {
        mpz_inits(a_, b_, p_, nullptr);
        load(p_, Field::modulus);
    }
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;
    ~Oracle() { mpz_clears(a_, b_, p_, nullptr); }

    using Operation = void (*)(mpz_t, const mpz_t, const mpz_t);
    Field apply(Operation operation, const Field& a, const Field& b) {
        load(a_, a.to_raw());
        load(b_, b.to_raw());
        operation(a_, a_, b_);
        mpz_mod(a_, a_, p_);
        typename Field::Raw raw{};
        mpz_export(raw.data(), nullptr, -1, 8, 0, 0, a_);
        return Field::from_raw(raw);
    }

  private:
    static void load(mpz_t to, const typename Field::Raw& raw) {
        mpz_import(to, raw.size(), -1, 8, 0, 0, raw.data());
    }
    mpz_t a_;
    mpz_t b_;
    mpz_t p_;
};

template <class Field>
Field edge_or_random(std::mt19937_64& random) {
    typename Field::Raw raw{};
    switch (random() % 6) {
        case 0:
            return {};
        case 1:
            return Field::one();
        case 2:
            return -Field::one();
        default:
            do {
                for (auto& word : raw) word = random();
                raw.back() >>= random() % 64;
            } while (!less(raw, Field::modulus));
            return Field::from_raw(raw);
    }
}

template <class Field>
class PrimeFieldTest : public ::testing::Test {};
using Fields = ::testing::Types<bn254::Fp, bls12_381::Fp>;
TYPED_TEST_SUITE(PrimeFieldTest, Fields);

TYPED_TEST(PrimeFieldTest, agrees_with_gmp) {
    std::mt19937_64 random(3);
    Oracle<TypeParam> oracle;
    for (int i = 0; i < 20'000; ++i) {
        const auto a = edge_or_random<TypeParam>(random);
        const auto b = edge_or_random<TypeParam>(random);
        ASSERT_EQ(a + b, oracle.apply(mpz_add, a, b));
        ASSERT_EQ(a - b, oracle.apply(mpz_sub, a, b));
        ASSERT_EQ(a * b, oracle.apply(mpz_mul, a, b));
        ASSERT_EQ(a.squared(), oracle.apply(mpz_mul, a, a));
        ASSERT_EQ(-a, oracle.apply(mpz_sub, {}, a));
    }
}

TYPED_TEST(PrimeFieldTest, inverses_and_roots) {
    std::mt19937_64 random(4);
    int roots = 0;
    for (int i = 0; i < 200; ++i) {
        const auto a = edge_or_random<TypeParam>(random);
        EXPECT_EQ(a * a.inverse(), a.is_zero() ? TypeParam{} : TypeParam::one());
        if (const auto root = a.square_root()) {
            ++roots;
            EXPECT_EQ(root->squared(), a);
        } else {
            EXPECT_TRUE((-a).square_root());
        }
    }
    EXPECT_GT(roots, 50);
}

TYPED_TEST(PrimeFieldTest, bytes_at_the_modulus_are_refused) {
    Bytes bytes;
    append_be(bytes, -TypeParam::one());
    EXPECT_EQ(*field_from_be<TypeParam>(bytes), -TypeParam::one());
    // The moduli are odd: the number before ends in an even digit.
    ++bytes.back();
    EXPECT_FALSE(field_from_be<TypeParam>(bytes));
    EXPECT_FALSE(field_from_be<TypeParam>(Bytes(TypeParam::n * 8, 0xff)));
}

}  // namespace
}  // namespace lucid::blockchain::curves
