// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The screen and what draws on it directly: bitmap updates, palettes and surface commands
/// (MS-RDPBCGR 3.2.5.9). The graphics pipeline composes onto it too.

#include <lucid/rdp/codec/interleaved.hpp>
#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/planar.hpp>
#include <lucid/rdp/codec/remotefx.hpp>
#include <lucid/rdp/picture/damage.hpp>
#include <lucid/rdp/picture/pixel_buffer.hpp>
#include <lucid/rdp/proto/updates.hpp>

namespace lucid::rdp::picture {

/// Codec ids of surface bits. The client names them in its Confirm Active, which a recording does
/// not hold; all clients seen (mstsc, FreeRDP, ours) use these.
inline constexpr std::uint8_t surface_codec_none = 0;
inline constexpr std::uint8_t surface_codec_nscodec = 1;
inline constexpr std::uint8_t surface_codec_remotefx = 3;
inline constexpr std::uint8_t surface_codec_remotefx_image = 4;

class Screen {
  public:
    explicit Screen(PixelBudget& budget) : budget_(&budget) {}

    /// Black in the new size; all of it is damage. The same size changes nothing.
    Result<void> resize(std::uint32_t width, std::uint32_t height);
    /// A new connection: codec headers and palette go, pixels stay until resize().
    void reset();

    Result<void> draw(const proto::BitmapRectangle& rectangle);
    Result<void> draw(const proto::SurfaceBits& bits);
    void set_palette(const codec::Palette& palette) { palette_ = palette; }
    [[nodiscard]] const codec::Palette& palette() const { return palette_; }

    /// What surface bits leave behind beside pixels: headers of RemoteFX.
    [[nodiscard]] Bytes codec_state() const {
        Bytes state;
        remotefx_.save(state);
        return state;
    }

    [[nodiscard]] codec::PixelView view() { return pixels_.view(); }
    [[nodiscard]] const PixelBuffer& pixels() const { return pixels_; }
    void add_damage(const codec::Rect& rect) { damage_.add(rect, pixels_.bounds()); }
    [[nodiscard]] const Damage& damage() const { return damage_; }
    std::vector<codec::Rect> take_damage() { return damage_.take(); }

    void save(StateWriter& w) const;
    Result<void> restore(StateReader& r);

  private:
    PixelBudget* budget_;
    PixelBuffer pixels_;
    Damage damage_;
    codec::Palette palette_{};
    codec::InterleavedDecoder interleaved_;
    codec::PlanarDecoder planar_;
    codec::NsCodecDecoder nscodec_;
    codec::RemoteFxDecoder remotefx_;
};

}  // namespace lucid::rdp::picture
