// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The steps of Miller's loop on the twist, and the lines they give: homogeneous coordinates as in
/// C. Costello, T. Lange, M. Naehrig, "Faster pairing computations on curves with high-degree
/// twists" (PKC 2010). Where the three numbers of a line stand in Fp12 depends on the kind of
/// twist.

#include <lucid/blockchain/curves/point.hpp>
#include <lucid/blockchain/curves/tower.hpp>

#include <vector>

namespace lucid::blockchain::curves {

/// Multiples, by one factor of Fp2, of what stands beside the coordinates of a point in G1.
template <class Curve>
struct Line {
    Fp2<Curve> y;
    Fp2<Curve> x;
    Fp2<Curve> constant;
};

template <class Curve>
struct TwistPoint {
    Fp2<Curve> x;
    Fp2<Curve> y;
    Fp2<Curve> z;
};

/// Doubles r; the tangent at what it was. `b_twist`: the coefficient of the twist.
template <class Curve>
Line<Curve> double_step(TwistPoint<Curve>& r, const Fp2<Curve>& b_twist) {
    static const auto half = Curve::Fp::from(2).inverse();
    const auto a = r.x * r.y * half;
    const auto b = r.y.squared();
    const auto c = r.z.squared();
    const auto e = b_twist * (c.doubled() + c);
    const auto f = e.doubled() + e;
    const auto g = (b + f) * half;
    const auto h = (r.y + r.z).squared() - (b + c);
    const auto j = r.x.squared();
    const auto e_squared = e.squared();
    r.x = a * (b - f);
    r.y = g.squared() - (e_squared.doubled() + e_squared);
    r.z = b * h;
    return {-h, j.doubled() + j, e - b};
}

/// Adds q to r; the line through both.
template <class Curve>
Line<Curve> add_step(TwistPoint<Curve>& r, const Affine<Fp2<Curve>>& q) {
    const auto theta = r.y - q.y * r.z;
    const auto lambda = r.x - q.x * r.z;
    const auto d = lambda.squared();
    const auto e = lambda * d;
    const auto f = r.z * theta.squared();
    const auto g = r.x * d;
    const auto h = e + f - g.doubled();
    r.x = lambda * h;
    r.y = theta * (g - h) - e * r.y;
    r.z = r.z * e;
    return {lambda, -theta, theta * q.x - lambda * q.y};
}

/// A pair on its way through Miller's loop; the points outlive it.
template <class Curve>
struct Running {
    const Affine<typename Curve::Fp>& p;
    const Affine<Fp2<Curve>>& q;
    TwistPoint<Curve> r;
};

/// Those of the pairs that count: with a point at infinity the pairing is one.
template <class Curve, class Pairs>
std::vector<Running<Curve>> begin_loop(const Pairs& pairs) {
    std::vector<Running<Curve>> running;
    for (const auto& pair : pairs)
        if (!pair.p.infinite && !pair.q.infinite)
            running.push_back({pair.p, pair.q, {pair.q.x, pair.q.y, Fp2<Curve>::one()}});
    return running;
}

/// Miller's loop over the bits of `count` below `top_bit`, which is set. `apply(f, line, p)`
/// multiplies a line into f.
template <class Curve, class Count, class Apply>
Fp12<Curve> miller_loop(std::vector<Running<Curve>>& running, Count count, int top_bit,
                        const Fp2<Curve>& b_twist, const Apply& apply) {
    auto f = Fp12<Curve>::one();
    for (int i = top_bit - 1; i >= 0; --i) {
        f = f.squared();
        const bool bit = ((count >> i) & 1U) != 0;
        for (auto& pair : running) {
            apply(f, double_step(pair.r, b_twist), pair.p);
            if (bit) apply(f, add_step(pair.r, pair.q), pair.p);
        }
    }
    return f;
}

}  // namespace lucid::blockchain::curves
