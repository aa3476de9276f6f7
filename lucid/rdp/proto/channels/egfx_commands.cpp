// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/egfx_commands.hpp>

namespace lucid::rdp::proto::channels {
namespace {

constexpr std::size_t header_bytes = 2 + 2 + 4;
constexpr std::size_t reset_graphics_bytes = 340;

enum CommandId : std::uint16_t {
    wire_to_surface_1 = 0x0001,
    wire_to_surface_2 = 0x0002,
    delete_encoding_context = 0x0003,
    solid_fill = 0x0004,
    surface_to_surface = 0x0005,
    surface_to_cache = 0x0006,
    cache_to_surface = 0x0007,
    evict_cache_entry = 0x0008,
    create_surface = 0x0009,
    delete_surface = 0x000a,
    start_frame = 0x000b,
    end_frame = 0x000c,
    reset_graphics = 0x000e,
    map_surface_to_output = 0x000f,
    cache_import_offer = 0x0010,
    cache_import_reply = 0x0011,
    map_surface_to_window = 0x0015,
    qoe_frame_acknowledge = 0x0016,
    map_surface_to_scaled_output = 0x0017,
    map_surface_to_scaled_window = 0x0018,
};

Result<EgfxRect> take_rect(Reader& r, const char* field) {
    EgfxRect rect;
    LUCID_TRY(rect.left, r.u16_le(field));
    LUCID_TRY(rect.top, r.u16_le(field));
    LUCID_TRY(rect.right, r.u16_le(field));
    LUCID_TRY(rect.bottom, r.u16_le(field));
    if (rect.right < rect.left || rect.bottom < rect.top)
        return fail(Errc::bad_value, field, r.offset());
    return rect;
}

/// A 16-bit count and that many points of four bytes.
Result<std::vector<EgfxPoint>> take_points(Reader& r) {
    LUCID_TRY(const auto count, r.u16_le("destPtsCount"));
    LUCID_TRY(const auto bytes, r.take(count * std::size_t{4}, "destPts"));
    Reader points(bytes);
    std::vector<EgfxPoint> out;
    out.reserve(count);
    while (!points.empty()) {
        EgfxPoint point;
        LUCID_TRY(point.x, points.u16_le("x"));
        LUCID_TRY(point.y, points.u16_le("y"));
        out.push_back(point);
    }
    return out;
}

Result<EgfxPixelFormat> take_pixel_format(Reader& r) {
    LUCID_TRY(const auto value, r.u8("pixelFormat"));
    const auto format = static_cast<EgfxPixelFormat>(value);
    if (format != EgfxPixelFormat::xrgb_8888 && format != EgfxPixelFormat::argb_8888)
        return fail(Errc::bad_value, "pixelFormat", value);
    return format;
}

Result<EgfxCodec> take_codec(Reader& r) {
    LUCID_TRY(const auto value, r.u16_le("codecId"));
    switch (static_cast<EgfxCodec>(value)) {
        case EgfxCodec::uncompressed:
        case EgfxCodec::cavideo:
        case EgfxCodec::clearcodec:
        case EgfxCodec::caprogressive:
        case EgfxCodec::planar:
        case EgfxCodec::avc420:
        case EgfxCodec::alpha:
        case EgfxCodec::avc444:
        case EgfxCodec::avc444v2:
            return static_cast<EgfxCodec>(value);
    }
    return fail(Errc::unsupported, "codecId", value);
}

Result<EgfxCommand> read_wire_to_surface_1(Reader& r) {
    WireToSurface1 c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.codec, take_codec(r));
    LUCID_TRY(c.pixel_format, take_pixel_format(r));
    LUCID_TRY(c.destination, take_rect(r, "destRect"));
    LUCID_TRY(const auto length, r.u32_le("bitmapDataLength"));
    LUCID_TRY(c.bitmap_data, r.take(length, "bitmapData"));
    return c;
}

Result<EgfxCommand> read_wire_to_surface_2(Reader& r) {
    WireToSurface2 c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.codec, take_codec(r));
    LUCID_TRY(c.codec_context_id, r.u32_le("codecContextId"));
    LUCID_TRY(c.pixel_format, take_pixel_format(r));
    LUCID_TRY(const auto length, r.u32_le("bitmapDataLength"));
    LUCID_TRY(c.bitmap_data, r.take(length, "bitmapData"));
    return c;
}

Result<EgfxCommand> read_solid_fill(Reader& r) {
    SolidFill c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.pixel, r.u32_le("fillPixel"));
    LUCID_TRY(const auto count, r.u16_le("fillRectCount"));
    LUCID_TRY(const auto bytes, r.take(count * std::size_t{8}, "fillRects"));
    Reader rects(bytes);
    c.rects.reserve(count);
    while (!rects.empty()) {
        LUCID_TRY(const auto rect, take_rect(rects, "fillRect"));
        c.rects.push_back(rect);
    }
    return c;
}

Result<EgfxCommand> read_surface_to_surface(Reader& r) {
    SurfaceToSurface c;
    LUCID_TRY(c.source_id, r.u16_le("surfaceIdSrc"));
    LUCID_TRY(c.destination_id, r.u16_le("surfaceIdDest"));
    LUCID_TRY(c.source, take_rect(r, "rectSrc"));
    LUCID_TRY(c.destinations, take_points(r));
    return c;
}

Result<EgfxCommand> read_surface_to_cache(Reader& r) {
    SurfaceToCache c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.cache_key, r.u64_le("cacheKey"));
    LUCID_TRY(c.cache_slot, r.u16_le("cacheSlot"));
    LUCID_TRY(c.source, take_rect(r, "rectSrc"));
    return c;
}

Result<EgfxCommand> read_cache_to_surface(Reader& r) {
    CacheToSurface c;
    LUCID_TRY(c.cache_slot, r.u16_le("cacheSlot"));
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.destinations, take_points(r));
    return c;
}

Result<EgfxCommand> read_create_surface(Reader& r) {
    CreateSurface c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.width, r.u16_le("width"));
    LUCID_TRY(c.height, r.u16_le("height"));
    LUCID_TRY(c.pixel_format, take_pixel_format(r));
    return c;
}

Result<EgfxCommand> read_reset_graphics(Reader& r) {
    ResetGraphics c;
    LUCID_TRY(c.width, r.u32_le("width"));
    LUCID_TRY(c.height, r.u32_le("height"));
    if (c.width > egfx_side_max || c.height > egfx_side_max)
        return fail(Errc::limit_exceeded, "output size", c.width);
    LUCID_TRY(const auto count, r.u32_le("monitorCount"));
    if (count > egfx_monitors_max) return fail(Errc::limit_exceeded, "monitorCount", count);
    for (std::uint32_t i = 0; i < count; ++i) {
        EgfxMonitor monitor;
        for (auto* side : {&monitor.left, &monitor.top, &monitor.right, &monitor.bottom}) {
            LUCID_TRY(const auto value, r.u32_le("monitor"));
            *side = static_cast<std::int32_t>(value);
        }
        LUCID_TRY(const auto flags, r.u32_le("monitor flags"));
        monitor.primary = (flags & 1U) != 0;
        c.monitors.push_back(monitor);
    }
    // The message has one size whatever the number of monitors.
    if (r.offset() + r.remaining() != reset_graphics_bytes - header_bytes)
        return fail(Errc::bad_length, "reset graphics", r.offset() + r.remaining());
    LUCID_CHECK(r.skip(r.remaining(), "pad"));
    return c;
}

Result<EgfxCommand> read_map_to_output(Reader& r, bool scaled) {
    MapSurfaceToOutput c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_CHECK(r.skip(2, "reserved"));
    LUCID_TRY(c.origin_x, r.u32_le("outputOriginX"));
    LUCID_TRY(c.origin_y, r.u32_le("outputOriginY"));
    if (!scaled) return c;
    LUCID_TRY(c.target_width, r.u32_le("targetWidth"));
    LUCID_TRY(c.target_height, r.u32_le("targetHeight"));
    if (c.target_width == 0 || c.target_height == 0 || c.target_width > egfx_side_max ||
        c.target_height > egfx_side_max)
        return fail(Errc::bad_value, "target size", c.target_width);
    return c;
}

Result<EgfxCommand> read_map_to_window(Reader& r, bool scaled) {
    MapSurfaceToWindow c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.window_id, r.u64_le("windowId"));
    LUCID_TRY(c.mapped_width, r.u32_le("mappedWidth"));
    LUCID_TRY(c.mapped_height, r.u32_le("mappedHeight"));
    if (!scaled) return c;
    LUCID_TRY(c.target_width, r.u32_le("targetWidth"));
    LUCID_TRY(c.target_height, r.u32_le("targetHeight"));
    return c;
}

Result<EgfxCommand> read_cache_offer(Reader& r) {
    CacheImportOffer c;
    LUCID_TRY(const auto count, r.u16_le("cacheEntriesCount"));
    if (count > cache_offers_max) return fail(Errc::limit_exceeded, "cacheEntriesCount", count);
    for (unsigned i = 0; i < count; ++i) {
        CacheEntry entry;
        LUCID_TRY(entry.key, r.u64_le("cacheKey"));
        LUCID_TRY(entry.bitmap_length, r.u32_le("bitmapLength"));
        c.entries.push_back(entry);
    }
    return c;
}

Result<EgfxCommand> read_cache_reply(Reader& r) {
    CacheImportReply c;
    LUCID_TRY(const auto count, r.u16_le("importedEntriesCount"));
    if (count > cache_offers_max) return fail(Errc::limit_exceeded, "importedEntriesCount", count);
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto slot, r.u16_le("cacheSlot"));
        c.slots.push_back(slot);
    }
    return c;
}

Result<EgfxCommand> read_frame_acknowledge(Reader& r) {
    FrameAcknowledge c;
    LUCID_TRY(c.queue_depth, r.u32_le("queueDepth"));
    LUCID_TRY(c.frame_id, r.u32_le("frameId"));
    LUCID_TRY(c.total_frames_decoded, r.u32_le("totalFramesDecoded"));
    return c;
}

Result<EgfxCommand> read_qoe_acknowledge(Reader& r) {
    QoeFrameAcknowledge c;
    LUCID_TRY(c.frame_id, r.u32_le("frameId"));
    LUCID_TRY(c.timestamp, r.u32_le("timestamp"));
    LUCID_TRY(c.time_diff_se, r.u16_le("timeDiffSE"));
    LUCID_TRY(c.time_diff_edr, r.u16_le("timeDiffEDR"));
    return c;
}

Result<EgfxCommand> read_short(std::uint16_t id, Reader& r) {
    if (id == start_frame) {
        StartFrame c;
        LUCID_TRY(c.timestamp, r.u32_le("timestamp"));
        LUCID_TRY(c.frame_id, r.u32_le("frameId"));
        return c;
    }
    if (id == end_frame) {
        EndFrame c;
        LUCID_TRY(c.frame_id, r.u32_le("frameId"));
        return c;
    }
    if (id == delete_surface) {
        DeleteSurface c;
        LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
        return c;
    }
    if (id == evict_cache_entry) {
        EvictCacheEntry c;
        LUCID_TRY(c.cache_slot, r.u16_le("cacheSlot"));
        return c;
    }
    DeleteEncodingContext c;
    LUCID_TRY(c.surface_id, r.u16_le("surfaceId"));
    LUCID_TRY(c.codec_context_id, r.u32_le("codecContextId"));
    return c;
}

Result<EgfxCommand> read_body(std::uint16_t id, ByteView whole, Reader& r) {
    switch (id) {
        case wire_to_surface_1:
            return read_wire_to_surface_1(r);
        case wire_to_surface_2:
            return read_wire_to_surface_2(r);
        case solid_fill:
            return read_solid_fill(r);
        case surface_to_surface:
            return read_surface_to_surface(r);
        case surface_to_cache:
            return read_surface_to_cache(r);
        case cache_to_surface:
            return read_cache_to_surface(r);
        case create_surface:
            return read_create_surface(r);
        case delete_encoding_context:
        case evict_cache_entry:
        case delete_surface:
        case start_frame:
        case end_frame:
            return read_short(id, r);
        case egfx_frame_acknowledge:
            return read_frame_acknowledge(r);
        case reset_graphics:
            return read_reset_graphics(r);
        case map_surface_to_output:
        case map_surface_to_scaled_output:
            return read_map_to_output(r, id == map_surface_to_scaled_output);
        case cache_import_offer:
            return read_cache_offer(r);
        case cache_import_reply:
            return read_cache_reply(r);
        case map_surface_to_window:
        case map_surface_to_scaled_window:
            return read_map_to_window(r, id == map_surface_to_scaled_window);
        case qoe_frame_acknowledge:
            return read_qoe_acknowledge(r);
        case egfx_caps_advertise: {
            CapsAdvertise c;
            LUCID_TRY(c.capabilities, decode_caps_advertise(whole));
            LUCID_CHECK(r.skip(r.remaining(), "capsSets"));
            return c;
        }
        case egfx_caps_confirm: {
            CapsConfirm c;
            LUCID_TRY(c.capability, decode_caps_confirm(whole));
            LUCID_CHECK(r.skip(r.remaining(), "capsSet"));
            return c;
        }
        default:
            LUCID_CHECK(r.skip(r.remaining(), "unknown command"));
            return UnknownEgfxCommand{id};
    }
}

Writer start(std::uint16_t id, std::size_t body_bytes) {
    Writer w(header_bytes + body_bytes);
    w.u16_le(id).u16_le(0).u32_le(static_cast<std::uint32_t>(header_bytes + body_bytes));
    return w;
}

}  // namespace

Result<EgfxCommand> EgfxReader::next() {
    const auto rest = r_.rest();
    LUCID_TRY(const auto id, r_.u16_le("cmdId"));
    LUCID_CHECK(r_.skip(2, "egfx flags"));
    LUCID_TRY(const auto length, r_.u32_le("pduLength"));
    if (length < header_bytes) return fail(Errc::bad_length, "pduLength", length);
    LUCID_TRY(const auto body, r_.take(length - header_bytes, "egfx command"));
    Reader r(body);
    LUCID_TRY(auto command, read_body(id, rest.first(length), r));
    LUCID_CHECK(r.finish("egfx command"));
    return command;
}

Bytes encode_egfx(const FrameAcknowledge& command) {
    auto w = start(egfx_frame_acknowledge, 12);
    w.u32_le(command.queue_depth).u32_le(command.frame_id).u32_le(command.total_frames_decoded);
    return w.take();
}

Bytes encode_egfx(const QoeFrameAcknowledge& command) {
    auto w = start(qoe_frame_acknowledge, 12);
    w.u32_le(command.frame_id).u32_le(command.timestamp);
    w.u16_le(command.time_diff_se).u16_le(command.time_diff_edr);
    return w.take();
}

Bytes encode_egfx(const CacheImportOffer& command) {
    auto w = start(cache_import_offer, 2 + 12 * command.entries.size());
    w.u16_le(static_cast<std::uint16_t>(command.entries.size()));
    for (const auto& entry : command.entries) w.u64_le(entry.key).u32_le(entry.bitmap_length);
    return w.take();
}

}  // namespace lucid::rdp::proto::channels
