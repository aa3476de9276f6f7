// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The client's side of the graphics pipeline (MS-RDPEGFX 3.3): surfaces, bitmap cache, codec
/// contexts, and composing what is mapped onto the screen at the end of each frame.

#include <lucid/rdp/bulk/zgfx.hpp>
#include <lucid/rdp/codec/clear.hpp>
#include <lucid/rdp/codec/planar.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/remotefx.hpp>
#include <lucid/rdp/picture/avc_surface.hpp>
#include <lucid/rdp/picture/screen.hpp>

#include <map>

namespace lucid::rdp::picture {

inline constexpr std::size_t egfx_surfaces_max = 1024;
/// Slots of the bitmap cache (MS-RDPEGFX 3.3.1.4: 25,600 with the large cache).
inline constexpr std::size_t egfx_cache_slots_max = 25600;
/// Commands in one channel message.
inline constexpr std::size_t egfx_commands_max = 65536;

class GraphicsPipeline {
  public:
    GraphicsPipeline(PixelBudget& budget, Screen& screen, MakeAvcDecoder make_avc);

    /// One message of the channel as sent: ZGFX around commands. The first error of a command is
    /// told, and the others are done; behind one that cannot be read there are none.
    Result<void> message(ByteView segmented);
    /// Commands without ZGFX.
    Result<void> commands(ByteView plain);
    /// The channel closed or the connection is a new one: nothing is left but the screen.
    void reset();

    [[nodiscard]] std::uint64_t frames() const { return frames_; }
    /// Frame id of the last END_FRAME.
    [[nodiscard]] std::uint32_t last_frame_id() const { return last_frame_id_; }
    /// Frame ids of the END_FRAMEs of the last message(), in order.
    [[nodiscard]] const std::vector<std::uint32_t>& ended_frames() const { return ended_frames_; }
    [[nodiscard]] std::size_t surfaces() const { return surfaces_.size(); }

    /// Errc::limit_exceeded: an H.264 stream cannot be saved (avc_history_bytes_max).
    Result<void> save(StateWriter& w) const;
    Result<void> restore(StateReader& r);
    [[nodiscard]] bulk::Zgfx& compression() { return zgfx_; }

  private:
    struct Surface {
        PixelBuffer pixels;
        bool mapped = false;
        std::uint32_t origin_x = 0;
        std::uint32_t origin_y = 0;
        std::uint32_t target_width = 0;  ///< on the screen
        std::uint32_t target_height = 0;
        Damage damage;
        std::unique_ptr<AvcSurface> avc;
    };

    Result<Surface*> surface(std::uint16_t id);
    Result<void> run(const proto::channels::EgfxCommand& command);
    // One overload per command that does something here; the others are the peer's.
    Result<void> apply(const proto::channels::WireToSurface1& c);
    Result<void> apply(const proto::channels::WireToSurface2& c);
    Result<void> apply(const proto::channels::DeleteEncodingContext& c);
    Result<void> apply(const proto::channels::SolidFill& c);
    Result<void> apply(const proto::channels::SurfaceToSurface& c);
    Result<void> apply(const proto::channels::SurfaceToCache& c);
    Result<void> apply(const proto::channels::CacheToSurface& c);
    Result<void> apply(const proto::channels::EvictCacheEntry& c);
    Result<void> apply(const proto::channels::CreateSurface& c);
    Result<void> apply(const proto::channels::DeleteSurface& c);
    Result<void> apply(const proto::channels::StartFrame& c);
    Result<void> apply(const proto::channels::EndFrame& c);
    Result<void> apply(const proto::channels::ResetGraphics& c);
    Result<void> apply(const proto::channels::MapSurfaceToOutput& c);
    Result<void> apply(const proto::channels::MapSurfaceToWindow& c);

    Result<void> draw_bitmap(Surface& surface, const proto::channels::WireToSurface1& c);
    Result<void> draw_avc(Surface& surface, const proto::channels::WireToSurface1& c);
    Result<AvcSurface*> avc_of(Surface& surface);
    Result<void> blit(const PixelBuffer& from, codec::Rect source, Surface& to,
                      std::span<const proto::channels::EgfxPoint> points);
    void compose();
    void compose(Surface& surface);

    Result<void> save_surface(StateWriter& w, const Surface& surface) const;
    Result<void> restore_surface(StateReader& r, Surface& surface);

    PixelBudget* budget_;
    Screen* screen_;
    MakeAvcDecoder make_avc_;
    bulk::Zgfx zgfx_;
    std::map<std::uint16_t, Surface> surfaces_;
    std::map<std::uint16_t, PixelBuffer> cache_;
    codec::PlanarDecoder planar_;
    codec::RemoteFxDecoder remotefx_;
    codec::ClearDecoder clear_;
    codec::ProgressiveDecoder progressive_;
    bool in_frame_ = false;
    std::uint64_t frames_ = 0;
    std::uint32_t last_frame_id_ = 0;
    std::vector<std::uint32_t> ended_frames_;
};

}  // namespace lucid::rdp::picture
