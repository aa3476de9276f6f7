// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a ClearCodec decoder keeps (MS-RDPEGFX 3.3.8.1): rings of vertical bars and a table of
/// glyphs.

#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/codec/clear.hpp>

#include <vector>

namespace lucid::rdp::codec {

/// A ring of bars of at most 52 pixels. Memory grows as bars are first stored.
class BarRing {
  public:
    explicit BarRing(std::size_t bars) : counts_(bars, 0) {}

    /// The bar at the cursor, to be filled by the caller with `count` pixels; moves the cursor.
    std::uint32_t* store(std::size_t count);
    /// Pixels of a bar; one that was never stored has none.
    [[nodiscard]] std::span<const std::uint32_t> at(std::size_t index) const {
        if (counts_[index] == 0) return {};
        return {pixels_.data() + index * clear_vbar_pixels_max, counts_[index]};
    }
    void rewind() { cursor_ = 0; }

    void save(Bytes& out, std::vector<std::size_t>* cuts) const;
    Result<void> restore(Reader& reader);

  private:
    std::vector<std::uint8_t> counts_;
    std::vector<std::uint32_t> pixels_;
    std::size_t cursor_ = 0;
};

struct ClearDecoder::Caches {
    BarRing bars{clear_vbars};
    BarRing short_bars{clear_short_vbars};
    std::vector<std::vector<std::uint32_t>> glyphs{clear_glyphs};
    std::uint8_t sequence = 0;  ///< of the next stream
    bool started = false;
};

}  // namespace lucid::rdp::codec
