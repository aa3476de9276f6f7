// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bls12_381.hpp>
#include <lucid/blockchain/curves/multi_scalar.hpp>
#include <lucid/blockchain/evm/precompile_functions.hpp>

#include <algorithm>

// EIP-2537: a number of the prime field is 64 bytes big-endian, a point its coordinates, all zeros
// the point at infinity. Additions take any point of the curve, everything else only the group's.

namespace lucid::blockchain::evm {
namespace {

namespace bls = curves::bls12_381;
using curves::Affine;
using curves::Jacobian;

constexpr std::size_t number_bytes = 64;
constexpr std::size_t padding_bytes = 16;
constexpr std::size_t scalar_bytes = 32;

template <class F>
constexpr std::size_t field_bytes = number_bytes;
template <>
constexpr std::size_t field_bytes<bls::F2> = 2 * number_bytes;
template <class F>
constexpr std::size_t point_bytes = 2 * field_bytes<F>;

std::optional<bls::Fp> read_number(ByteView bytes) {
    const auto padding = bytes.first(padding_bytes);
    if (std::any_of(padding.begin(), padding.end(), [](auto b) { return b != 0; }))
        return std::nullopt;
    return curves::field_from_be<bls::Fp>(bytes.subspan(padding_bytes));
}

template <class F>
std::optional<F> read_field(ByteView bytes) {
    if constexpr (std::is_same_v<F, bls::Fp>) {
        return read_number(bytes);
    } else {
        const auto real = read_number(bytes.first(number_bytes));
        const auto imaginary = read_number(bytes.subspan(number_bytes));
        if (!real || !imaginary) return std::nullopt;
        return F{*real, *imaginary};
    }
}

template <class F>
std::optional<Affine<F>> read_point(ByteView bytes) {
    const auto x = read_field<F>(bytes.first(field_bytes<F>));
    const auto y = read_field<F>(bytes.subspan(field_bytes<F>, field_bytes<F>));
    if (!x || !y) return std::nullopt;
    if (x->is_zero() && y->is_zero()) return Affine<F>{};
    const auto point = Affine<F>::at(*x, *y);
    return bls::is_on_curve(point) ? std::optional(point) : std::nullopt;
}
template <class F>
std::optional<Affine<F>> read_group_point(ByteView bytes) {
    const auto point = read_point<F>(bytes);
    return point && bls::is_in_group(*point) ? point : std::nullopt;
}

void append(Bytes& out, const bls::Fp& number) {
    out.resize(out.size() + padding_bytes);
    curves::append_be(out, number);
}
void append(Bytes& out, const bls::F2& number) {
    append(out, number.c0);
    append(out, number.c1);
}
template <class F>
Bytes write_point(const Affine<F>& point) {
    if (point.infinite) return Bytes(point_bytes<F>);
    Bytes out;
    append(out, point.x);
    append(out, point.y);
    return out;
}

template <class F>
PrecompileResult add(ByteView input) {
    if (input.size() != 2 * point_bytes<F>) return std::nullopt;
    const auto a = read_point<F>(input.first(point_bytes<F>));
    const auto b = read_point<F>(input.subspan(point_bytes<F>));
    if (!a || !b) return std::nullopt;
    return write_point((Jacobian<F>(*a) + Jacobian<F>(*b)).to_affine());
}

template <class F>
constexpr std::size_t term_bytes = point_bytes<F> + scalar_bytes;

template <class F>
PrecompileResult multi_scalar(ByteView input) {
    if (input.empty() || input.size() % term_bytes<F> != 0) return std::nullopt;
    std::vector<curves::Term<F, 4>> terms;
    terms.reserve(input.size() / term_bytes<F>);
    for (; !input.empty(); input = input.subspan(term_bytes<F>)) {
        const auto point = read_group_point<F>(input.first(point_bytes<F>));
        if (!point) return std::nullopt;
        terms.push_back(
            {Jacobian<F>(*point), Uint256::load_be(input.data() + point_bytes<F>).words});
    }
    return write_point(
        curves::multi_scalar(std::span<const curves::Term<F, 4>>(terms)).to_affine());
}

/// Thousandths of a multiplication's price for each of k terms; the last for more.
using Discounts = std::array<std::uint16_t, 128>;
constexpr Discounts g1_discounts = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661,  658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613,  611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584,  582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562,  561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544,  543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528,  528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519};
constexpr Discounts g2_discounts = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693,  688,  683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627,  624,  622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590,  589,  587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566,  565,  563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547,  546,  545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532,  532,  531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524};

std::uint64_t discounted(std::size_t terms, std::uint64_t each, const Discounts& discounts) {
    if (terms == 0) return 0;
    return terms * each * discounts[std::min(terms, discounts.size()) - 1] / 1000;
}

constexpr std::size_t pair_bytes = point_bytes<bls::Fp> + point_bytes<bls::F2>;

}  // namespace

std::uint64_t bls_g1_multi_scalar_price(ByteView input) {
    return discounted(input.size() / term_bytes<bls::Fp>, 12000, g1_discounts);
}
std::uint64_t bls_g2_multi_scalar_price(ByteView input) {
    return discounted(input.size() / term_bytes<bls::F2>, 22500, g2_discounts);
}
std::uint64_t bls_pairing_price(ByteView input) {
    return 37700 + 32600 * (input.size() / pair_bytes);
}

PrecompileResult bls_g1_add(ByteView input) {
    return add<bls::Fp>(input);
}
PrecompileResult bls_g2_add(ByteView input) {
    return add<bls::F2>(input);
}
PrecompileResult bls_g1_multi_scalar(ByteView input) {
    return multi_scalar<bls::Fp>(input);
}
PrecompileResult bls_g2_multi_scalar(ByteView input) {
    return multi_scalar<bls::F2>(input);
}

PrecompileResult bls_pairing(ByteView input) {
    if (input.empty() || input.size() % pair_bytes != 0) return std::nullopt;
    std::vector<bls::Pair> pairs;
    for (; !input.empty(); input = input.subspan(pair_bytes)) {
        const auto p = read_group_point<bls::Fp>(input.first(point_bytes<bls::Fp>));
        const auto q =
            read_group_point<bls::F2>(input.subspan(point_bytes<bls::Fp>, point_bytes<bls::F2>));
        if (!p || !q) return std::nullopt;
        pairs.push_back({*p, *q});
    }
    Bytes out(32);
    out[31] = bls::pairing_product_is_one(pairs) ? 1 : 0;
    return out;
}

PrecompileResult bls_map_to_g1(ByteView input) {
    if (input.size() != field_bytes<bls::Fp>) return std::nullopt;
    const auto u = read_field<bls::Fp>(input);
    if (!u) return std::nullopt;
    return write_point(bls::map_to_g1(*u));
}
PrecompileResult bls_map_to_g2(ByteView input) {
    if (input.size() != field_bytes<bls::F2>) return std::nullopt;
    const auto u = read_field<bls::F2>(input);
    if (!u) return std::nullopt;
    return write_point(bls::map_to_g2(*u));
}

}  // namespace lucid::blockchain::evm
