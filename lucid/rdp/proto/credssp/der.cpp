// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/credssp/der.hpp>

namespace lucid::rdp::proto::credssp::der {
namespace {

Result<std::size_t> take_length(Reader& r, const char* field) {
    LUCID_TRY(const auto first, r.u8(field));
    if (first < 0x80) return first;
    const unsigned count = first & 0x7fU;
    // 0x80 is the indefinite form, which DER forbids; more than three bytes is beyond any limit.
    if (count == 0 || count > 3) return fail(Errc::bad_length, field, r.offset());
    std::size_t length = 0;
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto byte, r.u8(field));
        length = length << 8 | byte;
    }
    const std::size_t smallest = count == 1 ? 0x80 : std::size_t{1} << (8 * (count - 1));
    if (length < smallest) return fail(Errc::not_canonical, field, r.offset());
    return length;
}

void put_length(Writer& w, std::size_t length) {
    if (length < 0x80) {
        w.u8(static_cast<std::uint8_t>(length));
    } else if (length < 0x100) {
        w.u8(0x81).u8(static_cast<std::uint8_t>(length));
    } else if (length < 0x10000) {
        w.u8(0x82).u16_be(static_cast<std::uint16_t>(length));
    } else {
        w.u8(0x83).u8(static_cast<std::uint8_t>(length >> 16));
        w.u16_be(static_cast<std::uint16_t>(length));
    }
}

}  // namespace

Result<ByteView> take(Reader& r, std::uint8_t tag, const char* field) {
    const auto start = r.offset();
    LUCID_TRY(const auto found, r.u8(field));
    if (found != tag) return fail(Errc::bad_value, field, start);
    LUCID_TRY(const auto length, take_length(r, field));
    return r.take(length, field);
}

Result<std::optional<ByteView>> take_optional(Reader& r, std::uint8_t tag, const char* field) {
    if (r.empty() || *r.peek_u8(field) != tag) return std::nullopt;
    LUCID_TRY(const auto content, take(r, tag, field));
    return content;
}

Result<std::uint32_t> take_unsigned(Reader& r, const char* field) {
    LUCID_TRY(const auto content, take(r, tag_integer, field));
    if (content.empty() || (content[0] & 0x80U) != 0)
        return fail(Errc::bad_value, field, r.offset());
    if (content.size() > 1 && content[0] == 0 && (content[1] & 0x80U) == 0)
        return fail(Errc::not_canonical, field, r.offset());
    if (content.size() > 5 || (content.size() == 5 && content[0] != 0))
        return fail(Errc::bad_value, field, r.offset());
    std::uint32_t value = 0;
    for (const auto byte : content) value = value << 8 | byte;
    return value;
}

Bytes element(std::uint8_t tag, ByteView content) {
    Writer w(content.size() + 5);
    w.u8(tag);
    put_length(w, content.size());
    w.bytes(content);
    return w.take();
}

Bytes integer(std::uint32_t value) {
    Bytes content;
    for (int shift = 24; shift >= 0; shift -= 8) {
        const auto byte = static_cast<std::uint8_t>(value >> shift);
        if (content.empty() && byte == 0 && shift != 0) continue;
        if (content.empty() && (byte & 0x80U) != 0) content.push_back(0);
        content.push_back(byte);
    }
    return element(tag_integer, content);
}

Result<std::optional<std::size_t>> peek_element(ByteView stream, std::uint8_t tag,
                                                std::size_t bytes_max) {
    if (stream.empty()) return std::nullopt;
    if (stream[0] != tag) return fail(Errc::bad_value, "der tag");
    Reader r(stream.subspan(1));
    const auto length = take_length(r, "der length");
    if (!length) {
        if (length.error().code == make_error_code(Errc::truncated)) return std::nullopt;
        return fail(length.error());
    }
    const auto whole = 1 + r.offset() + *length;
    if (whole > bytes_max) return fail(Errc::limit_exceeded, "der element", whole);
    return whole;
}

}  // namespace lucid::rdp::proto::credssp::der
