// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/uint256.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/result/assert.hpp>

namespace lucid::blockchain::proto {

Uint256 Uint256::from_be(ByteView bytes) {
    LUCID_ASSERT(bytes.size() <= 32);
    if (bytes.size() == 32) return load_be(bytes.data());
    Uint256 out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto from_end = bytes.size() - 1 - i;
        out.words[from_end / 8] |= std::uint64_t{bytes[i]} << (8 * (from_end % 8));
    }
    return out;
}

Bytes Uint256::to_be_minimal() const {
    const auto all = to_be();
    const std::size_t zeros = count_leading_zeros(*this) / 8;
    return {all.begin() + static_cast<std::ptrdiff_t>(zeros), all.end()};
}

std::string Uint256::to_hex_quantity() const {
    const auto text = to_hex(to_be());
    const auto first = text.find_first_not_of('0');
    return first == std::string::npos ? "0x0" : "0x" + text.substr(first);
}

unsigned Uint256::bit_length() const {
    return 256 - count_leading_zeros(*this);
}

Uint256 power(Uint256 base, const Uint256& exponent) {
    Uint256 result = 1;
    for (unsigned bits = exponent.bit_length(), i = 0; i < bits; ++i) {
        if (exponent.bit(i)) result = result * base;
        base = base * base;
    }
    return result;
}

Uint256 arithmetic_shift_right(const Uint256& a, unsigned bits) {
    if (!a.negative()) return a >> bits;
    if (bits >= 256) return ~Uint256{};
    return (a >> bits) | ~(~Uint256{} >> bits);
}

std::optional<Uint256> checked_add(const Uint256& a, const Uint256& b) {
    const auto sum = a + b;
    if (sum < a) return std::nullopt;
    return sum;
}

std::optional<Uint256> checked_multiply(const Uint256& a, const Uint256& b) {
    if (!b.is_zero() && a > divide(~Uint256{}, b).quotient) return std::nullopt;
    return a * b;
}

}  // namespace lucid::blockchain::proto
