// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bls12_381_group.hpp>
#include <lucid/blockchain/curves/line.hpp>

#include <algorithm>

// Membership of the groups: M. Scott, "A note on group membership tests for G1, G2 and GT on BLS
// pairing-friendly curves" (2021). Final exponentiation: D. Hayashida, K. Hayasaka, T. Teruya,
// "Efficient final exponentiation via cyclotomic structure for pairings over families of elliptic
// curves" (2020).

namespace lucid::blockchain::curves::bls12_381 {
namespace {

constexpr F2 twist_b = {Fp::from(4), Fp::from(4)};

/// f · (constant + x v + y v w) with the line put at p: the twist multiplies by ξ.
void apply(F12& f, const Line<Curve>& line, const G1& p) {
    const auto x = line.x * p.x;
    const auto y = line.y * p.y;
    const auto low = f.c0.times_two(line.constant, x);
    const auto high = Fp6<Curve>{f.c1.c0 * y, f.c1.c1 * y, f.c1.c2 * y}.times_v();
    const auto both = (f.c0 + f.c1).times_two(line.constant, x + y);
    f = {low + high.times_v(), both - low - high};
}

/// To the power of the curve's parameter, where inverses are conjugates.
F12 power_of_x(const F12& f) {
    F12 result = f;
    for (int i = 62; i >= 0; --i) {
        result = result.squared();
        if (((minus_x >> i) & 1U) != 0) result = result * f;
    }
    return result.conjugate();
}

/// To the power of 3 (p^12 - 1) / r: three is prime to r, so the question for one is the same.
F12 final_exponentiation(const F12& f) {
    // (p^6 - 1)(p^2 + 1)
    auto m = f.conjugate() * f.inverse();
    m = m.frobenius().frobenius() * m;
    // (x - 1)² (x + p) (x² + p² - 1) + 3
    auto t = power_of_x(m) * m.conjugate();
    t = power_of_x(t) * t.conjugate();
    t = power_of_x(t) * t.frobenius();
    t = power_of_x(power_of_x(t)) * t.frobenius().frobenius() * t.conjugate();
    return t * m.squared() * m;
}

}  // namespace

Jacobian<F2> frobenius(const Jacobian<F2>& q) {
    static const std::array<F2, 2> inverse = {F12::gamma()[1].inverse(), F12::gamma()[2].inverse()};
    return {q.x.conjugate() * inverse[0], q.y.conjugate() * inverse[1], q.z.conjugate()};
}

G1 generator_g1() {
    return G1::at(number("17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                         "6c55e83ff97a1aeffb3af00adb22c6bb"),
                  number("08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
                         "d03cc744a2888ae40caa232946c5e7e1"));
}
G2 generator_g2() {
    return G2::at({number("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
                          "0bac0326a805bbefd48056c8c121bdb8"),
                   number("13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
                          "334cf11213945d57e5ac7d055d042b7e")},
                  {number("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
                          "923ac9cc3baca289e193548608b82801"),
                   number("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
                          "3f370d275cec1da1aaa9075ff05f79be")});
}

G2 kzg_setup_g2() {
    return G2::at({number("185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b"
                          "087041de621000edc98edada20c1def2"),
                   number("15bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d"
                          "2914e5870cb452d2afaaab24f3499f72")},
                  {number("014353bdb96b626dd7d5ee8599d1fca2131569490e28de18e82451a496a9c979"
                          "4ce26d105941f383ee689bfbbb832a99"),
                   number("1666c54b0a32529503432fcae0181b4bef79de09fc63671fda5ed1ba9bfa0789"
                          "9495346f3d7ac9cd23048ef30d0a154f")});
}

bool is_on_curve(const G1& p) {
    return p.is_on_curve(Fp::from(4));
}
bool is_on_curve(const G2& p) {
    return p.is_on_curve(twist_b);
}

bool is_in_group(const G1& p) {
    if (p.infinite) return true;
    // A cube root of one times x is a multiplication by -x² exactly on the group: r = x⁴ - x² + 1.
    constexpr auto root = number(
        "5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a0002"
        "2e01fffffffefffe");
    const auto image = Jacobian<Fp>(G1::at(p.x * root, p.y));
    return -times_minus_x(times_minus_x(Jacobian<Fp>(p))) == image;
}
bool is_in_group(const G2& p) {
    if (p.infinite) return true;
    const Jacobian<F2> q(p);
    return -times_minus_x(q) == frobenius(q);
}

bool pairing_product_is_one(std::span<const Pair> pairs) {
    auto running = begin_loop<Curve>(pairs);
    const auto f = miller_loop(running, minus_x, 63, twist_b, apply);
    // The parameter is negative: f should be conjugated, which one is not changed by.
    return final_exponentiation(f) == F12::one();
}

std::optional<G1> decompress_g1(ByteView bytes) {
    constexpr std::uint8_t compressed = 0x80;
    constexpr std::uint8_t infinite = 0x40;
    constexpr std::uint8_t larger = 0x20;
    if (bytes.size() != 48 || (bytes[0] & compressed) == 0) return std::nullopt;
    if ((bytes[0] & infinite) != 0) {
        const bool zero =
            bytes[0] == (compressed | infinite) &&
            std::all_of(bytes.begin() + 1, bytes.end(), [](auto b) { return b == 0; });
        return zero ? std::optional(G1{}) : std::nullopt;
    }
    ByteArray<48> x_bytes{};
    std::copy(bytes.begin(), bytes.end(), x_bytes.begin());
    x_bytes[0] &= 0x1f;
    const auto x = field_from_be<Fp>(x_bytes);
    if (!x) return std::nullopt;
    auto y = (x->squared() * *x + Fp::from(4)).square_root();
    if (!y) return std::nullopt;
    if (less((-*y).to_raw(), y->to_raw()) != ((bytes[0] & larger) != 0)) y = -*y;
    const auto point = G1::at(*x, *y);
    return is_in_group(point) ? std::optional(point) : std::nullopt;
}

}  // namespace lucid::blockchain::curves::bls12_381
