// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>

namespace lucid {
namespace {

template <class T>
T load_le(ByteView bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(T{bytes[i]} << (8 * i));
    return value;
}

template <class T>
T load_be(ByteView bytes) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(static_cast<T>(value << 7 << 1) | T{bytes[i]});
    return value;
}

}  // namespace

Result<std::uint8_t> Reader::u8(const char* field) {
    if (remaining() < 1) return fail(Errc::truncated, field, position_);
    return input_[position_++];
}

Result<std::uint8_t> Reader::peek_u8(const char* field) const {
    if (remaining() < 1) return fail(Errc::truncated, field, position_);
    return input_[position_];
}

Result<ByteView> Reader::take(std::size_t count, const char* field) {
    if (remaining() < count) return fail(Errc::truncated, field, position_);
    const auto view = input_.subspan(position_, count);
    position_ += count;
    return view;
}

Result<void> Reader::skip(std::size_t count, const char* field) {
    LUCID_CHECK(take(count, field));
    return {};
}

Result<void> Reader::expect(ByteView expected, const char* field) {
    const auto start = position_;
    LUCID_TRY(const auto found, take(expected.size(), field));
    if (!std::equal(found.begin(), found.end(), expected.begin()))
        return fail(Errc::bad_magic, field, start);
    return {};
}

Result<std::uint16_t> Reader::u16_le(const char* field) {
    LUCID_TRY(const auto view, take(2, field));
    return load_le<std::uint16_t>(view);
}
Result<std::uint16_t> Reader::u16_be(const char* field) {
    LUCID_TRY(const auto view, take(2, field));
    return load_be<std::uint16_t>(view);
}
Result<std::uint32_t> Reader::u32_le(const char* field) {
    LUCID_TRY(const auto view, take(4, field));
    return load_le<std::uint32_t>(view);
}
Result<std::uint32_t> Reader::u32_be(const char* field) {
    LUCID_TRY(const auto view, take(4, field));
    return load_be<std::uint32_t>(view);
}
Result<std::uint64_t> Reader::u64_le(const char* field) {
    LUCID_TRY(const auto view, take(8, field));
    return load_le<std::uint64_t>(view);
}
Result<std::uint64_t> Reader::u64_be(const char* field) {
    LUCID_TRY(const auto view, take(8, field));
    return load_be<std::uint64_t>(view);
}

Result<std::uint64_t> Reader::varint(const char* field) {
    const auto start = position_;
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        LUCID_TRY(const auto byte, u8(field));
        if (shift == 63 && byte > 1) return fail(Errc::bad_value, field, start);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if ((byte & 0x80U) == 0) {
            if (byte == 0 && shift != 0) return fail(Errc::not_canonical, field, start);
            return value;
        }
    }
    return fail(Errc::bad_value, field, start);
}

Result<void> Reader::finish(const char* field) const {
    if (!empty()) return fail(Errc::trailing_bytes, field, position_);
    return {};
}

}  // namespace lucid
