// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>

namespace lucid {
namespace {

template <class T>
void put_le(Bytes& out, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

template <class T>
void put_be(Bytes& out, T value) {
    for (std::size_t i = sizeof(T); i-- > 0;)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

Writer& Writer::u8(std::uint8_t value) {
    out_.push_back(value);
    return *this;
}
Writer& Writer::u16_le(std::uint16_t value) {
    put_le(out_, value);
    return *this;
}
Writer& Writer::u16_be(std::uint16_t value) {
    put_be(out_, value);
    return *this;
}
Writer& Writer::u32_le(std::uint32_t value) {
    put_le(out_, value);
    return *this;
}
Writer& Writer::u32_be(std::uint32_t value) {
    put_be(out_, value);
    return *this;
}
Writer& Writer::u64_le(std::uint64_t value) {
    put_le(out_, value);
    return *this;
}
Writer& Writer::u64_be(std::uint64_t value) {
    put_be(out_, value);
    return *this;
}

Writer& Writer::varint(std::uint64_t value) {
    while (value >= 0x80) {
        out_.push_back(static_cast<std::uint8_t>(value | 0x80U));
        value >>= 7;
    }
    out_.push_back(static_cast<std::uint8_t>(value));
    return *this;
}

Writer& Writer::bytes(ByteView value) {
    append(out_, value);
    return *this;
}
Writer& Writer::text(std::string_view value) {
    return bytes(as_bytes(value));
}
Writer& Writer::zeros(std::size_t count) {
    out_.insert(out_.end(), count, 0);
    return *this;
}

void Writer::patch_u8(std::size_t offset, std::uint8_t value) {
    LUCID_ASSERT(offset < out_.size());
    out_[offset] = value;
}
void Writer::patch_u16_le(std::size_t offset, std::uint16_t value) {
    LUCID_ASSERT(offset + 2 <= out_.size());
    out_[offset] = static_cast<std::uint8_t>(value);
    out_[offset + 1] = static_cast<std::uint8_t>(value >> 8);
}
void Writer::patch_u16_be(std::size_t offset, std::uint16_t value) {
    LUCID_ASSERT(offset + 2 <= out_.size());
    out_[offset] = static_cast<std::uint8_t>(value >> 8);
    out_[offset + 1] = static_cast<std::uint8_t>(value);
}
void Writer::patch_u32_le(std::size_t offset, std::uint32_t value) {
    LUCID_ASSERT(offset + 4 <= out_.size());
    for (std::size_t i = 0; i < 4; ++i)
        out_[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace lucid
