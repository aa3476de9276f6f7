// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// 256-bit unsigned integers as the EVM has them: four 64-bit words, least significant first,
/// arithmetic modulo 2^256.

#include <lucid/common/bytes/bytes.hpp>

#include <compare>
#include <optional>
#include <string>

namespace lucid::blockchain::proto {

struct Uint256 {
    std::array<std::uint64_t, 4> words{};

    constexpr Uint256() = default;
    constexpr Uint256(std::uint64_t low) : words{low, 0, 0, 0} {}  // NOLINT: numbers convert

    [[nodiscard]] static Uint256 from_be(ByteView bytes);  ///< at most 32 bytes
    [[nodiscard]] Hash32 to_be() const;
    /// Big-endian without leading zeros; zero is empty.
    [[nodiscard]] Bytes to_be_minimal() const;
    /// "0x…" without leading zeros; zero is "0x0".
    [[nodiscard]] std::string to_hex_quantity() const;

    [[nodiscard]] constexpr bool is_zero() const {
        return (words[0] | words[1] | words[2] | words[3]) == 0;
    }
    [[nodiscard]] constexpr bool fits_u64() const { return (words[1] | words[2] | words[3]) == 0; }
    [[nodiscard]] constexpr bool bit(unsigned index) const {
        return ((words[index / 64] >> (index % 64)) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool negative() const { return (words[3] >> 63) != 0; }
    [[nodiscard]] unsigned bit_length() const;

    friend constexpr bool operator==(const Uint256&, const Uint256&) = default;
    friend constexpr std::strong_ordering operator<=>(const Uint256& a, const Uint256& b) {
        for (std::size_t i = 4; i-- > 0;)
            if (a.words[i] != b.words[i]) return a.words[i] <=> b.words[i];
        return std::strong_ordering::equal;
    }
};

[[nodiscard]] Uint256 operator+(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 operator-(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 operator*(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 operator&(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 operator|(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 operator^(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 operator~(const Uint256& a);
[[nodiscard]] Uint256 operator<<(const Uint256& a, unsigned bits);
[[nodiscard]] Uint256 operator>>(const Uint256& a, unsigned bits);

/// Quotient and remainder; both zero for a zero divisor, as the EVM wants.
struct Division {
    Uint256 quotient;
    Uint256 remainder;
};
[[nodiscard]] Division divide(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 signed_divide(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 signed_modulo(const Uint256& a, const Uint256& b);
[[nodiscard]] Uint256 add_modulo(const Uint256& a, const Uint256& b, const Uint256& m);
[[nodiscard]] Uint256 multiply_modulo(const Uint256& a, const Uint256& b, const Uint256& m);
[[nodiscard]] Uint256 power(Uint256 base, Uint256 exponent);
/// Extends the sign of the value's `byte_index`-th byte (EVM SIGNEXTEND).
[[nodiscard]] Uint256 sign_extend(const Uint256& byte_index, const Uint256& value);
[[nodiscard]] Uint256 arithmetic_shift_right(const Uint256& a, unsigned bits);
[[nodiscard]] bool signed_less(const Uint256& a, const Uint256& b);
/// a + b where it does not wrap.
[[nodiscard]] std::optional<Uint256> checked_add(const Uint256& a, const Uint256& b);
[[nodiscard]] std::optional<Uint256> checked_multiply(const Uint256& a, const Uint256& b);

}  // namespace lucid::blockchain::proto
