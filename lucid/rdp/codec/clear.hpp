// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// ClearCodec (MS-RDPEGFX 2.2.4.1 CLEARCODEC_BITMAP_STREAM): a residual layer of colour runs, bands
/// of vertical bars with two caches of bars, rectangles in subcodecs, and a cache of glyphs.
/// One object per graphics channel: the caches live across surfaces.

#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/pixels.hpp>

#include <memory>
#include <vector>

namespace lucid::rdp::codec {

/// Sizes of the caches, MS-RDPEGFX 3.3.8.1; a bar has at most 52 pixels, a glyph 1024.
inline constexpr std::size_t clear_vbars = 32768;
inline constexpr std::size_t clear_short_vbars = 16384;
inline constexpr std::size_t clear_glyphs = 4000;
inline constexpr std::size_t clear_vbar_pixels_max = 52;
inline constexpr std::size_t clear_glyph_pixels_max = 1024;
/// Bound of what one decoder keeps: about 28 MB; bars and glyphs never sent cost nothing.
inline constexpr std::size_t clear_memory_max =
    pixel_bytes * ((clear_vbars + clear_short_vbars) * clear_vbar_pixels_max +
                   clear_glyphs * clear_glyph_pixels_max);

class ClearDecoder {
  public:
    ClearDecoder();
    ~ClearDecoder();
    ClearDecoder(ClearDecoder&&) noexcept;
    ClearDecoder& operator=(ClearDecoder&&) noexcept;

    /// Empties the caches; any sequence number may come next.
    void reset();
    /// Decodes one bitmap stream over the whole target, which has the size of the destination
    /// rectangle. Pixels the stream does not set keep their value. A stream out of sequence or
    /// one that refers to a glyph never cached is refused; bars never cached are black. On an
    /// error the target may be partly drawn.
    Result<void> decode(ByteView data, PixelView target);

    /// Appends the state as bytes that restore() takes back. `cuts`: gets offsets between groups of
    /// bars and of glyphs, always the same ones.
    void save(Bytes& out, std::vector<std::size_t>* cuts = nullptr) const;
    /// On an error the decoder is reset.
    Result<void> restore(ByteView state);

  private:
    struct Caches;

    std::unique_ptr<Caches> caches_;
    NsCodecDecoder nscodec_;
};

}  // namespace lucid::rdp::codec
