// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bn254.hpp>
#include <lucid/blockchain/evm/precompile_functions.hpp>

// EIP-196, EIP-197: coordinates are 32 bytes big-endian, (0, 0) is the point at infinity, and what
// is missing at the end of the input is zero.

namespace lucid::blockchain::evm {
namespace {

namespace bn = curves::bn254;

std::optional<bn::G1> read_g1(ByteView bytes) {
    const auto x = curves::field_from_be<bn::Fp>(bytes.first(32));
    const auto y = curves::field_from_be<bn::Fp>(bytes.subspan(32, 32));
    if (!x || !y) return std::nullopt;
    if (x->is_zero() && y->is_zero()) return bn::G1{};
    const auto point = bn::G1::at(*x, *y);
    if (!bn::is_on_curve(point)) return std::nullopt;
    return point;
}

/// The imaginary part comes first.
std::optional<bn::F2> read_f2(ByteView bytes) {
    const auto imaginary = curves::field_from_be<bn::Fp>(bytes.first(32));
    const auto real = curves::field_from_be<bn::Fp>(bytes.subspan(32, 32));
    if (!imaginary || !real) return std::nullopt;
    return bn::F2{*real, *imaginary};
}

std::optional<bn::G2> read_g2(ByteView bytes) {
    const auto x = read_f2(bytes.first(64));
    const auto y = read_f2(bytes.subspan(64, 64));
    if (!x || !y) return std::nullopt;
    if (x->is_zero() && y->is_zero()) return bn::G2{};
    const auto point = bn::G2::at(*x, *y);
    if (!bn::is_in_group(point)) return std::nullopt;
    return point;
}

Bytes write_g1(const bn::G1& point) {
    if (point.infinite) return Bytes(64);
    Bytes out;
    curves::append_be(out, point.x);
    curves::append_be(out, point.y);
    return out;
}

}  // namespace

PrecompileResult bn254_add(ByteView input) {
    const auto all = padded(input, 0, 128);
    const auto a = read_g1(ByteView(all).first(64));
    const auto b = read_g1(ByteView(all).subspan(64));
    if (!a || !b) return std::nullopt;
    using Point = curves::Jacobian<bn::Fp>;
    return write_g1((Point(*a) + Point(*b)).to_affine());
}

PrecompileResult bn254_multiply(ByteView input) {
    const auto all = padded(input, 0, 96);
    const auto point = read_g1(ByteView(all).first(64));
    if (!point) return std::nullopt;
    const auto scalar = Uint256::load_be(all.data() + 64);
    return write_g1(curves::multiply(curves::Jacobian<bn::Fp>(*point), scalar.words).to_affine());
}

PrecompileResult bn254_pairing(ByteView input) {
    constexpr std::size_t pair_bytes = 192;
    if (input.size() % pair_bytes != 0) return std::nullopt;
    std::vector<bn::Pair> pairs;
    for (; !input.empty(); input = input.subspan(pair_bytes)) {
        const auto p = read_g1(input.first(64));
        const auto q = read_g2(input.subspan(64, 128));
        if (!p || !q) return std::nullopt;
        pairs.push_back({*p, *q});
    }
    Bytes out(32);
    out[31] = bn::pairing_product_is_one(pairs) ? 1 : 0;
    return out;
}

}  // namespace lucid::blockchain::evm
