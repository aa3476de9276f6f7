// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Writer: appends fields to a growing byte vector. Lengths known only later are patched in place
/// with `patch_*` at a remembered offset().

#include <lucid/common/bytes/bytes.hpp>

namespace lucid {

class Writer {
  public:
    Writer() = default;
    explicit Writer(std::size_t capacity_bytes) { out_.reserve(capacity_bytes); }

    Writer& u8(std::uint8_t value);
    Writer& u16_le(std::uint16_t value);
    Writer& u16_be(std::uint16_t value);
    Writer& u32_le(std::uint32_t value);
    Writer& u32_be(std::uint32_t value);
    Writer& u64_le(std::uint64_t value);
    Writer& u64_be(std::uint64_t value);
    /// Unsigned LEB128, shortest form.
    Writer& varint(std::uint64_t value);
    Writer& bytes(ByteView value);
    Writer& text(std::string_view value);
    Writer& zeros(std::size_t count);

    /// Overwrites already written bytes; `offset + size` must lie inside what was written.
    void patch_u8(std::size_t offset, std::uint8_t value);
    void patch_u16_le(std::size_t offset, std::uint16_t value);
    void patch_u16_be(std::size_t offset, std::uint16_t value);
    void patch_u32_le(std::size_t offset, std::uint32_t value);

    [[nodiscard]] std::size_t offset() const { return out_.size(); }
    [[nodiscard]] ByteView view() const { return out_; }
    [[nodiscard]] Bytes take() { return std::move(out_); }
    /// Starts over and keeps the memory.
    void clear() { out_.clear(); }

  private:
    Bytes out_;
};

}  // namespace lucid
