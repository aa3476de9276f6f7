// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Inverse of the reduce-extrapolate wavelet transform of progressive RemoteFX
/// (MS-RDPEGFX 3.2.8.1.2.2 and 3.3.8.2.1, flag RFX_DWT_REDUCE_EXTRAPOLATE): low bands of 33, 17 and
/// 9 values, high bands of 31, 16 and 8. Means are those of the whole sum, rounded towards zero;
/// everything else wraps at 16 bits. `V` is a lanes type.

#include <lucid/rdp/codec/rlgr.hpp>

#include <algorithm>

namespace lucid::rdp::codec::dwt {

/// Counts of one level: `high` bands of 31, 16 or 8.
template <int High>
struct Level {
    static constexpr int high = High;
    static constexpr int low = High == 31 ? 33 : High + 1;
    static constexpr int width = low + high;
    /// Pairs of an even and an odd value; the first level's last pair has no high value (zero).
    static constexpr int pairs = High == 31 ? 32 : High;
};

template <class V, class L>
void merge_row_extrapolated(const std::int16_t* low, const std::int16_t* high, std::int16_t* out) {
    constexpr int vectors = L::pairs / V::count;
    V h[vectors];
    V even[vectors];
    for (int i = 0; i < vectors; ++i) {
        h[i] = V::load(high + i * V::count);
        if constexpr (L::high < L::pairs)
            if (i == vectors - 1) h[i] = V::clear_last(h[i]);
        const V before = i == 0 ? V::first_to_all(h[0]) : h[std::max(i - 1, 0)];
        even[i] = V::load(low + i * V::count) - V::mean_to_zero(V::previous(h[i], before), h[i]);
    }
    // The value after the last pair: extrapolated in the first level, else one of the row.
    std::int16_t end = low[L::low - 1];
    if constexpr (L::high == L::pairs) end = static_cast<std::int16_t>(end - high[L::high - 1]);
    for (int i = 0; i < vectors; ++i) {
        const V after = i == vectors - 1 ? V::all(end) : even[std::min(i + 1, vectors - 1)];
        const V odd = h[i] + h[i] + V::mean_to_zero(even[i], V::next(even[i], after));
        V::store_interleaved(out + 2 * i * V::count, even[i], odd);
    }
    if constexpr (L::high == L::pairs) out[2 * L::pairs] = end;
}

/// Eight columns from `x` on.
template <class V, class L>
void merge_columns_extrapolated(const std::int16_t* rows, std::int16_t* out, int x) {
    constexpr int width = L::width;
    const std::int16_t* low = rows + x;
    const std::int16_t* high = low + L::low * width;
    std::int16_t* to = out + x;
    V h = V::load(high);
    V even = V::load(low) - h;
    even.store(to);
    for (int n = 1; n < L::pairs; ++n) {
        const V next_h = n < L::high ? V::load(high + n * width) : V::all(0);
        const V next_even = V::load(low + n * width) - V::mean_to_zero(h, next_h);
        (h + h + V::mean_to_zero(even, next_even)).store(to + (2 * n - 1) * width);
        next_even.store(to + 2 * n * width);
        h = next_h;
        even = next_even;
    }
    V end = V::load(low + (L::low - 1) * width);
    if constexpr (L::high == L::pairs) end = end - h;
    (h + h + V::mean_to_zero(even, end)).store(to + (2 * L::pairs - 1) * width);
    if constexpr (L::high == L::pairs) end.store(to + 2 * L::pairs * width);
}

/// One level in place: HL (low rows of high values), LH, HH, LL become width by width values.
template <class V, int High>
void merge_level_extrapolated(std::int16_t* bands) {
    using L = Level<High>;
    std::int16_t rows[L::width * L::width + V::count];
    const std::int16_t* hl = bands;
    const std::int16_t* lh = hl + L::high * L::low;
    const std::int16_t* hh = lh + L::low * L::high;
    const std::int16_t* ll = hh + L::high * L::high;
    for (int y = 0; y < L::low; ++y)
        merge_row_extrapolated<V, L>(ll + y * L::low, hl + y * L::high, rows + y * L::width);
    for (int y = 0; y < L::high; ++y)
        merge_row_extrapolated<V, L>(lh + y * L::low, hh + y * L::high,
                                     rows + (L::low + y) * L::width);
    int x = 0;
    for (; x + V::count <= L::width; x += V::count)
        merge_columns_extrapolated<V, L>(rows, bands, x);
    // The rest again with columns that are done: all is made from `rows`, so they come out the
    // same.
    if (x != L::width) merge_columns_extrapolated<V, L>(rows, bands, L::width - V::count);
}

/// In: HL1 LH1 HH1 HL2 LH2 HH2 HL3 LH3 HH3 LL3, row by row. Out: 64 rows of 64.
template <class V>
void inverse_extrapolated(Coefficients& coefficients) {
    merge_level_extrapolated<V, 8>(coefficients + 3807);
    merge_level_extrapolated<V, 16>(coefficients + 3007);
    merge_level_extrapolated<V, 31>(coefficients);
}

}  // namespace lucid::rdp::codec::dwt
