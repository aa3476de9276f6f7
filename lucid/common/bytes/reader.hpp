// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Reader: a checked cursor over borrowed bytes. Every read names its field, so that an error says
/// what was being read and where. Nothing is copied; views stay valid as long as the input.
///
///   Reader r(packet);
///   LUCID_TRY(auto version, r.u8("tpkt version"));
///   LUCID_TRY(auto length, r.u16_be("tpkt length"));
///   LUCID_TRY(auto body, r.take(length - 4, "tpkt payload"));
///   LUCID_CHECK(r.finish("tpkt"));

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <algorithm>

namespace lucid {

class Reader {
  public:
    explicit Reader(ByteView input) : input_(input) {}

    [[nodiscard]] std::size_t offset() const { return position_; }
    [[nodiscard]] std::size_t remaining() const { return input_.size() - position_; }
    [[nodiscard]] bool empty() const { return remaining() == 0; }
    /// What is left, without consuming it.
    [[nodiscard]] ByteView rest() const { return input_.subspan(position_); }

    Result<std::uint8_t> u8(const char* field);
    Result<std::uint16_t> u16_le(const char* field);
    Result<std::uint16_t> u16_be(const char* field);
    Result<std::uint32_t> u32_le(const char* field);
    Result<std::uint32_t> u32_be(const char* field);
    Result<std::uint64_t> u64_le(const char* field);
    Result<std::uint64_t> u64_be(const char* field);
    /// Unsigned LEB128 of at most 10 bytes; overlong encodings are Errc::not_canonical.
    Result<std::uint64_t> varint(const char* field);
    /// The next byte without consuming it.
    Result<std::uint8_t> peek_u8(const char* field) const;
    /// The next `count` bytes as a view.
    Result<ByteView> take(std::size_t count, const char* field);
    Result<void> skip(std::size_t count, const char* field);
    /// Consumes exactly `expected`; anything else is Errc::bad_magic.
    Result<void> expect(ByteView expected, const char* field);
    template <std::size_t N>
    Result<ByteArray<N>> array(const char* field) {
        LUCID_TRY(auto view, take(N, field));
        ByteArray<N> out;
        std::copy(view.begin(), view.end(), out.begin());
        return out;
    }
    /// Fails with Errc::trailing_bytes unless all input was consumed.
    Result<void> finish(const char* field) const;

  private:
    ByteView input_;
    std::size_t position_ = 0;
};

}  // namespace lucid
