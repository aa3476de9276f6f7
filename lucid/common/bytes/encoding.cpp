// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>

#include <optional>

namespace lucid {
namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view bech32_alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

std::optional<std::uint8_t> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
    return std::nullopt;
}

/// Regroups `from`-bit digits into `to`-bit digits, most significant bit first. `bits_left` gets
/// the unfinished last group, `accumulated` its value.
struct Regrouped {
    Bytes digits;
    unsigned bits_left = 0;
    std::uint32_t rest = 0;
};
Regrouped regroup(ByteView in, unsigned from, unsigned to) {
    Regrouped out;
    std::uint32_t accumulator = 0;
    for (const auto digit : in) {
        accumulator = (accumulator << from) | digit;
        out.bits_left += from;
        while (out.bits_left >= to) {
            out.bits_left -= to;
            out.digits.push_back(
                static_cast<std::uint8_t>((accumulator >> out.bits_left) & ((1U << to) - 1)));
        }
        accumulator &= (1U << out.bits_left) - 1;
    }
    out.rest = accumulator;
    return out;
}

std::string encode_bits(ByteView bytes, unsigned bits, std::string_view alphabet) {
    const auto groups = regroup(bytes, 8, bits);
    std::string text;
    text.reserve(groups.digits.size() + 1);
    for (const auto digit : groups.digits) text += alphabet[digit];
    if (groups.bits_left > 0) text += alphabet[groups.rest << (bits - groups.bits_left)];
    return text;
}

std::uint32_t bech32_polymod(std::uint32_t checksum, std::uint8_t value) {
    constexpr std::array<std::uint32_t, 5> generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                        0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = checksum >> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (unsigned i = 0; i < 5; ++i)
        if ((top >> i) & 1U) checksum ^= generator[i];
    return checksum;
}

std::uint32_t bech32_prefix_checksum(std::string_view prefix) {
    std::uint32_t checksum = 1;
    for (const char c : prefix)
        checksum =
            bech32_polymod(checksum, static_cast<std::uint8_t>(static_cast<unsigned>(c) >> 5));
    checksum = bech32_polymod(checksum, 0);
    for (const char c : prefix)
        checksum = bech32_polymod(checksum, static_cast<std::uint8_t>(c & 31));
    return checksum;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return fail(Errc::bad_length, "hex", text.size());
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = hex_digit(text[i]);
        const auto low = hex_digit(text[i + 1]);
        if (!high || !low) return fail(Errc::bad_value, "hex", i);
        out.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    return out;
}

Result<Hash32> hash32_from_hex(std::string_view text) {
    if (text.size() != 64) return fail(Errc::bad_length, "32-byte hex", text.size());
    LUCID_TRY(const auto bytes, from_hex(text));
    Hash32 hash;
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

std::string to_base64_unpadded(ByteView bytes) {
    return encode_bits(bytes, 6, base64_alphabet);
}

std::string to_base64(ByteView bytes) {
    auto text = to_base64_unpadded(bytes);
    while (text.size() % 4 != 0) text += '=';
    return text;
}

Result<Bytes> from_base64_unpadded(std::string_view text) {
    Bytes digits;
    digits.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = base64_alphabet.find(text[i]);
        if (digit == std::string_view::npos) return fail(Errc::bad_value, "base64", i);
        digits.push_back(static_cast<std::uint8_t>(digit));
    }
    auto groups = regroup(digits, 6, 8);
    if (groups.bits_left >= 6) return fail(Errc::bad_length, "base64", text.size());
    if (groups.rest != 0) return fail(Errc::not_canonical, "base64", text.size());
    return std::move(groups.digits);
}

Result<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return fail(Errc::bad_length, "base64", text.size());
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    return from_base64_unpadded(text.substr(0, text.size() - padding));
}

std::string to_base32(ByteView bytes) {
    return encode_bits(bytes, 5, base32_alphabet);
}

std::string to_bech32(std::string_view prefix, ByteView bytes) {
    auto groups = regroup(bytes, 8, 5);
    if (groups.bits_left > 0)
        groups.digits.push_back(static_cast<std::uint8_t>(groups.rest << (5 - groups.bits_left)));
    auto checksum = bech32_prefix_checksum(prefix);
    std::string text(prefix);
    text += '1';
    for (const auto digit : groups.digits) {
        checksum = bech32_polymod(checksum, digit);
        text += bech32_alphabet[digit];
    }
    for (int i = 0; i < 6; ++i) checksum = bech32_polymod(checksum, 0);
    checksum ^= 1;
    for (unsigned i = 0; i < 6; ++i) text += bech32_alphabet[(checksum >> (5 * (5 - i))) & 31];
    return text;
}

Result<Bytes> from_bech32(std::string_view prefix, std::string_view text) {
    if (text.size() < prefix.size() + 7) return fail(Errc::truncated, "bech32", text.size());
    if (!text.starts_with(prefix) || text[prefix.size()] != '1')
        return fail(Errc::bad_magic, "bech32 prefix");
    const auto data = text.substr(prefix.size() + 1);
    auto checksum = bech32_prefix_checksum(prefix);
    Bytes digits;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto digit = bech32_alphabet.find(data[i]);
        if (digit == std::string_view::npos) return fail(Errc::bad_value, "bech32", i);
        checksum = bech32_polymod(checksum, static_cast<std::uint8_t>(digit));
        digits.push_back(static_cast<std::uint8_t>(digit));
    }
    if (checksum != 1) return fail(Errc::hash_mismatch, "bech32 checksum");
    digits.resize(digits.size() - 6);
    auto groups = regroup(digits, 5, 8);
    if (groups.bits_left >= 5 || groups.rest != 0) return fail(Errc::not_canonical, "bech32");
    return std::move(groups.digits);
}

}  // namespace lucid
