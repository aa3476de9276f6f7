// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The loops of rows.hpp for a lanes type: eight pixels at a time, the rest through a short copy.

#include <lucid/rdp/codec/rows.hpp>

#include <cstring>

namespace lucid::rdp::codec {

/// Eight samples from `at` on where the row has them; past its end whatever, never read from there.
template <class V>
V load_samples(const std::uint8_t* row, std::size_t at, std::size_t left) {
    if (left >= V::count) return V::load_bytes(row + at);
    std::uint8_t bytes[V::count] = {};
    std::memcpy(bytes, row + at, left);
    return V::load_bytes(bytes);
}
template <class V>
V load_samples_twice(const std::uint8_t* row, std::size_t at, std::size_t left) {
    if (left >= V::count) return V::load_bytes_twice(row + at / 2);
    std::uint8_t bytes[V::count] = {};
    std::memcpy(bytes, row + at / 2, (left + 1) / 2);
    return V::load_bytes_twice(bytes);
}

/// Calls `make(at, left, b, g, r)` for each eight pixels and stores them.
template <class V, class Make>
void merge_row_pixels(const PlaneRows& rows, std::uint8_t* out, std::size_t width, Make make) {
    V b, g, r;
    for (std::size_t at = 0; at < width; at += V::count) {
        const std::size_t left = width - at;
        make(at, left, b, g, r);
        const V a = rows.alpha != nullptr ? load_samples<V>(rows.alpha, at, left) : V::all(0xff);
        if (left >= V::count) {
            V::store_pixels(out + 4 * at, b, g, r, a);
            continue;
        }
        std::uint8_t pixels[4 * V::count];
        V::store_pixels(pixels, b, g, r, a);
        std::memcpy(out + 4 * at, pixels, 4 * left);
    }
}

template <class V>
void merge_rgb_row(const PlaneRows& rows, std::uint8_t* out, std::size_t width) {
    merge_row_pixels<V>(rows, out, width, [&](std::size_t at, std::size_t left, V& b, V& g, V& r) {
        r = load_samples<V>(rows.first, at, left);
        g = load_samples<V>(rows.second, at, left);
        b = load_samples<V>(rows.third, at, left);
    });
}

template <class V, bool Subsampled, Orange Direction>
void merge_ycocg_row(const PlaneRows& rows, unsigned shift, std::uint8_t* out, std::size_t width) {
    const auto chroma = [&](const std::uint8_t* row, std::size_t at, std::size_t left) {
        if constexpr (Subsampled)
            return V::signed_byte(load_samples_twice<V>(row, at, left), shift);
        else
            return V::signed_byte(load_samples<V>(row, at, left), shift);
    };
    merge_row_pixels<V>(rows, out, width, [&](std::size_t at, std::size_t left, V& b, V& g, V& r) {
        const V y = load_samples<V>(rows.first, at, left);
        const V co = chroma(rows.second, at, left);
        const V cg = chroma(rows.third, at, left);
        g = y + cg;
        const V rest = y - cg;
        if constexpr (Direction == Orange::raises_red) {
            r = rest + co;
            b = rest - co;
        } else {
            r = rest - co;
            b = rest + co;
        }
    });
}

template <class V>
void merge_ycocg_row(const PlaneRows& rows, Orange orange, unsigned shift, std::uint8_t* out,
                     std::size_t width) {
    const bool red = orange == Orange::raises_red;
    if (rows.chroma_step == 2) {
        if (red) return merge_ycocg_row<V, true, Orange::raises_red>(rows, shift, out, width);
        return merge_ycocg_row<V, true, Orange::raises_blue>(rows, shift, out, width);
    }
    if (red) return merge_ycocg_row<V, false, Orange::raises_red>(rows, shift, out, width);
    return merge_ycocg_row<V, false, Orange::raises_blue>(rows, shift, out, width);
}

}  // namespace lucid::rdp::codec
