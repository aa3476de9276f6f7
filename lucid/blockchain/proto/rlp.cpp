// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/rlp.hpp>

#include <bit>

namespace lucid::blockchain::proto::rlp {
namespace {

void put_header(Bytes& out, std::size_t length, std::uint8_t short_base) {
    if (length < 56) {
        out.push_back(static_cast<std::uint8_t>(short_base + length));
        return;
    }
    const auto size_bytes = (static_cast<unsigned>(std::bit_width(length)) + 7) / 8;
    out.push_back(static_cast<std::uint8_t>(short_base + 55 + size_bytes));
    for (auto i = size_bytes; i-- > 0;) out.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
}

void put_bytes(Bytes& out, ByteView value) {
    if (value.size() == 1 && value[0] < 0x80) {
        out.push_back(value[0]);
        return;
    }
    put_header(out, value.size(), 0x80);
    append(out, value);
}

/// Big-endian length of `count` bytes behind the first byte.
Result<std::size_t> long_length(ByteView rest, std::size_t count, const char* field) {
    if (rest.size() < 1 + count) return fail(Errc::truncated, field);
    if (rest[1] == 0) return fail(Errc::not_canonical, field);
    std::size_t length = 0;
    for (std::size_t i = 1; i <= count; ++i) length = length << 8 | rest[i];
    if (length < 56) return fail(Errc::not_canonical, field);
    return length;
}

}  // namespace

Bytes encode_bytes(ByteView value) {
    Bytes out;
    put_bytes(out, value);
    return out;
}

Bytes encode_list(ByteView items) {
    Bytes out;
    out.reserve(items.size() + 9);
    put_header(out, items.size(), 0xc0);
    append(out, items);
    return out;
}

Encoder& Encoder::bytes(ByteView value) {
    put_bytes(items_, value);
    return *this;
}
Encoder& Encoder::integer(std::uint64_t value) {
    return integer(Uint256(value));
}
Encoder& Encoder::integer(const Uint256& value) {
    const auto all = value.to_be();
    return bytes(ByteView(all).subspan(count_leading_zeros(value) / 8));
}
Encoder& Encoder::raw(ByteView encoded) {
    append(items_, encoded);
    return *this;
}
Bytes Encoder::list() const {
    return encode_list(items_);
}

Result<Decoder::Item> Decoder::next(const char* field) {
    if (rest_.empty()) return fail(Errc::truncated, field);
    const auto first = rest_[0];
    std::size_t header = 1;
    std::size_t length = 0;
    const bool is_list = first >= 0xc0;
    if (first < 0x80) {
        header = 0;
        length = 1;
    } else {
        const std::uint8_t base = is_list ? 0xc0 : 0x80;
        const std::size_t code = first - base;
        if (code < 56) {
            length = code;
        } else {
            LUCID_TRY(length, long_length(rest_, code - 55, field));
            header += code - 55;
        }
    }
    if (rest_.size() - header < length) return fail(Errc::truncated, field);
    Item item{rest_.subspan(header, length), rest_.first(header + length), is_list};
    if (!is_list && header == 1 && length == 1 && item.payload[0] < 0x80)
        return fail(Errc::not_canonical, field);
    rest_ = rest_.subspan(header + length);
    return item;
}

Result<Decoder> Decoder::list(ByteView encoded, const char* field) {
    Decoder outer(encoded);
    LUCID_TRY(const auto inner, outer.sublist(field));
    LUCID_CHECK(outer.finish(field));
    return inner;
}

Result<ByteView> Decoder::bytes(const char* field) {
    LUCID_TRY(const auto item, next(field));
    if (item.is_list) return fail(Errc::bad_value, field);
    return item.payload;
}

Result<Uint256> Decoder::u256(const char* field) {
    LUCID_TRY(const auto value, bytes(field));
    if (value.size() > 32) return fail(Errc::bad_value, field);
    if (!value.empty() && value[0] == 0) return fail(Errc::not_canonical, field);
    return Uint256::from_be(value);
}

Result<std::uint64_t> Decoder::u64(const char* field) {
    LUCID_TRY(const auto value, u256(field));
    if (!value.fits_u64()) return fail(Errc::bad_value, field);
    return value.words[0];
}

Result<Decoder> Decoder::sublist(const char* field) {
    LUCID_TRY(const auto item, next(field));
    if (!item.is_list) return fail(Errc::bad_value, field);
    return Decoder(item.payload);
}

Result<ByteView> Decoder::raw(const char* field) {
    LUCID_TRY(const auto item, next(field));
    return item.whole;
}

Result<void> Decoder::finish(const char* field) const {
    if (!rest_.empty()) return fail(Errc::trailing_bytes, field, rest_.size());
    return {};
}

}  // namespace lucid::blockchain::proto::rlp
