// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bn254.hpp>
#include <lucid/blockchain/curves/line.hpp>

// Final exponentiation: L. Fuentes-Castañeda, E. Knapp, F. Rodríguez-Henríquez, "Faster hashing to
// G2" (SAC 2011).

namespace lucid::blockchain::curves::bn254 {
namespace {

constexpr std::uint64_t x = 4965661367192848881;  ///< parameter of the curve
/// 6 x + 2, without its leading one: 65 bits.
constexpr Uint128 loop_count = Uint128{6} * x + 2;
constexpr int loop_bits = 65;

/// 3 / ξ: the twist is y² = x³ + 3 / ξ.
const F2& twist_b() {
    static const F2 b = F2{Fp::from(9), Fp::one()}.inverse() * Fp::from(3);
    return b;
}

/// f · (y + (x + constant v) w) with the line put at p: the twist divides by ξ.
void apply(F12& f, const Line<Curve>& line, const G1& p) {
    const auto a = line.y * p.y;
    const auto b = line.x * p.x;
    const auto& c = line.constant;
    const Fp6<Curve> low = {f.c0.c0 * a, f.c0.c1 * a, f.c0.c2 * a};
    const auto high = f.c1.times_two(b, c);
    const auto both = (f.c0 + f.c1).times_two(a + b, c);
    f = {low + high.times_v(), both - low - high};
}

/// The p-power map on the twist.
G2 frobenius(const G2& q) {
    const auto& g = F12::gamma();
    return G2::at(q.x.conjugate() * g[1], q.y.conjugate() * g[2]);
}

F12 power_of_x(const F12& f) {
    F12 result = f;
    for (int i = 61; i >= 0; --i) {
        result = result.squared();
        if (((x >> i) & 1U) != 0) result = result * f;
    }
    return result;
}
static_assert(x >> 62 == 1);

F12 final_exponentiation(const F12& f) {
    // (p^6 - 1)(p^2 + 1)
    auto r = f.conjugate() * f.inverse();
    r = r.frobenius().frobenius() * r;
    // The rest; inverses are conjugates here.
    const auto y0 = power_of_x(r).conjugate();
    const auto y1 = y0.squared();
    const auto y3 = y1.squared() * y1;
    const auto y4 = power_of_x(y3).conjugate();
    const auto y6 = power_of_x(y4.squared()).conjugate();
    const auto y8 = y6.conjugate() * y4 * y3.conjugate();
    const auto y9 = y8 * y1;
    const auto y11 = y8 * y4 * r;
    const auto y13 = y9.frobenius() * y11;
    const auto y14 = y8.frobenius().frobenius() * y13;
    return (r.conjugate() * y9).frobenius().frobenius().frobenius() * y14;
}

}  // namespace

bool is_on_curve(const G1& p) {
    return p.is_on_curve(Fp::from(3));
}

bool is_in_group(const G2& q) {
    if (!q.is_on_curve(twist_b())) return false;
    if (q.infinite) return true;
    // The p-power map acts as 6 x² exactly on the points of order p + 1 - t = r: it satisfies
    // φ² - t φ + p = 0, and t - 1 = 6 x².
    const Uint128 square = Uint128{x} * x;
    const auto low = Uint128{static_cast<std::uint64_t>(square)} * 6;
    const auto high = Uint128{static_cast<std::uint64_t>(square >> 64)} * 6 +
                      static_cast<std::uint64_t>(low >> 64);
    const Words<2> scalar = {static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(high)};
    return multiply(Jacobian<F2>(q), scalar) == Jacobian<F2>(frobenius(q));
}

bool pairing_product_is_one(std::span<const Pair> pairs) {
    auto running = begin_loop<Curve>(pairs);
    auto f = miller_loop(running, loop_count, loop_bits - 1, twist_b(), apply);
    for (auto& pair : running) {
        const auto q1 = frobenius(pair.q);
        apply(f, add_step(pair.r, q1), pair.p);
        apply(f, add_step(pair.r, -frobenius(q1)), pair.p);
    }
    return final_exponentiation(f) == F12::one();
}

}  // namespace lucid::blockchain::curves::bn254
