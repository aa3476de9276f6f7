// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sum of many multiples of points. Not constant time.

#include <lucid/blockchain/curves/point.hpp>

namespace lucid::blockchain::curves {

template <class F, std::size_t N>
struct Term {
    Jacobian<F> point;
    Words<N> scalar;
};

/// `count` ≤ 16 bits from bit `from` on.
template <std::size_t N>
[[nodiscard]] std::size_t bits_of(const Words<N>& scalar, std::size_t from, std::size_t count) {
    const auto word = from / 64;
    const auto shift = from % 64;
    auto bits = scalar[word] >> shift;
    if (shift + count > 64 && word + 1 < N) bits |= scalar[word + 1] << (64 - shift);
    return bits & ((std::uint64_t{1} << count) - 1);
}

/// Buckets by digit (N. Pippenger, 1976): each window of bits costs an addition for every term and
/// two for every bucket.
template <class F, std::size_t N>
[[nodiscard]] Jacobian<F> sum_by_buckets(std::span<const Term<F, N>> terms) {
    const auto cost = [&](std::size_t bits) {
        return (N * 64 + bits - 1) / bits * (terms.size() + (std::size_t{2} << bits));
    };
    std::size_t window = 4;
    while (window < 12 && cost(window + 1) < cost(window)) ++window;
    std::vector<Jacobian<F>> buckets;
    Jacobian<F> sum;
    for (std::size_t i = (N * 64 + window - 1) / window; i-- > 0;) {
        for (std::size_t k = 0; k < window; ++k) sum = sum.doubled();
        buckets.assign(std::size_t{1} << window, {});
        for (const auto& term : terms) {
            auto& bucket = buckets[bits_of(term.scalar, i * window, window)];
            bucket = bucket + term.point;
        }
        Jacobian<F> running;
        Jacobian<F> total;
        for (std::size_t digit = buckets.size(); --digit > 0;) {
            running = running + buckets[digit];
            total = total + running;
        }
        sum = sum + total;
    }
    return sum;
}

/// A table of small multiples for each term, doublings in common (E. Straus, 1964).
template <class F, std::size_t N>
[[nodiscard]] Jacobian<F> sum_by_tables(std::span<const Term<F, N>> terms) {
    std::vector<Multiples<F>> tables;
    for (const auto& term : terms) tables.push_back(multiples_of(term.point));
    Jacobian<F> sum;
    for (std::size_t i = N * 16; i-- > 0;) {
        for (int k = 0; k < 4; ++k) sum = sum.doubled();
        for (std::size_t t = 0; t < terms.size(); ++t)
            sum = sum + tables[t][bits_of(terms[t].scalar, 4 * i, 4)];
    }
    return sum;
}

template <class F, std::size_t N>
[[nodiscard]] Jacobian<F> multi_scalar(std::span<const Term<F, N>> terms) {
    constexpr std::size_t tables_pay_below = 128;
    return terms.size() < tables_pay_below ? sum_by_tables(terms) : sum_by_buckets(terms);
}

}  // namespace lucid::blockchain::curves
