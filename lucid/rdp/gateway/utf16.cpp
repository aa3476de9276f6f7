// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/gateway/utf16.hpp>

namespace lucid::rdp::gateway {

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

}  // namespace

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

}  // namespace lucid::rdp::gateway
