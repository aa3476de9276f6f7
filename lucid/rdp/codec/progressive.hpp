// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Progressive RemoteFX (MS-RDPEGFX 2.2.4.2 RFX_PROGRESSIVE_BITMAP_STREAM, RDPGFX_CODECID_
/// CAPROGRESSIVE): tiles arrive coarse and are refined by later messages, so coefficients are kept
/// for each tile of each encoding context (a surface and a codecContextId).

#include <lucid/rdp/codec/pixels.hpp>

#include <map>
#include <memory>
#include <vector>

namespace lucid::rdp::codec {

/// Tiles kept over all contexts: three 4K surfaces. A kept tile costs progressive_tile_bytes.
inline constexpr std::size_t progressive_tiles_max = 6144;
inline constexpr std::size_t progressive_tile_bytes = std::size_t{3} * 4096 * 3 + 256;  // 37 KB
inline constexpr std::size_t progressive_contexts_max = 256;

struct ProgressiveTile;

class ProgressiveDecoder {
  public:
    struct ContextKey {
        std::uint16_t surface_id = 0;
        std::uint32_t codec_context_id = 0;
        friend auto operator<=>(const ContextKey&, const ContextKey&) = default;
    };

    /// `tiles_max` bounds the memory: no more tiles than this are kept (Errc::limit_exceeded).
    explicit ProgressiveDecoder(std::size_t tiles_max = progressive_tiles_max);
    ~ProgressiveDecoder();
    ProgressiveDecoder(ProgressiveDecoder&&) noexcept;
    ProgressiveDecoder& operator=(ProgressiveDecoder&&) noexcept;

    /// Decodes the bitmapData of one RDPGFX_WIRE_TO_SURFACE_PDU_2 for a surface and draws it there,
    /// tiles clipped to the rectangles of their region. Creates the context when it is new.
    /// Appends the drawn rectangles.
    Result<void> decode(ContextKey key, ByteView data, PixelView surface,
                        std::vector<Rect>& damage);

    /// RDPGFX_DELETE_ENCODING_CONTEXT_PDU; one that does not exist is no error.
    void delete_context(ContextKey key);
    /// RDPGFX_DELETE_SURFACE_PDU: all contexts of the surface.
    void delete_surface(std::uint16_t surface_id);
    /// Forgets all contexts.
    void reset();

    [[nodiscard]] std::size_t tiles() const { return tiles_; }

    /// Appends the state as bytes that restore() takes back: zero coefficients cost nothing.
    /// `cuts`: gets the offset behind each tile.
    void save(Bytes& out, std::vector<std::size_t>* cuts = nullptr) const;
    /// On an error the decoder is reset.
    Result<void> restore(ByteView state);

  private:
    struct Context;
    Result<void> region(Context& context, ByteView body, PixelView surface,
                        std::vector<Rect>& damage);
    Result<ProgressiveTile*> tile_at(Context& context, std::uint32_t place);
    Result<void> read_state(ByteView state);

    std::map<ContextKey, std::unique_ptr<Context>> contexts_;
    std::size_t tiles_max_;
    std::size_t tiles_ = 0;
};

}  // namespace lucid::rdp::codec
