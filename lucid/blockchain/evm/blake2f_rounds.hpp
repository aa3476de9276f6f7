// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Rounds of BLAKE2b's compression function (RFC 7693, section 3.2), any number of them. Private to
/// this folder and its tests.

#include <array>
#include <cstddef>
#include <cstdint>

namespace lucid::blockchain::evm::blake2 {

using Words = std::array<std::uint64_t, 16>;

/// Order of the message's words, one row a round, then from the first again (RFC 7693, 2.7).
inline constexpr std::uint32_t sigma_rows = 10;
inline constexpr std::array<std::array<std::uint8_t, 16>, sigma_rows> sigma = {{
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
}};

/// Mixes the message into the working vector.
using MixRounds = void(Words& v, const Words& message, std::uint32_t rounds);

MixRounds mix_rounds_portable;
#if defined(__x86_64__)
/// Where processor::has_avx2().
MixRounds mix_rounds_avx2;
#endif
/// With what this processor has.
MixRounds mix_rounds;

}  // namespace lucid::blockchain::evm::blake2
