// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Division by reciprocals: one hardware division per divisor, multiplications for each digit.
// N. Möller, T. Granlund, "Improved Division by Invariant Integers", IEEE ToC 2011: algorithms 2
// (reciprocal), 4 (2 by 1), 5 (3 by 2), 6 (reciprocal for 3 by 2).

#include <lucid/blockchain/proto/uint256.hpp>

#include <algorithm>

namespace lucid::blockchain::proto {
namespace {

using U64 = std::uint64_t;

constexpr U64 low(Uint128 x) {
    return static_cast<U64>(x);
}
constexpr U64 high(Uint128 x) {
    return static_cast<U64>(x >> 64);
}

/// floor((2^128 - 1) / d) - 2^64 for d with its top bit set.
inline U64 reciprocal(U64 d) {
#if defined(__x86_64__)
    U64 quotient = 0;
    U64 remainder = 0;
    __asm__("divq %4" : "=a"(quotient), "=d"(remainder) : "a"(~U64{0}), "d"(~d), "r"(d) : "cc");
    return quotient;
#else
    return low((Uint128{~d} << 64 | ~U64{0}) / d);
#endif
}

inline U64 reciprocal_of_two(U64 d1, U64 d0) {
    U64 v = reciprocal(d1);
    U64 p = d1 * v + d0;
    if (p < d0) {
        --v;
        if (p >= d1) {
            --v;
            p -= d1;
        }
        p -= d1;
    }
    const Uint128 t = Uint128{v} * d0;
    p += high(t);
    if (p < high(t)) {
        --v;
        if (p >= d1 && (p > d1 || low(t) >= d0)) --v;
    }
    return v;
}

struct Digit {
    U64 quotient;
    U64 remainder;
};

inline Digit divide_2_by_1(U64 u1, U64 u0, U64 d, U64 v) {
    const Uint128 q = Uint128{v} * u1 + (Uint128{u1} << 64 | u0);
    U64 q1 = high(q) + 1;
    U64 r = u0 - q1 * d;
    if (r > low(q)) {
        --q1;
        r += d;
    }
    if (r >= d) [[unlikely]] {
        ++q1;
        r -= d;
    }
    return {q1, r};
}

struct WideDigit {
    U64 quotient;
    Uint128 remainder;
};

inline WideDigit divide_3_by_2(U64 u2, U64 u1, U64 u0, U64 d1, U64 d0, U64 v) {
    const Uint128 d = Uint128{d1} << 64 | d0;
    const Uint128 q = Uint128{v} * u2 + (Uint128{u2} << 64 | u1);
    U64 q1 = high(q);
    const U64 r1 = u1 - q1 * d1;
    Uint128 r = (Uint128{r1} << 64 | u0) - Uint128{d0} * q1 - d;
    ++q1;
    if (high(r) >= low(q)) {
        --q1;
        r += d;
    }
    if (r >= d) [[unlikely]] {
        ++q1;
        r -= d;
    }
    return {q1, r};
}

/// u[0..n) -= q · v[0..n); gives the borrow.
inline U64 subtract_product(U64* u, const U64* v, std::size_t n, U64 q) {
    U64 borrow = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const Uint128 p = Uint128{q} * v[i] + borrow;
        borrow = high(p) + (u[i] < low(p) ? 1 : 0);
        u[i] -= low(p);
    }
    return borrow;
}

inline U64 add_back(U64* u, const U64* v, std::size_t n) {
    U64 carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const Uint128 sum = Uint128{u[i]} + v[i] + carry;
        u[i] = low(sum);
        carry = high(sum);
    }
    return carry;
}

/// Knuth, The Art of Computer Programming 4.3.1, Algorithm D. `u` has n_u + 1 digits, `v` (top bit
/// set) n_v ≥ 3; u becomes the remainder, q gets n_u + 1 - n_v digits.
inline void divide_long(U64* u, std::size_t n_u, const U64* v, std::size_t n_v, U64* q) {
    const U64 d1 = v[n_v - 1];
    const U64 d0 = v[n_v - 2];
    const U64 reciprocal_value = reciprocal_of_two(d1, d0);
    for (std::size_t j = n_u + 1 - n_v; j-- > 0;) {
        U64* window = u + j;
        const U64 u2 = window[n_v];
        const U64 u1 = window[n_v - 1];
        const U64 u0 = window[n_v - 2];
        U64 digit = 0;
        if (u2 == d1 && u1 == d0) [[unlikely]] {
            digit = ~U64{0};
            window[n_v] = u2 - subtract_product(window, v, n_v, digit);
        } else {
            const auto guess = divide_3_by_2(u2, u1, u0, d1, d0, reciprocal_value);
            digit = guess.quotient;
            const U64 borrow = subtract_product(window, v, n_v - 2, digit);
            Uint128 rest = guess.remainder;
            const bool below = rest < borrow;
            rest -= borrow;
            window[n_v - 2] = low(rest);
            window[n_v - 1] = high(rest);
            window[n_v] = 0;
            if (below) [[unlikely]] {
                --digit;
                (void)add_back(window, v, n_v);
            }
        }
        q[j] = digit;
    }
}

inline std::size_t digits(const U64* words, std::size_t count) {
    while (count > 0 && words[count - 1] == 0) --count;
    return count;
}

/// Divides `N` digits of `u`; the quotient goes to `q` (N digits, zeroed by the caller).
template <std::size_t N>
inline Uint256 divide_words(const std::array<U64, N>& u, const Uint256& divisor, U64* q) {
    const auto n_v = digits(divisor.words.data(), 4);
    const auto n_u = digits(u.data(), N);
    Uint256 remainder;
    if (n_v == 0) return remainder;
    if (n_u < n_v) {
        std::copy_n(u.begin(), 4, remainder.words.begin());
        return remainder;
    }
    const auto shift = static_cast<unsigned>(std::countl_zero(divisor.words[n_v - 1]));
    const auto join = [shift](U64 upper, U64 lower) {
        return upper << shift | (lower >> 1) >> (63 - shift);
    };
    std::array<U64, 4> v{};
    for (std::size_t i = n_v; i-- > 0;)
        v[i] = join(divisor.words[i], i > 0 ? divisor.words[i - 1] : 0);
    std::array<U64, N + 1> w{};
    w[n_u] = join(0, u[n_u - 1]);
    for (std::size_t i = n_u; i-- > 0;) w[i] = join(u[i], i > 0 ? u[i - 1] : 0);
    if (n_v == 1) {
        const U64 r = reciprocal(v[0]);
        U64 rest = w[n_u];
        for (std::size_t i = n_u; i-- > 0;) {
            const auto digit = divide_2_by_1(rest, w[i], v[0], r);
            q[i] = digit.quotient;
            rest = digit.remainder;
        }
        remainder.words[0] = rest >> shift;
        return remainder;
    }
    if (n_v == 2) {
        const U64 r = reciprocal_of_two(v[1], v[0]);
        Uint128 rest = Uint128{w[n_u]} << 64 | w[n_u - 1];
        for (std::size_t i = n_u - 1; i-- > 0;) {
            const auto digit = divide_3_by_2(high(rest), low(rest), w[i], v[1], v[0], r);
            q[i] = digit.quotient;
            rest = digit.remainder;
        }
        rest >>= shift;
        remainder.words[0] = low(rest);
        remainder.words[1] = high(rest);
        return remainder;
    }
    divide_long(w.data(), n_u, v.data(), n_v, q);
    for (std::size_t i = 0; i < n_v; ++i)
        remainder.words[i] = w[i] >> shift | (w[i + 1] << 1) << (63 - shift);
    return remainder;
}

Uint256 negate(const Uint256& a) {
    return Uint256{} - a;
}

}  // namespace

Division divide(const Uint256& a, const Uint256& b) {
    Division out;
    if (a.fits_u64() && b.fits_u64()) {
        if (b.words[0] == 0) return out;
        out.quotient = a.words[0] / b.words[0];
        out.remainder = a.words[0] % b.words[0];
        return out;
    }
    out.remainder = divide_words(a.words, b, out.quotient.words.data());
    return out;
}

Uint256 signed_divide(const Uint256& a, const Uint256& b) {
    const auto quotient =
        divide(a.negative() ? negate(a) : a, b.negative() ? negate(b) : b).quotient;
    return a.negative() != b.negative() ? negate(quotient) : quotient;
}

Uint256 signed_modulo(const Uint256& a, const Uint256& b) {
    const auto remainder =
        divide(a.negative() ? negate(a) : a, b.negative() ? negate(b) : b).remainder;
    return a.negative() ? negate(remainder) : remainder;
}

Uint256 add_modulo(const Uint256& a, const Uint256& b, const Uint256& m) {
    if (a < m && b < m) {
        const auto sum = a + b;
        return sum < a || sum >= m ? sum - m : sum;
    }
    std::array<U64, 5> sum{};
    U64 carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Uint128 s = Uint128{a.words[i]} + b.words[i] + carry;
        sum[i] = low(s);
        carry = high(s);
    }
    sum[4] = carry;
    std::array<U64, 5> q{};
    return divide_words(sum, m, q.data());
}

Uint256 multiply_modulo(const Uint256& a, const Uint256& b, const Uint256& m) {
    std::array<U64, 8> product{};
    for (std::size_t i = 0; i < 4; ++i) {
        U64 carry = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const Uint128 sum = Uint128{a.words[i]} * b.words[j] + product[i + j] + carry;
            product[i + j] = low(sum);
            carry = high(sum);
        }
        product[i + 4] = carry;
    }
    std::array<U64, 8> q{};
    return divide_words(product, m, q.data());
}

}  // namespace lucid::blockchain::proto
