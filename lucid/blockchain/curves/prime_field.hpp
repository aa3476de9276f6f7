// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Integers modulo a prime of N words, kept in Montgomery form (P. Montgomery, 1985). The prime
/// leaves the top bit of its top word free. Not constant time: only public data comes here.

#include <lucid/blockchain/proto/uint256.hpp>

#include <algorithm>

namespace lucid::blockchain::curves {

using proto::Uint128;

template <std::size_t N>
using Words = std::array<std::uint64_t, N>;

template <std::size_t N>
constexpr bool less(const Words<N>& a, const Words<N>& b) {
    for (std::size_t i = N; i-- > 0;)
        if (a[i] != b[i]) return a[i] < b[i];
    return false;
}
template <std::size_t N>
constexpr std::uint64_t add_into(Words<N>& a, const Words<N>& b) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const Uint128 sum = Uint128{a[i]} + b[i] + carry;
        a[i] = static_cast<std::uint64_t>(sum);
        carry = static_cast<std::uint64_t>(sum >> 64);
    }
    return carry;
}
template <std::size_t N>
constexpr std::uint64_t subtract_from(Words<N>& a, const Words<N>& b) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const Uint128 difference = Uint128{a[i]} - b[i] - borrow;
        a[i] = static_cast<std::uint64_t>(difference);
        borrow = static_cast<std::uint64_t>(difference >> 64) & 1U;
    }
    return borrow;
}

/// `Prime::words` is the modulus, least significant word first.
template <class Prime>
class PrimeField {
  public:
    static constexpr std::size_t n = Prime::words.size();
    using Raw = Words<n>;
    static constexpr Raw modulus = Prime::words;

    constexpr PrimeField() = default;
    /// A small number.
    static constexpr PrimeField from(std::uint64_t value) {
        Raw raw{};
        raw[0] = value;
        return from_raw(raw);
    }
    static constexpr PrimeField one() { return from(1); }
    /// A number below the modulus.
    static constexpr PrimeField from_raw(const Raw& raw) {
        PrimeField f;
        f.v_ = multiply(raw, r_squared);
        return f;
    }
    [[nodiscard]] constexpr Raw to_raw() const {
        Raw unit{};
        unit[0] = 1;
        return multiply(v_, unit);
    }
    [[nodiscard]] constexpr bool is_zero() const { return v_ == Raw{}; }

    friend constexpr bool operator==(const PrimeField&, const PrimeField&) = default;
    friend constexpr PrimeField operator+(const PrimeField& a, const PrimeField& b) {
        PrimeField out = a;
        add_into(out.v_, b.v_);
        if (!less(out.v_, modulus)) subtract_from(out.v_, modulus);
        return out;
    }
    friend constexpr PrimeField operator-(const PrimeField& a, const PrimeField& b) {
        PrimeField out = a;
        if (subtract_from(out.v_, b.v_) != 0) add_into(out.v_, modulus);
        return out;
    }
    friend constexpr PrimeField operator-(const PrimeField& a) { return PrimeField{} - a; }
    friend constexpr PrimeField operator*(const PrimeField& a, const PrimeField& b) {
        PrimeField out;
        out.v_ = multiply(a.v_, b.v_);
        return out;
    }
    [[nodiscard]] constexpr PrimeField squared() const { return *this * *this; }
    [[nodiscard]] constexpr PrimeField doubled() const { return *this + *this; }
    [[nodiscard]] constexpr PrimeField power(const Raw& exponent) const {
        PrimeField result = one();
        for (std::size_t i = n * 64; i-- > 0;) {
            result = result.squared();
            if (((exponent[i / 64] >> (i % 64)) & 1U) != 0) result = result * *this;
        }
        return result;
    }
    /// Zero for zero (Fermat).
    [[nodiscard]] constexpr PrimeField inverse() const {
        Raw exponent = modulus;
        exponent[0] -= 2;  // the modulus is odd and above 2
        return power(exponent);
    }
    /// Nothing where there is none. For moduli that are 3 modulo 4.
    [[nodiscard]] constexpr std::optional<PrimeField> square_root() const {
        Raw exponent = modulus;
        add_into(exponent, Raw{1});
        for (std::size_t i = 0; i < n; ++i)
            exponent[i] = exponent[i] >> 2 | (i + 1 < n ? exponent[i + 1] << 62 : 0);
        const auto root = power(exponent);
        if (root.squared() != *this) return std::nullopt;
        return root;
    }

  private:
    /// -1 / modulus modulo 2^64, by Newton's iteration.
    static constexpr std::uint64_t negative_inverse = [] {
        std::uint64_t x = 1;
        for (int i = 0; i < 6; ++i) x *= 2 - modulus[0] * x;
        return ~x + 1;
    }();
    /// 2^(128 n) modulo the modulus.
    static constexpr Raw r_squared = [] {
        Raw x{};
        x[0] = 1;
        for (std::size_t i = 0; i < 128 * n; ++i) {
            add_into(x, Raw(x));
            if (!less(x, modulus)) subtract_from(x, modulus);
        }
        return x;
    }();

    /// a · b / 2^(64 n): coarsely integrated operand scanning; no carry leaves the top word.
    static constexpr Raw multiply(const Raw& a, const Raw& b) {
        Raw t{};
        for (std::size_t i = 0; i < n; ++i) {
            const Uint128 first = Uint128{a[0]} * b[i] + t[0];
            const std::uint64_t m = static_cast<std::uint64_t>(first) * negative_inverse;
            Uint128 reduced = Uint128{m} * modulus[0] + static_cast<std::uint64_t>(first);
            std::uint64_t carry_a = static_cast<std::uint64_t>(first >> 64);
            std::uint64_t carry_m = static_cast<std::uint64_t>(reduced >> 64);
            for (std::size_t j = 1; j < n; ++j) {
                const Uint128 product = Uint128{a[j]} * b[i] + t[j] + carry_a;
                carry_a = static_cast<std::uint64_t>(product >> 64);
                reduced = Uint128{m} * modulus[j] + static_cast<std::uint64_t>(product) + carry_m;
                carry_m = static_cast<std::uint64_t>(reduced >> 64);
                t[j - 1] = static_cast<std::uint64_t>(reduced);
            }
            t[n - 1] = carry_a + carry_m;
        }
        if (!less(t, modulus)) subtract_from(t, modulus);
        return t;
    }

    Raw v_{};
};

/// Big-endian bytes of a field element; nothing at or above the modulus.
template <class Field>
[[nodiscard]] std::optional<Field> field_from_be(ByteView bytes) {
    typename Field::Raw raw{};
    for (std::size_t i = 0; i < bytes.size() && i < Field::n * 8; ++i)
        raw[i / 8] |= std::uint64_t{bytes[bytes.size() - 1 - i]} << (8 * (i % 8));
    if (!less(raw, Field::modulus)) return std::nullopt;
    return Field::from_raw(raw);
}
template <class Field>
void append_be(Bytes& out, const Field& value) {
    const auto raw = value.to_raw();
    for (std::size_t i = Field::n * 8; i-- > 0;)
        out.push_back(static_cast<std::uint8_t>(raw[i / 8] >> (8 * (i % 8))));
}

}  // namespace lucid::blockchain::curves
