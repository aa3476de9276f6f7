// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A progressive RemoteFX encoder for tests and benchmarks: first passes at a lower quality,
/// upgrades, simple tiles, differences, with the plain or the reduce-extrapolate transform's bands.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/pixels.hpp>

#include <array>
#include <vector>

namespace lucid::test {

class ProgressiveWriter {
  public:
    static constexpr int components = 3;
    using Plane = std::array<std::int16_t, 4096>;

    ProgressiveWriter(std::uint32_t width, std::uint32_t height, bool extrapolate);

    /// The picture at full quality as simple tiles, or as differences to what was sent before.
    Bytes simple(rdp::codec::PixelView picture, bool difference = false);
    /// The picture without the lowest `dropped` bits of its coefficients (0 to 8).
    Bytes first(rdp::codec::PixelView picture, unsigned dropped);
    /// What is missing down to `dropped` bits; not more than were dropped so far.
    Bytes upgrade(unsigned dropped);

  private:
    struct Tile {
        Plane value[components];  ///< quantized, at full quality
        Plane sent[components];   ///< the values of the pass before
    };
    struct Region {
        Bytes tiles;
        std::uint16_t count = 0;
    };

    Bytes message(const Region& region);
    void transform(rdp::codec::PixelView picture);
    Bytes entropy(const Plane& values, unsigned dropped) const;

    std::uint32_t width_, height_, columns_;
    bool extrapolate_;
    unsigned dropped_ = 0;
    std::vector<Tile> tiles_;
};

/// RLGR1 (MS-RDPRFX 3.1.8.1.7.3) of one component.
Bytes encode_rlgr1(const ProgressiveWriter::Plane& values);

}  // namespace lucid::test
