// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/progressive_bands.hpp>

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

// RLGR (MS-RDPRFX 3.1.8.1.7.3) bit by bit. Whatever a stream lacks is zero.

namespace lucid::rdp::codec {
namespace {

/// Bits in their order, spaces apart, as whole bytes.
Bytes bits(std::string_view text) {
    Bytes out;
    std::size_t count = 0;
    for (const char c : text) {
        if (c == ' ') continue;
        if (count++ % 8 == 0) out.push_back(0);
        out.back() |= static_cast<std::uint8_t>((c == '1' ? 0x80U : 0U) >> (count - 1) % 8);
    }
    return out;
}

/// The coefficients up to the last one that is not zero.
std::vector<int> decoded(Rlgr mode, ByteView data) {
    Coefficients out;
    decode_rlgr(mode, data, plain_layout, BandShifts{}, out);
    std::vector<int> values(out, out + tile_coefficients);
    while (!values.empty() && values.back() == 0) values.pop_back();
    return values;
}
const std::vector<int> none;

TEST(Rlgr, a_run_and_its_value) {
    // A zero stands for two, one more is in the low bit: three. Negative. Code 0 1: magnitude 2.
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("01 1 1 01")), (std::vector{0, 0, 0, -2}));
    EXPECT_EQ(decoded(Rlgr::rlgr3, bits("01 1 1 01")), (std::vector{0, 0, 0, -2}));
}

TEST(Rlgr, a_run_that_does_not_end_or_fills_the_tile_leaves_zeros) {
    EXPECT_EQ(decoded(Rlgr::rlgr1, {}), none);
    EXPECT_EQ(decoded(Rlgr::rlgr1, Bytes(1)), none);
    EXPECT_EQ(decoded(Rlgr::rlgr1, Bytes(7)), none);
    EXPECT_EQ(decoded(Rlgr::rlgr1, Bytes(500)), none);
    // 55 zeros are the most that stand in front of a value, 21 already fill a tile.
    for (const std::size_t zeros : {20U, 21U, 55U, 56U, 70U})
        EXPECT_EQ(decoded(Rlgr::rlgr1, bits(std::string(zeros, '0') + "1" + std::string(60, '1'))),
                  none)
            << zeros;
}

TEST(Rlgr, a_value_that_is_cut_is_none) {
    // Runs of seven, nine and eight zeros: the low bits, the code, and the code's low bit miss.
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("0000000 1")), none);
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("000000000 1 00000 0")), none);
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("00000000 1 00000 0 0")), none);
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("00000000 1 00000 0 00")).size(), 61U) << "not cut";
}

TEST(Rlgr, counts_of_ones_may_be_longer_than_any_word) {
    // No run, its low bit, positive; 70 ones and a zero; one low bit: 140, magnitude 141.
    const std::string ones(70, '1');
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("1 0 0 " + ones + " 0 0")), std::vector{141});
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("1 0 0 " + std::string(64 + 5, '1'))), none)
        << "the data ends with a word of ones";
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("1 0 0 " + std::string(61, '1'))), none);
    // The zero is the last bit: the low bit is missing.
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("1 0 0 " + std::string(68, '1') + " 0")), none);
}

TEST(Rlgr, values_without_runs) {
    // The first value leaves runs: 1. Then codes with no low bits: 110 is 2, unfolded 1.
    EXPECT_EQ(decoded(Rlgr::rlgr1, bits("1 0 0 0 0 110")), (std::vector{1, 1}));
    // RLGR3: 110 is a sum of 2, in two bits the first of a pair; 01 is 1, the other is 1: -1, -1.
    EXPECT_EQ(decoded(Rlgr::rlgr3, bits("1 0 0 0 0 110 01")), (std::vector{1, -1, -1}));
    EXPECT_EQ(decoded(Rlgr::rlgr3, bits("1 0 0 0 0 10 1")), (std::vector{1, -1})) << "1, 0";
    EXPECT_EQ(decoded(Rlgr::rlgr3, bits("1 0 0 0 0 10 0")), (std::vector{1, 0, -1})) << "0, 1";
    EXPECT_EQ(decoded(Rlgr::rlgr3, bits("1 0 0 0 0 110")), std::vector{1}) << "no pair";
}

}  // namespace
}  // namespace lucid::rdp::codec
