// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The extension fields that pairings live in: Fp2 = Fp[u]/(u² + 1), Fp6 = Fp2[v]/(v³ - ξ),
/// Fp12 = Fp6[w]/(w² - v). `Curve::xi_real` + u is ξ.

#include <lucid/blockchain/curves/prime_field.hpp>

namespace lucid::blockchain::curves {

template <class Curve>
struct Fp2 {
    using Fp = typename Curve::Fp;
    Fp c0;
    Fp c1;

    static Fp2 one() { return {Fp::one(), {}}; }
    [[nodiscard]] bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
    friend bool operator==(const Fp2&, const Fp2&) = default;
    friend Fp2 operator+(const Fp2& a, const Fp2& b) { return {a.c0 + b.c0, a.c1 + b.c1}; }
    friend Fp2 operator-(const Fp2& a, const Fp2& b) { return {a.c0 - b.c0, a.c1 - b.c1}; }
    friend Fp2 operator-(const Fp2& a) { return {-a.c0, -a.c1}; }
    friend Fp2 operator*(const Fp2& a, const Fp2& b) {
        const auto low = a.c0 * b.c0;
        const auto high = a.c1 * b.c1;
        return {low - high, (a.c0 + a.c1) * (b.c0 + b.c1) - low - high};
    }
    friend Fp2 operator*(const Fp2& a, const Fp& b) { return {a.c0 * b, a.c1 * b}; }
    [[nodiscard]] Fp2 squared() const { return {(c0 + c1) * (c0 - c1), (c0 * c1).doubled()}; }
    [[nodiscard]] Fp2 doubled() const { return {c0.doubled(), c1.doubled()}; }
    [[nodiscard]] Fp2 conjugate() const { return {c0, -c1}; }
    [[nodiscard]] Fp2 inverse() const {
        const auto norm = (c0.squared() + c1.squared()).inverse();
        return {c0 * norm, -c1 * norm};
    }
    [[nodiscard]] Fp2 times_xi() const {
        Fp scaled0 = c0;
        Fp scaled1 = c1;
        if constexpr (Curve::xi_real != 1) {
            const auto k = Fp::from(Curve::xi_real);
            scaled0 = c0 * k;
            scaled1 = c1 * k;
        }
        return {scaled0 - c1, scaled1 + c0};
    }
    template <std::size_t N>
    [[nodiscard]] Fp2 power(const Words<N>& exponent) const {
        Fp2 result = one();
        for (std::size_t i = N * 64; i-- > 0;) {
            result = result.squared();
            if (((exponent[i / 64] >> (i % 64)) & 1U) != 0) result = result * *this;
        }
        return result;
    }
};

template <class Curve>
struct Fp6 {
    using F2 = Fp2<Curve>;
    F2 c0;
    F2 c1;
    F2 c2;

    static Fp6 one() { return {F2::one(), {}, {}}; }
    friend bool operator==(const Fp6&, const Fp6&) = default;
    friend Fp6 operator+(const Fp6& a, const Fp6& b) {
        return {a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2};
    }
    friend Fp6 operator-(const Fp6& a, const Fp6& b) {
        return {a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2};
    }
    friend Fp6 operator-(const Fp6& a) { return {-a.c0, -a.c1, -a.c2}; }
    friend Fp6 operator*(const Fp6& a, const Fp6& b) {
        const auto t0 = a.c0 * b.c0;
        const auto t1 = a.c1 * b.c1;
        const auto t2 = a.c2 * b.c2;
        return {((a.c1 + a.c2) * (b.c1 + b.c2) - t1 - t2).times_xi() + t0,
                (a.c0 + a.c1) * (b.c0 + b.c1) - t0 - t1 + t2.times_xi(),
                (a.c0 + a.c2) * (b.c0 + b.c2) - t0 - t2 + t1};
    }
    /// By b0 + b1 v.
    [[nodiscard]] Fp6 times_two(const F2& b0, const F2& b1) const {
        const auto t0 = c0 * b0;
        const auto t1 = c1 * b1;
        return {((c1 + c2) * b1 - t1).times_xi() + t0, (c0 + c1) * (b0 + b1) - t0 - t1,
                (c0 + c2) * b0 - t0 + t1};
    }
    [[nodiscard]] Fp6 times_v() const { return {c2.times_xi(), c0, c1}; }
    [[nodiscard]] Fp6 inverse() const {
        const auto t0 = c0.squared() - (c1 * c2).times_xi();
        const auto t1 = c2.squared().times_xi() - c0 * c1;
        const auto t2 = c1.squared() - c0 * c2;
        const auto norm = (c0 * t0 + (c2 * t1 + c1 * t2).times_xi()).inverse();
        return {t0 * norm, t1 * norm, t2 * norm};
    }
};

template <class Curve>
struct Fp12 {
    using F2 = Fp2<Curve>;
    using F6 = Fp6<Curve>;
    F6 c0;
    F6 c1;

    static Fp12 one() { return {F6::one(), {}}; }
    friend bool operator==(const Fp12&, const Fp12&) = default;
    friend Fp12 operator*(const Fp12& a, const Fp12& b) {
        const auto t0 = a.c0 * b.c0;
        const auto t1 = a.c1 * b.c1;
        return {t0 + t1.times_v(), (a.c0 + a.c1) * (b.c0 + b.c1) - t0 - t1};
    }
    [[nodiscard]] Fp12 squared() const {
        const auto product = c0 * c1;
        return {(c0 + c1) * (c0 + c1.times_v()) - product - product.times_v(), product + product};
    }
    [[nodiscard]] Fp12 conjugate() const { return {c0, -c1}; }
    [[nodiscard]] Fp12 inverse() const {
        const auto norm = (c0 * c0 - (c1 * c1).times_v()).inverse();
        return {c0 * norm, -(c1 * norm)};
    }
    /// To the power of the prime.
    [[nodiscard]] Fp12 frobenius() const {
        const auto& g = gamma();
        return {{c0.c0.conjugate(), c0.c1.conjugate() * g[1], c0.c2.conjugate() * g[3]},
                {c1.c0.conjugate() * g[0], c1.c1.conjugate() * g[2], c1.c2.conjugate() * g[4]}};
    }
    /// ξ^(k (p - 1) / 6) for k = 1 … 5.
    static const std::array<F2, 5>& gamma() {
        static const std::array<F2, 5> values = [] {
            auto exponent = Curve::Fp::modulus;
            exponent[0] -= 1;
            std::uint64_t rest = 0;
            for (std::size_t i = exponent.size(); i-- > 0;) {
                const auto wide = Uint128{rest} << 64 | exponent[i];
                exponent[i] = static_cast<std::uint64_t>(wide / 6);
                rest = static_cast<std::uint64_t>(wide % 6);
            }
            const auto root = F2{Curve::Fp::from(Curve::xi_real), Curve::Fp::one()}.power(exponent);
            std::array<F2, 5> out;
            out[0] = root;
            for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * root;
            return out;
        }();
        return values;
    }
};

}  // namespace lucid::blockchain::curves
