// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A ClearCodec encoder for tests and benchmarks: lossless, and with every form of the stream. It
/// keeps the rings of bars as a decoder does, so later pictures refer to bars of earlier ones.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/pixels.hpp>

#include <map>
#include <vector>

namespace lucid::test {

class ClearWriter {
  public:
    /// The picture as a residual of one colour and bands of bars over all of it.
    Bytes bands(rdp::codec::PixelView picture);
    /// As runs of the residual layer.
    Bytes residual(rdp::codec::PixelView picture);
    /// Raw pixels (0) or, where the picture has at most 127 colours, RLEX (2) over all of it.
    Bytes subcodec(rdp::codec::PixelView picture, std::uint8_t id);
    /// One subcodec rectangle at (0, 0) with data made elsewhere.
    Bytes subcodec_data(rdp::codec::PixelView picture, std::uint8_t id, ByteView data);
    /// Any of the above wrapped so that the picture becomes glyph `index`.
    Bytes as_glyph(Bytes stream, std::uint16_t index);
    Bytes glyph_hit(std::uint16_t index);
    /// The next stream resets the rings.
    void reset_next() { reset_ = true; }

  private:
    using Column = std::vector<std::uint32_t>;
    struct Ring {
        explicit Ring(std::size_t bars) : slots(bars) {}
        std::vector<Column> slots;
        std::map<Column, std::size_t> index;
        std::size_t cursor = 0;
        void store(const Column& column);
        void clear();
    };

    Bytes stream(ByteView residual, ByteView bands, ByteView subcodecs);
    void band(Writer& out, rdp::codec::PixelView band, std::uint32_t y);
    void bar(Writer& out, const Column& column, std::uint32_t background);

    Ring bars_{32768};
    Ring short_bars_{16384};
    std::uint8_t sequence_ = 0;
    bool reset_ = false;
};

}  // namespace lucid::test
