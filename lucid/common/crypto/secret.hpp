// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Memory that holds secrets: wiped on destruction, no formatter, no implicit copy to text, compare
/// in constant time. Copying is explicit through clone().

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::crypto {

/// Overwrites memory in a way the compiler keeps.
void wipe(MutableByteView memory) noexcept;
/// Constant-time for equal sizes; different sizes are unequal.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b) noexcept;

/// Secret bytes of any length.
class Secret {
  public:
    Secret() = default;
    explicit Secret(Bytes&& bytes) noexcept : bytes_(std::move(bytes)) {}
    static Secret copy_of(ByteView bytes) { return Secret(to_bytes(bytes)); }
    ~Secret() { wipe(bytes_); }
    Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    [[nodiscard]] Secret clone() const { return copy_of(bytes_); }
    [[nodiscard]] ByteView expose() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }

  private:
    Bytes bytes_;
};

}  // namespace lucid::crypto
