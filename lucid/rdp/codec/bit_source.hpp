// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// BitSource: bits of a byte string, most significant first, through a 64-bit window. It never
/// reads past its end; what is asked for beyond it is refused.

#include <lucid/common/bytes/bytes.hpp>

#include <bit>
#include <cstring>

namespace lucid::rdp::codec {

class BitSource {
  public:
    explicit BitSource(ByteView data) : next_(data.data()), end_(data.data() + data.size()) {}

    /// Makes at least 56 bits available, or all that are left.
    void refill() {
        if (end_ - next_ >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, next_, 8);
            window_ |= byte_swap(word) >> count_;
            next_ += (63 - count_) >> 3;
            count_ |= 56;
            return;
        }
        while (count_ < 56 && next_ != end_) {
            window_ |= std::uint64_t{*next_++} << (56 - count_);
            count_ += 8;
        }
    }
    /// Bits that may be peeked at and skipped without a refill; none behind one: the end.
    [[nodiscard]] unsigned available() const { return count_; }
    /// The next `bits` (0 to 32), zeros beyond the end.
    [[nodiscard]] std::uint32_t peek(unsigned bits) const {
        return static_cast<std::uint32_t>(window_ >> 32 >> (32 - bits));
    }
    /// At most available().
    void skip(unsigned bits) {
        window_ <<= bits;
        count_ -= bits;
    }
    [[nodiscard]] unsigned leading_zeros() const {
        return static_cast<unsigned>(std::countl_zero(window_));
    }
    [[nodiscard]] unsigned leading_ones() const {
        return static_cast<unsigned>(std::countl_one(window_));
    }

  private:
    static std::uint64_t byte_swap(std::uint64_t word) { return __builtin_bswap64(word); }

    const std::uint8_t* next_;
    const std::uint8_t* end_;
    /// The bits, uppermost first. Below the first `count_` there may be more of the data's own,
    /// which a refill sets again.
    std::uint64_t window_ = 0;
    unsigned count_ = 0;
};

}  // namespace lucid::rdp::codec
