// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// 256-bit unsigned integers as the EVM has them: four 64-bit words, least significant first,
/// arithmetic modulo 2^256. What an interpreter needs in every instruction is inline; division and
/// what builds on it is in uint256_divide.cpp.

#include <lucid/common/bytes/bytes.hpp>

#include <bit>
#include <compare>
#include <cstring>
#include <optional>
#include <string>

namespace lucid::blockchain::proto {

__extension__ using Uint128 = unsigned __int128;

struct Uint256 {
    std::array<std::uint64_t, 4> words{};

    constexpr Uint256() = default;
    constexpr Uint256(std::uint64_t low) : words{low, 0, 0, 0} {}  // NOLINT: numbers convert
    constexpr Uint256(std::uint64_t w0, std::uint64_t w1, std::uint64_t w2, std::uint64_t w3)
        : words{w0, w1, w2, w3} {}

    [[nodiscard]] static Uint256 from_be(ByteView bytes);  ///< at most 32 bytes
    /// Exactly 32 bytes.
    [[nodiscard]] static Uint256 load_be(const std::uint8_t* bytes);
    void store_be(std::uint8_t* out) const;
    [[nodiscard]] Hash32 to_be() const {
        Hash32 out;
        store_be(out.data());
        return out;
    }
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

    friend constexpr bool operator==(const Uint256& a, const Uint256& b) {
        return ((a.words[0] ^ b.words[0]) | (a.words[1] ^ b.words[1]) | (a.words[2] ^ b.words[2]) |
                (a.words[3] ^ b.words[3])) == 0;
    }
    friend constexpr std::strong_ordering operator<=>(const Uint256& a, const Uint256& b) {
        for (std::size_t i = 4; i-- > 0;)
            if (a.words[i] != b.words[i]) return a.words[i] <=> b.words[i];
        return std::strong_ordering::equal;
    }
    friend constexpr bool operator<(const Uint256& a, const Uint256& b) {
        // The borrow of a subtraction: no branches.
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const Uint128 difference = Uint128{a.words[i]} - b.words[i] - borrow;
            borrow = static_cast<std::uint64_t>(difference >> 64) & 1U;
        }
        return borrow != 0;
    }
    friend constexpr bool operator>(const Uint256& a, const Uint256& b) { return b < a; }
    friend constexpr bool operator<=(const Uint256& a, const Uint256& b) { return !(b < a); }
    friend constexpr bool operator>=(const Uint256& a, const Uint256& b) { return !(a < b); }
};

inline Uint256 Uint256::load_be(const std::uint8_t* bytes) {
    Uint256 out;
    std::memcpy(out.words.data(), bytes, 32);
    return {__builtin_bswap64(out.words[3]), __builtin_bswap64(out.words[2]),
            __builtin_bswap64(out.words[1]), __builtin_bswap64(out.words[0])};
}

inline void Uint256::store_be(std::uint8_t* out) const {
    static_assert(std::endian::native == std::endian::little);
    const std::array<std::uint64_t, 4> swapped = {
        __builtin_bswap64(words[3]), __builtin_bswap64(words[2]), __builtin_bswap64(words[1]),
        __builtin_bswap64(words[0])};
    std::memcpy(out, swapped.data(), 32);
}

[[nodiscard]] inline Uint256 operator+(const Uint256& a, const Uint256& b) {
    Uint256 out;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Uint128 sum = Uint128{a.words[i]} + b.words[i] + carry;
        out.words[i] = static_cast<std::uint64_t>(sum);
        carry = static_cast<std::uint64_t>(sum >> 64);
    }
    return out;
}

[[nodiscard]] inline Uint256 operator-(const Uint256& a, const Uint256& b) {
    Uint256 out;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Uint128 difference = Uint128{a.words[i]} - b.words[i] - borrow;
        out.words[i] = static_cast<std::uint64_t>(difference);
        borrow = static_cast<std::uint64_t>(difference >> 64) & 1U;
    }
    return out;
}

/// Low half of the product: six wide products and four narrow ones.
[[nodiscard]] inline Uint256 operator*(const Uint256& a, const Uint256& b) {
    const auto& x = a.words;
    const auto& y = b.words;
    const Uint128 p00 = Uint128{x[0]} * y[0];
    const Uint128 p01 = Uint128{x[0]} * y[1];
    const Uint128 p10 = Uint128{x[1]} * y[0];
    const Uint128 p02 = Uint128{x[0]} * y[2];
    const Uint128 p11 = Uint128{x[1]} * y[1];
    const Uint128 p20 = Uint128{x[2]} * y[0];
    Uint256 out;
    out.words[0] = static_cast<std::uint64_t>(p00);
    const Uint128 m1 = (p00 >> 64) + static_cast<std::uint64_t>(p01);
    const Uint128 m2 = Uint128{static_cast<std::uint64_t>(m1)} + static_cast<std::uint64_t>(p10);
    out.words[1] = static_cast<std::uint64_t>(m2);
    // Words 2 and 3 as one number: what overflows it is beyond 2^256.
    Uint128 high = (p01 >> 64) + (p10 >> 64) + (m1 >> 64) + (m2 >> 64);
    high += p02;
    high += p11;
    high += p20;
    high += Uint128{x[0] * y[3] + x[1] * y[2] + x[2] * y[1] + x[3] * y[0]} << 64;
    out.words[2] = static_cast<std::uint64_t>(high);
    out.words[3] = static_cast<std::uint64_t>(high >> 64);
    return out;
}

[[nodiscard]] inline Uint256 operator&(const Uint256& a, const Uint256& b) {
    return {a.words[0] & b.words[0], a.words[1] & b.words[1], a.words[2] & b.words[2],
            a.words[3] & b.words[3]};
}
[[nodiscard]] inline Uint256 operator|(const Uint256& a, const Uint256& b) {
    return {a.words[0] | b.words[0], a.words[1] | b.words[1], a.words[2] | b.words[2],
            a.words[3] | b.words[3]};
}
[[nodiscard]] inline Uint256 operator^(const Uint256& a, const Uint256& b) {
    return {a.words[0] ^ b.words[0], a.words[1] ^ b.words[1], a.words[2] ^ b.words[2],
            a.words[3] ^ b.words[3]};
}
[[nodiscard]] inline Uint256 operator~(const Uint256& a) {
    return {~a.words[0], ~a.words[1], ~a.words[2], ~a.words[3]};
}

[[nodiscard]] inline Uint256 operator<<(const Uint256& a, unsigned bits) {
    if (bits >= 256) return {};
    auto w = a.words;
    if ((bits & 128) != 0) w = {0, 0, w[0], w[1]};
    if ((bits & 64) != 0) w = {0, w[0], w[1], w[2]};
    const unsigned part = bits & 63;
    const auto join = [part](std::uint64_t high, std::uint64_t low) {
        return high << part | (low >> 1) >> (63 - part);
    };
    return {w[0] << part, join(w[1], w[0]), join(w[2], w[1]), join(w[3], w[2])};
}

[[nodiscard]] inline Uint256 operator>>(const Uint256& a, unsigned bits) {
    if (bits >= 256) return {};
    auto w = a.words;
    if ((bits & 128) != 0) w = {w[2], w[3], 0, 0};
    if ((bits & 64) != 0) w = {w[1], w[2], w[3], 0};
    const unsigned part = bits & 63;
    const auto join = [part](std::uint64_t high, std::uint64_t low) {
        return low >> part | (high << 1) << (63 - part);
    };
    return {join(w[1], w[0]), join(w[2], w[1]), join(w[3], w[2]), w[3] >> part};
}

[[nodiscard]] inline unsigned count_leading_zeros(const Uint256& a) {
    for (unsigned i = 4; i-- > 0;)
        if (a.words[i] != 0)
            return (3 - i) * 64 + static_cast<unsigned>(std::countl_zero(a.words[i]));
    return 256;
}

[[nodiscard]] inline bool signed_less(const Uint256& a, const Uint256& b) {
    return a.negative() != b.negative() ? a.negative() : a < b;
}

/// Extends the sign of the value's `byte_index`-th byte (EVM SIGNEXTEND). In place: words below
/// that byte are not touched.
inline void sign_extend(const Uint256& byte_index, Uint256& value) {
    if (!byte_index.fits_u64() || byte_index.words[0] >= 31) return;
    const auto index = static_cast<unsigned>(byte_index.words[0]);
    const unsigned word = index / 8;
    const unsigned shift = 56 - 8 * (index % 8);
    const auto extended = static_cast<std::int64_t>(value.words[word] << shift) >> shift;
    const auto sign = static_cast<std::uint64_t>(extended >> 63);
    value.words[word] = static_cast<std::uint64_t>(extended);
    switch (word) {
        case 0:
            value.words[1] = sign;
            [[fallthrough]];
        case 1:
            value.words[2] = sign;
            [[fallthrough]];
        case 2:
            value.words[3] = sign;
            [[fallthrough]];
        default:
            break;
    }
}

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
[[nodiscard]] Uint256 power(Uint256 base, const Uint256& exponent);
[[nodiscard]] Uint256 arithmetic_shift_right(const Uint256& a, unsigned bits);
/// a + b where it does not wrap.
[[nodiscard]] std::optional<Uint256> checked_add(const Uint256& a, const Uint256& b);
[[nodiscard]] std::optional<Uint256> checked_multiply(const Uint256& a, const Uint256& b);

}  // namespace lucid::blockchain::proto
