// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Points of y² = x³ + b over any field, affine and in Jacobian coordinates (x/z², y/z³). Formulas:
/// hyperelliptic.org/EFD, short Weierstrass with a = 0: dbl-2009-l, add-2007-bl, madd-2007-bl.

#include <lucid/blockchain/curves/prime_field.hpp>

namespace lucid::blockchain::curves {

template <class F>
struct Affine {
    F x;
    F y;
    bool infinite = true;

    static Affine at(const F& x_in, const F& y_in) { return {x_in, y_in, false}; }
    [[nodiscard]] bool is_on_curve(const F& b) const {
        return infinite || y.squared() == x.squared() * x + b;
    }
    friend Affine operator-(const Affine& p) { return {p.x, -p.y, p.infinite}; }
    friend bool operator==(const Affine& a, const Affine& b) {
        if (a.infinite || b.infinite) return a.infinite == b.infinite;
        return a.x == b.x && a.y == b.y;
    }
};

template <class F>
struct Jacobian {
    F x;
    F y;
    F z;  ///< zero: the point at infinity

    Jacobian() = default;
    Jacobian(const F& x_in, const F& y_in, const F& z_in) : x(x_in), y(y_in), z(z_in) {}
    explicit Jacobian(const Affine<F>& p) {
        if (p.infinite) return;
        x = p.x;
        y = p.y;
        z = F::one();
    }
    [[nodiscard]] bool is_infinite() const { return z.is_zero(); }
    [[nodiscard]] Affine<F> to_affine() const {
        if (is_infinite()) return {};
        const auto inverse = z.inverse();
        const auto square = inverse.squared();
        return Affine<F>::at(x * square, y * square * inverse);
    }
    [[nodiscard]] Jacobian doubled() const {
        if (is_infinite()) return *this;
        const auto a = x.squared();
        const auto b = y.squared();
        const auto c = b.squared();
        const auto d = ((x + b).squared() - a - c).doubled();
        const auto e = a.doubled() + a;
        const auto x3 = e.squared() - d.doubled();
        return {x3, e * (d - x3) - c.doubled().doubled().doubled(), (y * z).doubled()};
    }
    friend Jacobian operator+(const Jacobian& p, const Jacobian& q) {
        if (p.is_infinite()) return q;
        if (q.is_infinite()) return p;
        const auto zz1 = p.z.squared();
        const auto zz2 = q.z.squared();
        const auto u1 = p.x * zz2;
        const auto u2 = q.x * zz1;
        const auto s1 = p.y * q.z * zz2;
        const auto s2 = q.y * p.z * zz1;
        if (u1 == u2) return s1 == s2 ? p.doubled() : Jacobian{};
        const auto h = u2 - u1;
        const auto i = h.doubled().squared();
        const auto j = h * i;
        const auto r = (s2 - s1).doubled();
        const auto v = u1 * i;
        const auto x3 = r.squared() - j - v.doubled();
        return {x3, r * (v - x3) - (s1 * j).doubled(), ((p.z + q.z).squared() - zz1 - zz2) * h};
    }
    friend Jacobian operator-(const Jacobian& p) { return {p.x, -p.y, p.z}; }
    friend bool operator==(const Jacobian& a, const Jacobian& b) {
        if (a.is_infinite() || b.is_infinite()) return a.is_infinite() == b.is_infinite();
        const auto zz1 = a.z.squared();
        const auto zz2 = b.z.squared();
        return a.x * zz2 == b.x * zz1 && a.y * b.z * zz2 == b.y * a.z * zz1;
    }
};

/// 0 p … 15 p.
template <class F>
using Multiples = std::array<Jacobian<F>, 16>;
template <class F>
[[nodiscard]] Multiples<F> multiples_of(const Jacobian<F>& p) {
    Multiples<F> out;
    out[1] = p;
    for (std::size_t i = 2; i < out.size(); ++i)
        out[i] = i % 2 == 0 ? out[i / 2].doubled() : out[i - 1] + p;
    return out;
}

/// scalar · p, four bits at a time. Not constant time.
template <class F, std::size_t N>
[[nodiscard]] Jacobian<F> multiply(const Jacobian<F>& p, const Words<N>& scalar) {
    const auto multiples = multiples_of(p);
    Jacobian<F> sum;
    for (std::size_t i = N * 16; i-- > 0;) {
        for (int k = 0; k < 4; ++k) sum = sum.doubled();
        sum = sum + multiples[(scalar[i / 16] >> (4 * (i % 16))) & 15U];
    }
    return sum;
}

}  // namespace lucid::blockchain::curves
