// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Writes ZGFX tokens (MS-RDPEGFX 3.1.9.1.2), for there is no compressor to test with.

#include <lucid/common/bytes/bytes.hpp>

#include <random>

namespace lucid::test {

class ZgfxWriter {
  public:
    void literal(std::uint8_t value);
    /// `distance` ≥ 1, `count` ≥ 3.
    void match(std::uint32_t distance, std::uint32_t count);
    void unencoded(ByteView bytes);
    void bits(std::uint32_t value, unsigned count);
    /// The segment: header, bits, padding count.
    [[nodiscard]] Bytes segment() const;

  private:
    Bytes bytes_;
    unsigned used_ = 8;  ///< bits of the last byte
};

/// A compressed segment of random tokens; what it says is appended to `plain`, which holds all
/// bytes of the stream so far.
Bytes random_zgfx_segment(std::mt19937& random, Bytes& plain, std::size_t tokens);

[[nodiscard]] Bytes zgfx_single(ByteView segment);
[[nodiscard]] Bytes zgfx_multipart(const std::vector<Bytes>& segments, std::uint32_t total);

}  // namespace lucid::test
