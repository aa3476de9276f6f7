// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Code made ready to run: padded so that neither PUSH nor the end of the code needs a check, with
/// the places where a jump may land.

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::blockchain::evm {

class Code {
  public:
    /// Bytes that may be read behind the end: PUSH32 at the last byte and the STOP after it.
    static constexpr std::size_t padding_bytes = 40;

    Code() : Code(ByteView{}) {}
    explicit Code(ByteView bytes);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] ByteView bytes() const { return ByteView(padded_).first(size_); }
    [[nodiscard]] const std::uint8_t* begin() const { return padded_.data(); }
    [[nodiscard]] bool is_jump_destination(std::uint64_t offset) const {
        return offset < size_ && ((destinations_[offset / 64] >> (offset % 64)) & 1U) != 0;
    }

  private:
    std::size_t size_;
    Bytes padded_;
    std::vector<std::uint64_t> destinations_;  ///< a bit for each byte
};

}  // namespace lucid::blockchain::evm
