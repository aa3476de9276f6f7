// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Inverse 5/3 wavelet transform of one tile (MS-RDPRFX 3.1.8.1.4 "DWT": three levels, bands of 8,
/// 16 and 32; rows first, then columns). Arithmetic wraps at 16 bits, so all lanes agree. `V` is a
/// lanes type (lanes.hpp).

#include <lucid/rdp/codec/rlgr.hpp>

#include <algorithm>

namespace lucid::rdp::codec::dwt {

/// Rows: low and high band of `Side` values to 2 * Side values.
template <class V, int Side>
void merge_row(const std::int16_t* low, const std::int16_t* high, std::int16_t* out) {
    constexpr int vectors = Side / V::count;
    const V one = V::all(1);
    V h[vectors];
    V even[vectors];
    for (int i = 0; i < vectors; ++i) {
        h[i] = V::load(high + i * V::count);
        const V before = i == 0 ? V::first_to_all(h[0]) : h[std::max(i - 1, 0)];
        const V sum = V::previous(h[i], before) + h[i] + one;
        even[i] = V::load(low + i * V::count) - V::template shift_right<1>(sum);
    }
    for (int i = 0; i < vectors; ++i) {
        const V after =
            i == vectors - 1 ? V::last_to_all(even[i]) : even[std::min(i + 1, vectors - 1)];
        const V odd = h[i] + h[i] + V::template shift_right<1>(even[i] + V::next(even[i], after));
        V::store_interleaved(out + 2 * i * V::count, even[i], odd);
    }
}

/// Columns: `Side` low rows, then `Side` high rows, of 2 * Side values each.
template <class V, int Side>
void merge_columns(const std::int16_t* rows, std::int16_t* out) {
    constexpr int width = 2 * Side;
    const V one = V::all(1);
    for (int x = 0; x < width; x += V::count) {
        const std::int16_t* low = rows + x;
        const std::int16_t* high = low + Side * width;
        std::int16_t* to = out + x;
        V h = V::load(high);
        V even = V::load(low) - V::template shift_right<1>(h + h + one);
        even.store(to);
        for (int n = 1; n < Side; ++n) {
            const V next_h = V::load(high + n * width);
            const V next_even =
                V::load(low + n * width) - V::template shift_right<1>(h + next_h + one);
            (h + h + V::template shift_right<1>(even + next_even)).store(to + (2 * n - 1) * width);
            next_even.store(to + 2 * n * width);
            h = next_h;
            even = next_even;
        }
        (h + h + even).store(to + (2 * Side - 1) * width);
    }
}

/// One level in place: bands HL, LH, HH, LL of Side by Side become 2 * Side rows.
template <class V, int Side>
void merge_level(std::int16_t* bands) {
    constexpr int area = Side * Side;
    std::int16_t rows[4 * area];
    for (int y = 0; y < Side; ++y) {
        const int row = y * Side;
        merge_row<V, Side>(bands + 3 * area + row, bands + row, rows + 2 * row);
        merge_row<V, Side>(bands + area + row, bands + 2 * area + row, rows + 2 * area + 2 * row);
    }
    merge_columns<V, Side>(rows, bands);
}

/// In: HL1 LH1 HH1 HL2 LH2 HH2 HL3 LH3 HH3 LL3, row by row. Out: 64 rows of 64.
template <class V>
void inverse(Coefficients& coefficients) {
    merge_level<V, 8>(coefficients + 3840);
    merge_level<V, 16>(coefficients + 3072);
    merge_level<V, 32>(coefficients);
}

}  // namespace lucid::rdp::codec::dwt
