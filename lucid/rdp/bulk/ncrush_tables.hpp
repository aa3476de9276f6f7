// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Code lengths and value ranges of MS-RDPEGDI 3.1.8.1.4.1 – 3.1.8.1.4.3. The codes themselves
/// follow from the lengths: they are canonical, and sent with their first bit lowest.

#include <array>
#include <cstddef>
#include <cstdint>

namespace lucid::rdp::bulk::ncrush_tables {

/// Symbols: 0–255 literals, 256 end, 257–288 copy offsets, 289–292 cached offsets.
inline constexpr std::size_t lec_symbols = 294;
inline constexpr std::size_t lom_symbols = 32;

inline constexpr std::array<std::uint8_t, lec_symbols> lec_lengths = {
    6,  6,  6,  7,  7,  7,  7,  7,  7,  7,  7,  8,  8,  8,  8,  8,  8,  8,  9,  8,  9,  9,  9,
    9,  8,  8,  9,  9,  9,  9,  9,  9,  8,  9,  9,  10, 9,  9,  9,  9,  9,  9,  9,  10, 9,  10,
    10, 10, 9,  9,  10, 9,  10, 9,  10, 9,  9,  9,  10, 10, 9,  10, 9,  9,  8,  9,  9,  9,  9,
    10, 10, 10, 9,  9,  10, 10, 10, 10, 10, 10, 9,  9,  10, 10, 10, 10, 10, 10, 10, 9,  10, 10,
    10, 10, 10, 10, 8,  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9,  10, 10,
    10, 10, 10, 10, 10, 9,  10, 10, 10, 10, 10, 10, 9,  7,  9,  9,  10, 9,  10, 10, 10, 9,  10,
    10, 10, 10, 10, 10, 10, 9,  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 13, 10, 10, 10, 10, 10, 10, 11, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 9,  10, 10, 10, 10, 10, 9,  10, 10, 10, 10, 10, 9,  10, 10,
    10, 9,  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9,  10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 9,  10, 8,  9,  9,  10, 9,  10, 10, 10, 9,  10, 10, 10, 9,
    9,  8,  7,  13, 13, 7,  7,  10, 7,  7,  6,  6,  6,  6,  5,  6,  6,  6,  5,  6,  5,  6,  6,
    6,  6,  6,  6,  6,  6,  6,  6,  6,  6,  6,  6,  8,  5,  6,  7,  7,  13,
};

inline constexpr std::array<std::uint8_t, lom_symbols> lom_lengths = {
    4, 2, 3, 4, 3, 4, 4, 5, 4, 5, 5, 6, 6, 7, 7, 8, 7, 8, 8, 9, 9, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
};

inline constexpr std::array<std::uint8_t, 32> copy_offset_bits = {
    0, 0, 0, 0, 1, 1, 2,  2,  3,  3,  4,  4,  5,  5,  6,  6,
    7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14,
};
inline constexpr std::array<std::uint32_t, 32> copy_offset_base = {
    1,   2,   3,   4,   5,    7,    9,    13,   17,   25,   33,   49,    65,    97,    129,   193,
    257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577, 32769, 49153,
};

inline constexpr std::array<std::uint8_t, 30> match_length_bits = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 6, 6, 8, 8, 14, 14,
};
inline constexpr std::array<std::uint32_t, 30> match_length_base = {
    2,  3,  4,  5,  6,  7,  8,  9,  10,  12,  14,  16,  18,  22, 26,
    30, 34, 42, 50, 58, 66, 82, 98, 114, 130, 194, 258, 514, 2,  2,
};

/// One entry per possible next `Bits` bits: symbol and code length.
struct Symbol {
    std::uint16_t value;
    std::uint8_t bits;
};

template <unsigned Bits, std::size_t N>
consteval std::array<Symbol, std::size_t{1} << Bits> make_table(
    const std::array<std::uint8_t, N>& lengths) {
    std::array<Symbol, std::size_t{1} << Bits> table{};
    std::uint32_t code = 0;
    for (unsigned length = 1; length <= Bits; ++length) {
        code <<= 1;
        for (std::size_t symbol = 0; symbol < N; ++symbol) {
            if (lengths[symbol] != length) continue;
            std::uint32_t reversed = 0;
            for (unsigned i = 0; i < length; ++i) reversed |= (code >> i & 1U) << (length - 1 - i);
            for (std::size_t at = reversed; at < table.size(); at += std::size_t{1} << length)
                table[at] = {static_cast<std::uint16_t>(symbol), static_cast<std::uint8_t>(length)};
            ++code;
        }
    }
    return table;
}

}  // namespace lucid::rdp::bulk::ncrush_tables
