// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Bit cursors over borrowed bytes. peek() shows zeros behind the end; skip() refuses to go there,
/// so a loop that skips what it peeked cannot run on nothing.

#include <lucid/common/bytes/bytes.hpp>

#include <algorithm>

namespace lucid::rdp::bulk {

namespace detail {
/// Eight bytes from `at`, zeros behind the end; the first byte is the most significant.
inline std::uint64_t load_be64(ByteView bytes, std::size_t at) {
    std::uint64_t value = 0;
    if (bytes.size() - at >= 8) {
        const auto window = bytes.subspan(at).first<8>();
        for (std::size_t i = 0; i < 8; ++i) value = value << 8 | window[i];
        return value;
    }
    for (std::size_t i = 0; i < 8; ++i)
        value = value << 8 | (at + i < bytes.size() ? bytes[at + i] : 0U);
    return value;
}
/// Eight bytes from `at`, zeros behind the end; the first byte is the least significant.
inline std::uint64_t load_le64(ByteView bytes, std::size_t at) {
    std::uint64_t value = 0;
    const auto count = std::min<std::size_t>(8, bytes.size() - at);
    if (count == 8) {
        const auto window = bytes.subspan(at).first<8>();
        for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{window[i]} << (8 * i);
        return value;
    }
    for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{bytes[at + i]} << (8 * i);
    return value;
}
}  // namespace detail

/// The most significant bit of a byte comes first (MPPC, ZGFX).
class MsbBits {
  public:
    /// `bit_count` ≤ 8 · bytes.size().
    MsbBits(ByteView bytes, std::size_t bit_count) : bytes_(bytes), end_(bit_count) {}

    [[nodiscard]] std::size_t remaining() const { return end_ - at_; }
    /// The next `count` (1..32) bits, the first one uppermost.
    [[nodiscard]] std::uint32_t peek(unsigned count) const {
        const auto window = detail::load_be64(bytes_, at_ >> 3) << (at_ & 7);
        return static_cast<std::uint32_t>(window >> (64 - count));
    }
    [[nodiscard]] bool skip(std::size_t count) {
        if (count > remaining()) return false;
        at_ += count;
        return true;
    }
    /// Whole bytes from the next byte boundary on; empty and false when there are fewer.
    [[nodiscard]] bool take_bytes(std::size_t count, ByteView& out) {
        const auto first = (at_ + 7) & ~std::size_t{7};
        if (first > end_ || count > (end_ - first) / 8) return false;
        out = bytes_.subspan(first / 8, count);
        at_ = first + 8 * count;
        return true;
    }

  private:
    ByteView bytes_;
    std::size_t at_ = 0;
    std::size_t end_;
};

/// The least significant bit of a byte comes first (NCRUSH).
class LsbBits {
  public:
    explicit LsbBits(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t remaining() const { return 8 * bytes_.size() - at_; }
    /// The next `count` (0..32) bits, the first one lowest.
    [[nodiscard]] std::uint32_t peek(unsigned count) const {
        const auto window = detail::load_le64(bytes_, at_ >> 3) >> (at_ & 7);
        return static_cast<std::uint32_t>(window & ((std::uint64_t{1} << count) - 1));
    }
    [[nodiscard]] bool skip(std::size_t count) {
        if (count > remaining()) return false;
        at_ += count;
        return true;
    }

  private:
    ByteView bytes_;
    std::size_t at_ = 0;
};

}  // namespace lucid::rdp::bulk
