// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The graphics pipeline's messages (MS-RDPEGFX 2.2.2), host to client and back, behind ZGFX
/// (rdp/bulk). One channel message holds one command or several:
///
///   EgfxReader commands(message);
///   while (!commands.empty()) {
///       LUCID_TRY(const auto command, commands.next());
///       std::visit(…, command);
///   }
///
/// Views point into the message.

#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>

#include <variant>
#include <vector>

namespace lucid::rdp::proto::channels {

/// RDPGFX_RECT16 (2.2.1.2): right and bottom are exclusive. Never inverted when it comes from here.
struct EgfxRect {
    std::uint16_t left = 0;
    std::uint16_t top = 0;
    std::uint16_t right = 0;
    std::uint16_t bottom = 0;
    [[nodiscard]] std::uint32_t width() const { return right - left + 0U; }
    [[nodiscard]] std::uint32_t height() const { return bottom - top + 0U; }
    friend bool operator==(const EgfxRect&, const EgfxRect&) = default;
};
/// RDPGFX_POINT16 (2.2.1.1).
struct EgfxPoint {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    friend bool operator==(const EgfxPoint&, const EgfxPoint&) = default;
};

/// RDPGFX_PIXELFORMAT (2.2.1.4).
enum class EgfxPixelFormat : std::uint8_t { xrgb_8888 = 0x20, argb_8888 = 0x21 };

/// codecId of 2.2.2.1 and 2.2.2.2.
enum class EgfxCodec : std::uint16_t {
    uncompressed = 0x0000,
    cavideo = 0x0003,
    clearcodec = 0x0008,
    caprogressive = 0x0009,
    planar = 0x000a,
    avc420 = 0x000b,
    alpha = 0x000c,
    avc444 = 0x000e,
    avc444v2 = 0x000f,
};

struct WireToSurface1 {  ///< 2.2.2.1
    std::uint16_t surface_id = 0;
    EgfxCodec codec{};
    EgfxPixelFormat pixel_format{};
    EgfxRect destination;
    ByteView bitmap_data;
};
struct WireToSurface2 {  ///< 2.2.2.2: only caprogressive
    std::uint16_t surface_id = 0;
    EgfxCodec codec{};
    std::uint32_t codec_context_id = 0;
    EgfxPixelFormat pixel_format{};
    ByteView bitmap_data;
};
struct DeleteEncodingContext {  ///< 2.2.2.3
    std::uint16_t surface_id = 0;
    std::uint32_t codec_context_id = 0;
};
struct SolidFill {  ///< 2.2.2.4
    std::uint16_t surface_id = 0;
    std::uint32_t pixel = 0;  ///< 0xAARRGGBB as sent
    std::vector<EgfxRect> rects;
};
struct SurfaceToSurface {  ///< 2.2.2.5
    std::uint16_t source_id = 0;
    std::uint16_t destination_id = 0;
    EgfxRect source;
    std::vector<EgfxPoint> destinations;
};
struct SurfaceToCache {  ///< 2.2.2.6
    std::uint16_t surface_id = 0;
    std::uint64_t cache_key = 0;
    std::uint16_t cache_slot = 0;
    EgfxRect source;
};
struct CacheToSurface {  ///< 2.2.2.7
    std::uint16_t cache_slot = 0;
    std::uint16_t surface_id = 0;
    std::vector<EgfxPoint> destinations;
};
struct EvictCacheEntry {  ///< 2.2.2.8
    std::uint16_t cache_slot = 0;
};
struct CreateSurface {  ///< 2.2.2.9
    std::uint16_t surface_id = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    EgfxPixelFormat pixel_format{};
};
struct DeleteSurface {  ///< 2.2.2.10
    std::uint16_t surface_id = 0;
};
struct StartFrame {               ///< 2.2.2.11
    std::uint32_t timestamp = 0;  ///< bits: hours 10, minutes 6, seconds 6, milliseconds 10
    std::uint32_t frame_id = 0;
};
struct EndFrame {  ///< 2.2.2.12
    std::uint32_t frame_id = 0;
};
struct FrameAcknowledge {  ///< 2.2.2.13, from the client
    std::uint32_t queue_depth = 0;
    std::uint32_t frame_id = 0;
    std::uint32_t total_frames_decoded = 0;
};
struct EgfxMonitor {  ///< TS_MONITOR_DEF: right and bottom are inclusive
    std::int32_t left = 0;
    std::int32_t top = 0;
    std::int32_t right = 0;
    std::int32_t bottom = 0;
    bool primary = false;
};
inline constexpr std::size_t egfx_monitors_max = 16;
/// Sides of the output (2.2.2.14) and of a window: MS-RDPEGFX allows 32766, and so do we.
inline constexpr std::uint32_t egfx_side_max = 32766;
struct ResetGraphics {  ///< 2.2.2.14
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::vector<EgfxMonitor> monitors;
};
struct MapSurfaceToOutput {  ///< 2.2.2.15; scaled 2.2.2.22
    std::uint16_t surface_id = 0;
    std::uint32_t origin_x = 0;
    std::uint32_t origin_y = 0;
    /// Both zero: the surface's own size.
    std::uint32_t target_width = 0;
    std::uint32_t target_height = 0;
};
struct CacheEntry {
    std::uint64_t key = 0;
    std::uint32_t bitmap_length = 0;
};
/// 2.2.2.16: at most this many entries.
inline constexpr std::size_t cache_offers_max = 5462;
struct CacheImportOffer {  ///< 2.2.2.16, from the client
    std::vector<CacheEntry> entries;
};
struct CacheImportReply {  ///< 2.2.2.17
    std::vector<std::uint16_t> slots;
};
struct MapSurfaceToWindow {  ///< 2.2.2.20; scaled 2.2.2.23
    std::uint16_t surface_id = 0;
    std::uint64_t window_id = 0;
    std::uint32_t mapped_width = 0;
    std::uint32_t mapped_height = 0;
    std::uint32_t target_width = 0;  ///< zero: not scaled
    std::uint32_t target_height = 0;
};
struct QoeFrameAcknowledge {  ///< 2.2.2.21, from the client
    std::uint32_t frame_id = 0;
    std::uint32_t timestamp = 0;
    std::uint16_t time_diff_se = 0;
    std::uint16_t time_diff_edr = 0;
};
struct CapsAdvertise {  ///< 2.2.2.18, from the client
    std::vector<EgfxCapability> capabilities;
};
struct CapsConfirm {  ///< 2.2.2.19
    EgfxCapability capability;
};
/// A cmdId that MS-RDPEGFX does not name; its body is skipped.
struct UnknownEgfxCommand {
    std::uint16_t command_id = 0;
};

using EgfxCommand =
    std::variant<WireToSurface1, WireToSurface2, DeleteEncodingContext, SolidFill, SurfaceToSurface,
                 SurfaceToCache, CacheToSurface, EvictCacheEntry, CreateSurface, DeleteSurface,
                 StartFrame, EndFrame, FrameAcknowledge, ResetGraphics, MapSurfaceToOutput,
                 CacheImportOffer, CacheImportReply, MapSurfaceToWindow, QoeFrameAcknowledge,
                 CapsAdvertise, CapsConfirm, UnknownEgfxCommand>;

class EgfxReader {
  public:
    explicit EgfxReader(ByteView message) : r_(message) {}
    [[nodiscard]] bool empty() const { return r_.empty(); }
    /// A command that is not exactly as long as its header says is an error; so are inverted
    /// rectangles and unknown pixel formats and codecs.
    Result<EgfxCommand> next();

  private:
    Reader r_;
};

/// What a client sends.
[[nodiscard]] Bytes encode_egfx(const FrameAcknowledge& command);
[[nodiscard]] Bytes encode_egfx(const QoeFrameAcknowledge& command);
[[nodiscard]] Bytes encode_egfx(const CacheImportOffer& command);

}  // namespace lucid::rdp::proto::channels
