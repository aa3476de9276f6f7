// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bls12_381_isogeny.hpp>

// RFC 9380, 6.6.2 and 6.6.3: simplified SWU for curves without x term. The map goes to an isogenous
// curve y² = x³ + a x + b first.

namespace lucid::blockchain::curves::bls12_381 {
namespace {

/// The isogenous curve and Z of the suite.
template <class F>
struct Source {
    F a;
    F b;
    F z;
};
constexpr Source<Fp> g1_source = {
    number("144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98"
           "936f8da0e0f97f5cf428082d584c1d"),
    number("12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef5"
           "5a23215a316ceaa5d1cc48e98e172be0"),
    Fp::from(11)};
const Source<F2> g2_source = {
    {Fp{}, Fp::from(240)}, {Fp::from(1012), Fp::from(1012)}, {-Fp::from(2), -Fp::one()}};

/// RFC 9380, 4.1: sgn0.
bool is_odd(const Fp& x) {
    return (x.to_raw()[0] & 1U) != 0;
}
bool is_odd(const F2& x) {
    return x.c0.is_zero() ? is_odd(x.c1) : is_odd(x.c0);
}

std::optional<Fp> square_root(const Fp& x) {
    return x.square_root();
}
/// (a + b u)² = x: a² is half of x's real part and its norm's root, or half of their difference.
std::optional<F2> square_root(const F2& x) {
    static const Fp half = Fp::from(2).inverse();
    if (x.c1.is_zero()) {
        if (const auto real = x.c0.square_root()) return F2{*real, {}};
        const auto imaginary = (-x.c0).square_root();
        return imaginary ? std::optional(F2{{}, *imaginary}) : std::nullopt;
    }
    const auto norm = (x.c0.squared() + x.c1.squared()).square_root();
    if (!norm) return std::nullopt;
    auto a = ((x.c0 + *norm) * half).square_root();
    if (!a) a = ((x.c0 - *norm) * half).square_root();
    if (!a) return std::nullopt;
    return F2{*a, x.c1 * half * a->inverse()};
}

/// A point of the isogenous curve.
template <class F>
Affine<F> simplified_swu(const F& u, const Source<F>& e) {
    const auto g = [&](const F& x) { return (x.squared() + e.a) * x + e.b; };
    const auto zu2 = e.z * u.squared();
    const auto denominator = zu2.squared() + zu2;
    const auto x1 = denominator.is_zero()
                        ? e.b * (e.z * e.a).inverse()
                        : -e.b * (F::one() + denominator.inverse()) * e.a.inverse();
    auto x = x1;
    auto y = square_root(g(x1));
    if (!y) {
        x = zu2 * x1;
        y = square_root(g(x));
    }
    // One of the two is a square for every u.
    if (is_odd(u) != is_odd(*y)) y = -*y;
    return Affine<F>::at(x, *y);
}

template <class F, std::size_t N>
F at(const std::array<F, N>& polynomial, const F& x) {
    F sum = polynomial[N - 1];
    for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + polynomial[i];
    return sum;
}

/// Numerators and denominators of an isogeny. Zero denominators give infinity: z is their product.
template <class F>
Jacobian<F> point_of(const F& x_over, const F& x_under, const F& y_over, const F& y_under) {
    const auto z = x_under * y_under;
    const auto z2 = z.squared();
    return {x_over * y_under * z, y_over * x_under * z2, z};
}

Jacobian<Fp> clear_cofactor(const Jacobian<Fp>& p) {
    return times_minus_x(p) + p;
}
/// RFC 9380, G.3 (A. Budroni, F. Pintore): (x² - x - 1) p + (x - 1) φ(p) + φ²(2 p).
Jacobian<F2> clear_cofactor(const Jacobian<F2>& p) {
    const auto x_p = -times_minus_x(p);
    const auto image = frobenius(p);
    const auto sum = x_p + image;
    return frobenius(frobenius(p.doubled())) + -image + -times_minus_x(sum) + -x_p + -p;
}

}  // namespace

G1 map_to_g1(const Fp& u) {
    namespace k = isogeny;
    const auto p = simplified_swu(u, g1_source);
    return clear_cofactor(point_of(at(k::g1_x_numerator, p.x), at(k::g1_x_denominator, p.x),
                                   p.y * at(k::g1_y_numerator, p.x), at(k::g1_y_denominator, p.x)))
        .to_affine();
}

G2 map_to_g2(const F2& u) {
    namespace k = isogeny;
    const auto p = simplified_swu(u, g2_source);
    return clear_cofactor(point_of(at(k::g2_x_numerator, p.x), at(k::g2_x_denominator, p.x),
                                   p.y * at(k::g2_y_numerator, p.x), at(k::g2_y_denominator, p.x)))
        .to_affine();
}

}  // namespace lucid::blockchain::curves::bls12_381
