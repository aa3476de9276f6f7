// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/uint256.hpp>

#include <algorithm>
#include <gmp.h>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace lucid::blockchain::proto {
namespace {

/// GMP as the oracle.
class Big {
  public:
    Big() { mpz_init(value_); }
    explicit Big(const Uint256& v) : Big() {
        const auto bytes = v.to_be();
        mpz_import(value_, 32, 1, 1, 1, 0, bytes.data());
    }
    Big(const Big&) = delete;
    Big& operator=(const Big&) = delete;
    ~Big() { mpz_clear(value_); }
    [[nodiscard]] Uint256 wrapped() {
        mpz_t modulus;
        mpz_init(modulus);
        mpz_ui_pow_ui(modulus, 2, 256);
        mpz_mod(value_, value_, modulus);
        mpz_clear(modulus);
        ByteArray<32> bytes{};
        const auto size = (mpz_sizeinbase(value_, 2) + 7) / 8;
        if (mpz_sgn(value_) != 0)
            mpz_export(bytes.data() + (32 - size), nullptr, 1, 1, 1, 0, value_);
        return Uint256::from_be(bytes);
    }
    mpz_t value_;
};

Uint256 random_value(std::mt19937_64& random) {
    Uint256 v;
    for (auto& word : v.words) word = random();
    // All lengths are of interest, and words of ones and zeros, where carries live.
    v = v >> static_cast<unsigned>(random() % 256);
    if (random() % 8 == 0) v = ~v;
    if (random() % 16 == 0) v.words[random() % 4] = ~std::uint64_t{0};
    return v;
}

TEST(Uint256, agrees_with_gmp_on_random_values) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20000; ++i) {
        const auto a = random_value(random);
        const auto b = random_value(random);
        const auto m = random_value(random);
        Big x(a), y(b), z(m), r;
        mpz_add(r.value_, x.value_, y.value_);
        EXPECT_EQ(a + b, r.wrapped());
        mpz_sub(r.value_, x.value_, y.value_);
        EXPECT_EQ(a - b, r.wrapped());
        mpz_mul(r.value_, x.value_, y.value_);
        EXPECT_EQ(a * b, r.wrapped());
        if (!b.is_zero()) {
            mpz_tdiv_q(r.value_, x.value_, y.value_);
            EXPECT_EQ(divide(a, b).quotient, r.wrapped());
            mpz_tdiv_r(r.value_, x.value_, y.value_);
            EXPECT_EQ(divide(a, b).remainder, r.wrapped());
        }
        if (!m.is_zero()) {
            mpz_mul(r.value_, x.value_, y.value_);
            mpz_mod(r.value_, r.value_, z.value_);
            EXPECT_EQ(multiply_modulo(a, b, m), r.wrapped());
            mpz_add(r.value_, x.value_, y.value_);
            mpz_mod(r.value_, r.value_, z.value_);
            EXPECT_EQ(add_modulo(a, b, m), r.wrapped());
        }
        const auto bits = static_cast<unsigned>(random() % 300);
        mpz_mul_2exp(r.value_, x.value_, bits);
        EXPECT_EQ(a << bits, r.wrapped());
        mpz_fdiv_q_2exp(r.value_, x.value_, bits);
        EXPECT_EQ(a >> bits, r.wrapped());
    }
}

TEST(Uint256, division_by_zero_is_zero) {
    EXPECT_TRUE(divide(5, 0).quotient.is_zero());
    EXPECT_TRUE(divide(5, 0).remainder.is_zero());
    EXPECT_TRUE(multiply_modulo(5, 5, 0).is_zero());
}

TEST(Uint256, signed_operations_follow_two_s_complement) {
    const auto minus = [](std::uint64_t n) { return Uint256{} - Uint256(n); };
    EXPECT_EQ(signed_divide(minus(7), 2), minus(3));
    EXPECT_EQ(signed_modulo(minus(7), 2), minus(1));
    EXPECT_TRUE(signed_less(minus(1), 0));
    EXPECT_EQ(arithmetic_shift_right(minus(8), 1), minus(4));
    EXPECT_EQ(arithmetic_shift_right(minus(8), 300), minus(1));
}

TEST(Uint256, sign_extension_repeats_the_top_bit_of_its_byte) {
    std::mt19937_64 random(9);
    std::vector<Uint256> places;
    for (std::uint64_t i = 0; i <= 33; ++i) places.emplace_back(i);
    places.emplace_back(0, 1, 0, 0);
    places.emplace_back(0, 0, 0, 1);
    places.push_back(~Uint256{});
    for (const auto& place : places)
        for (int i = 0; i < 200; ++i) {
            const auto before = random_value(random);
            auto expected = before.to_be();
            if (place.fits_u64() && place.words[0] < 31) {
                const auto top = 31 - static_cast<std::size_t>(place.words[0]);
                const std::uint8_t filler = (expected[top] & 0x80) != 0 ? 0xff : 0;
                std::fill_n(expected.begin(), top, filler);
            }
            auto value = before;
            sign_extend(place, value);
            ASSERT_EQ(value, Uint256::load_be(expected.data()))
                << before.to_hex_quantity() << " from byte " << place.to_hex_quantity();
        }
}

TEST(Uint256, text_and_bytes_are_minimal) {
    EXPECT_EQ(Uint256{}.to_hex_quantity(), "0x0");
    EXPECT_EQ(Uint256(256).to_hex_quantity(), "0x100");
    EXPECT_TRUE(Uint256{}.to_be_minimal().empty());
    EXPECT_FALSE(checked_multiply(~Uint256{}, 2));
    EXPECT_FALSE(checked_add(~Uint256{}, 1));
}

}  // namespace
}  // namespace lucid::blockchain::proto
