// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/uint256.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/result/assert.hpp>

#include <bit>

namespace lucid::blockchain::proto {
namespace {

__extension__ using U128 = unsigned __int128;

using Wide = std::array<std::uint64_t, 8>;

Wide multiply_wide(const Uint256& a, const Uint256& b) {
    Wide out{};
    for (std::size_t i = 0; i < 4; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const U128 sum = U128{a.words[i]} * b.words[j] + out[i + j] + carry;
            out[i + j] = static_cast<std::uint64_t>(sum);
            carry = static_cast<std::uint64_t>(sum >> 64);
        }
        out[i + 4] = carry;
    }
    return out;
}

/// Knuth, The Art of Computer Programming 4.3.1, Algorithm D, with 64-bit digits. `u` has `n_u`
/// digits; the remainder is left in u, the quotient in q.
void knuth_divide(std::uint64_t* u, std::size_t n_u, const std::uint64_t* divisor, std::size_t n_v,
                  std::uint64_t* q) {
    std::array<std::uint64_t, 4> v{};
    const int shift = std::countl_zero(divisor[n_v - 1]);
    for (std::size_t i = 0; i < n_v; ++i) {
        v[i] = divisor[i] << shift;
        if (shift != 0 && i > 0) v[i] |= divisor[i - 1] >> (64 - shift);
    }
    std::array<std::uint64_t, 9> w{};
    for (std::size_t i = 0; i < n_u; ++i) {
        w[i] |= u[i] << shift;
        if (shift != 0) w[i + 1] = u[i] >> (64 - shift);
    }
    for (std::size_t j = n_u - n_v + 1; j-- > 0;) {
        const U128 head = U128{w[j + n_v]} << 64 | w[j + n_v - 1];
        U128 guess = w[j + n_v] >= v[n_v - 1] ? U128{~std::uint64_t{0}} : head / v[n_v - 1];
        U128 rest = head - guess * v[n_v - 1];
        while ((rest >> 64) == 0 && n_v > 1 && guess * v[n_v - 2] > (rest << 64 | w[j + n_v - 2])) {
            --guess;
            rest += v[n_v - 1];
        }
        // Multiply and subtract.
        std::uint64_t borrow = 0;
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < n_v; ++i) {
            const U128 product = guess * v[i] + carry;
            carry = static_cast<std::uint64_t>(product >> 64);
            const U128 difference = U128{w[i + j]} - static_cast<std::uint64_t>(product) - borrow;
            w[i + j] = static_cast<std::uint64_t>(difference);
            borrow = static_cast<std::uint64_t>(difference >> 64) & 1U;
        }
        const U128 difference = U128{w[j + n_v]} - carry - borrow;
        w[j + n_v] = static_cast<std::uint64_t>(difference);
        if ((static_cast<std::uint64_t>(difference >> 64) & 1U) != 0) {
            --guess;
            U128 sum = 0;
            for (std::size_t i = 0; i < n_v; ++i) {
                sum = U128{w[i + j]} + v[i] + static_cast<std::uint64_t>(sum >> 64);
                w[i + j] = static_cast<std::uint64_t>(sum);
            }
            w[j + n_v] += static_cast<std::uint64_t>(sum >> 64);
        }
        q[j] = static_cast<std::uint64_t>(guess);
    }
    for (std::size_t i = 0; i < n_u; ++i) {
        u[i] = w[i] >> shift;
        if (shift != 0) u[i] |= w[i + 1] << (64 - shift);
    }
}

std::size_t digits(const std::uint64_t* words, std::size_t count) {
    while (count > 0 && words[count - 1] == 0) --count;
    return count;
}

Uint256 negate(const Uint256& a) {
    return Uint256{} - a;
}

/// Remainder of a wide value.
Uint256 reduce(Wide value, const Uint256& m) {
    const auto n_v = digits(m.words.data(), 4);
    const auto n_u = digits(value.data(), 8);
    if (n_v == 0) return {};
    if (n_u >= n_v) {
        Wide quotient{};
        knuth_divide(value.data(), n_u, m.words.data(), n_v, quotient.data());
    }
    Uint256 out;
    std::copy_n(value.begin(), 4, out.words.begin());
    return out;
}

}  // namespace

Uint256 Uint256::from_be(ByteView bytes) {
    LUCID_ASSERT(bytes.size() <= 32);
    Uint256 out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto from_end = bytes.size() - 1 - i;
        out.words[from_end / 8] |= std::uint64_t{bytes[i]} << (8 * (from_end % 8));
    }
    return out;
}

Hash32 Uint256::to_be() const {
    Hash32 out;
    for (std::size_t i = 0; i < 32; ++i)
        out[31 - i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
    return out;
}

Bytes Uint256::to_be_minimal() const {
    const auto all = to_be();
    std::size_t zeros = 0;
    while (zeros < 32 && all[zeros] == 0) ++zeros;
    return {all.begin() + static_cast<std::ptrdiff_t>(zeros), all.end()};
}

std::string Uint256::to_hex_quantity() const {
    const auto text = to_hex(to_be());
    const auto first = text.find_first_not_of('0');
    return first == std::string::npos ? "0x0" : "0x" + text.substr(first);
}

unsigned Uint256::bit_length() const {
    for (unsigned i = 4; i-- > 0;)
        if (words[i] != 0) return i * 64 + static_cast<unsigned>(std::bit_width(words[i]));
    return 0;
}

Uint256 operator+(const Uint256& a, const Uint256& b) {
    Uint256 out;
    U128 sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        sum = U128{a.words[i]} + b.words[i] + static_cast<std::uint64_t>(sum >> 64);
        out.words[i] = static_cast<std::uint64_t>(sum);
    }
    return out;
}

Uint256 operator-(const Uint256& a, const Uint256& b) {
    Uint256 out;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const U128 difference = U128{a.words[i]} - b.words[i] - borrow;
        out.words[i] = static_cast<std::uint64_t>(difference);
        borrow = static_cast<std::uint64_t>(difference >> 64) & 1U;
    }
    return out;
}

Uint256 operator*(const Uint256& a, const Uint256& b) {
    Uint256 out;
    for (std::size_t i = 0; i < 4; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; i + j < 4; ++j) {
            const U128 sum = U128{a.words[i]} * b.words[j] + out.words[i + j] + carry;
            out.words[i + j] = static_cast<std::uint64_t>(sum);
            carry = static_cast<std::uint64_t>(sum >> 64);
        }
    }
    return out;
}

Uint256 operator&(const Uint256& a, const Uint256& b) {
    Uint256 out;
    for (std::size_t i = 0; i < 4; ++i) out.words[i] = a.words[i] & b.words[i];
    return out;
}
Uint256 operator|(const Uint256& a, const Uint256& b) {
    Uint256 out;
    for (std::size_t i = 0; i < 4; ++i) out.words[i] = a.words[i] | b.words[i];
    return out;
}
Uint256 operator^(const Uint256& a, const Uint256& b) {
    Uint256 out;
    for (std::size_t i = 0; i < 4; ++i) out.words[i] = a.words[i] ^ b.words[i];
    return out;
}
Uint256 operator~(const Uint256& a) {
    Uint256 out;
    for (std::size_t i = 0; i < 4; ++i) out.words[i] = ~a.words[i];
    return out;
}

Uint256 operator<<(const Uint256& a, unsigned bits) {
    if (bits >= 256) return {};
    Uint256 out;
    const std::size_t whole = bits / 64;
    const unsigned part = bits % 64;
    for (std::size_t i = 4; i-- > whole;) {
        out.words[i] = a.words[i - whole] << part;
        if (part != 0 && i > whole) out.words[i] |= a.words[i - whole - 1] >> (64 - part);
    }
    return out;
}

Uint256 operator>>(const Uint256& a, unsigned bits) {
    if (bits >= 256) return {};
    Uint256 out;
    const std::size_t whole = bits / 64;
    const unsigned part = bits % 64;
    for (std::size_t i = 0; i + whole < 4; ++i) {
        out.words[i] = a.words[i + whole] >> part;
        if (part != 0 && i + whole + 1 < 4) out.words[i] |= a.words[i + whole + 1] << (64 - part);
    }
    return out;
}

Division divide(const Uint256& a, const Uint256& b) {
    const auto n_v = digits(b.words.data(), 4);
    if (n_v == 0) return {};
    if (a < b) return {{}, a};
    if (a.fits_u64()) return {a.words[0] / b.words[0], a.words[0] % b.words[0]};
    Division out;
    out.remainder = a;
    knuth_divide(out.remainder.words.data(), digits(a.words.data(), 4), b.words.data(), n_v,
                 out.quotient.words.data());
    return out;
}

Uint256 signed_divide(const Uint256& a, const Uint256& b) {
    const auto quotient =
        divide(a.negative() ? negate(a) : a, b.negative() ? negate(b) : b).quotient;
    return a.negative() != b.negative() ? negate(quotient) : quotient;
}

Uint256 signed_modulo(const Uint256& a, const Uint256& b) {
    const auto remainder =
        divide(a.negative() ? negate(a) : a, b.negative() ? negate(b) : b).remainder;
    return a.negative() ? negate(remainder) : remainder;
}

Uint256 add_modulo(const Uint256& a, const Uint256& b, const Uint256& m) {
    Wide sum{};
    U128 carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        carry = U128{a.words[i]} + b.words[i] + static_cast<std::uint64_t>(carry >> 64);
        sum[i] = static_cast<std::uint64_t>(carry);
    }
    sum[4] = static_cast<std::uint64_t>(carry >> 64);
    return reduce(sum, m);
}

Uint256 multiply_modulo(const Uint256& a, const Uint256& b, const Uint256& m) {
    return reduce(multiply_wide(a, b), m);
}

Uint256 power(Uint256 base, Uint256 exponent) {
    Uint256 result = 1;
    for (unsigned bits = exponent.bit_length(), i = 0; i < bits; ++i) {
        if (exponent.bit(i)) result = result * base;
        base = base * base;
    }
    return result;
}

Uint256 sign_extend(const Uint256& byte_index, const Uint256& value) {
    if (!byte_index.fits_u64() || byte_index.words[0] >= 31) return value;
    const auto bits = static_cast<unsigned>(byte_index.words[0] * 8 + 8);
    const auto mask = (Uint256{1} << bits) - 1;
    return value.bit(bits - 1) ? value | ~mask : value & mask;
}

Uint256 arithmetic_shift_right(const Uint256& a, unsigned bits) {
    if (!a.negative()) return a >> bits;
    if (bits >= 256) return ~Uint256{};
    return (a >> bits) | ~(~Uint256{} >> bits);
}

bool signed_less(const Uint256& a, const Uint256& b) {
    return a.negative() != b.negative() ? a.negative() : a < b;
}

std::optional<Uint256> checked_add(const Uint256& a, const Uint256& b) {
    const auto sum = a + b;
    if (sum < a) return std::nullopt;
    return sum;
}

std::optional<Uint256> checked_multiply(const Uint256& a, const Uint256& b) {
    const auto wide = multiply_wide(a, b);
    if ((wide[4] | wide[5] | wide[6] | wide[7]) != 0) return std::nullopt;
    Uint256 out;
    std::copy_n(wide.begin(), 4, out.words.begin());
    return out;
}

}  // namespace lucid::blockchain::proto
