// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/utf16.hpp>

namespace lucid::rdp::proto {

namespace {

/// One scalar value; overlong forms and surrogates are refused.
Result<std::uint32_t> take_scalar(Reader& r) {
    LUCID_TRY(const std::uint8_t first, r.u8("UTF-8"));
    if (first < 0x80) return first;
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4) return fail(Errc::bad_value, "UTF-8", r.offset());
    std::uint32_t value = first & (0x3fU >> more);
    for (int i = 0; i < more; ++i) {
        LUCID_TRY(const std::uint8_t next, r.u8("UTF-8"));
        if ((next & 0xc0) != 0x80) return fail(Errc::bad_value, "UTF-8", r.offset());
        value = value << 6 | (next & 0x3fU);
    }
    constexpr std::uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    if (value < smallest[more] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return fail(Errc::bad_value, "UTF-8", r.offset());
    return value;
}

void put_scalar(std::string& out, std::uint32_t value) {
    const auto more = [&out, value](int shift) {
        out.push_back(static_cast<char>(0x80U | (value >> shift & 0x3fU)));
    };
    if (value < 0x80) {
        out.push_back(static_cast<char>(value));
    } else if (value < 0x800) {
        out.push_back(static_cast<char>(0xc0U | value >> 6));
        more(0);
    } else if (value < 0x10000) {
        out.push_back(static_cast<char>(0xe0U | value >> 12));
        more(6);
        more(0);
    } else {
        out.push_back(static_cast<char>(0xf0U | value >> 18));
        more(12);
        more(6);
        more(0);
    }
}

}  // namespace

std::string utf8_of(ByteView utf16) {
    constexpr std::uint32_t replacement = 0xfffd;
    std::string out;
    const auto unit = [utf16](std::size_t at) {
        return std::uint32_t{utf16[at]} | std::uint32_t{utf16[at + 1]} << 8;
    };
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2) {
        const auto first = unit(i);
        if (first == 0) break;
        if (first < 0xd800 || first > 0xdfff) {
            put_scalar(out, first);
            continue;
        }
        const auto second = first < 0xdc00 && i + 3 < utf16.size() ? unit(i + 2) : 0;
        if (second < 0xdc00 || second > 0xdfff) {
            put_scalar(out, replacement);
            continue;
        }
        put_scalar(out, 0x10000 + ((first - 0xd800) << 10 | (second - 0xdc00)));
        i += 2;
    }
    return out;
}

Result<crypto::Secret> utf16_of(ByteView utf8) {
    Bytes out;
    // No reallocation: it would leave unwiped copies of a password behind.
    out.reserve(2 * utf8.size());
    const auto put = [&out](std::uint32_t unit) {
        out.push_back(static_cast<std::uint8_t>(unit));
        out.push_back(static_cast<std::uint8_t>(unit >> 8));
    };
    Reader r(utf8);
    while (!r.empty()) {
        LUCID_TRY(const auto scalar, take_scalar(r));
        if (scalar < 0x10000) {
            put(scalar);
        } else {
            put(0xd800 | (scalar - 0x10000) >> 10);
            put(0xdc00 | ((scalar - 0x10000) & 0x3ff));
        }
    }
    return crypto::Secret(std::move(out));
}

}  // namespace lucid::rdp::proto
