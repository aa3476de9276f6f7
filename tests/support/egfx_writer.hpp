// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a host sends on the graphics channel, as bytes (MS-RDPEGFX 2.2.2).

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/egfx_commands.hpp>

namespace lucid::test {

class EgfxWriter {
  public:
    using Rect = rdp::proto::channels::EgfxRect;
    using Point = rdp::proto::channels::EgfxPoint;
    using Codec = rdp::proto::channels::EgfxCodec;

    EgfxWriter& command(std::uint16_t id, ByteView body) {
        w_.u16_le(id).u16_le(0).u32_le(static_cast<std::uint32_t>(body.size() + 8)).bytes(body);
        return *this;
    }
    EgfxWriter& reset_graphics(std::uint32_t width, std::uint32_t height,
                               std::uint32_t monitors = 1) {
        Writer w;
        w.u32_le(width).u32_le(height).u32_le(monitors);
        for (std::uint32_t i = 0; i < monitors; ++i)
            w.u32_le(0).u32_le(0).u32_le(width - 1).u32_le(height - 1).u32_le(i == 0 ? 1 : 0);
        w.zeros(332 - w.offset());
        return command(0x0e, w.view());
    }
    EgfxWriter& create_surface(std::uint16_t id, std::uint16_t width, std::uint16_t height,
                               std::uint8_t format = 0x20) {
        Writer w;
        w.u16_le(id).u16_le(width).u16_le(height).u8(format);
        return command(0x09, w.view());
    }
    EgfxWriter& delete_surface(std::uint16_t id) {
        Writer w;
        w.u16_le(id);
        return command(0x0a, w.view());
    }
    EgfxWriter& map_to_output(std::uint16_t id, std::uint32_t x, std::uint32_t y) {
        Writer w;
        w.u16_le(id).u16_le(0).u32_le(x).u32_le(y);
        return command(0x0f, w.view());
    }
    EgfxWriter& map_to_scaled_output(std::uint16_t id, std::uint32_t x, std::uint32_t y,
                                     std::uint32_t width, std::uint32_t height) {
        Writer w;
        w.u16_le(id).u16_le(0).u32_le(x).u32_le(y).u32_le(width).u32_le(height);
        return command(0x17, w.view());
    }
    EgfxWriter& start_frame(std::uint32_t id) {
        Writer w;
        w.u32_le(0).u32_le(id);
        return command(0x0b, w.view());
    }
    EgfxWriter& end_frame(std::uint32_t id) {
        Writer w;
        w.u32_le(id);
        return command(0x0c, w.view());
    }
    EgfxWriter& solid_fill(std::uint16_t id, std::uint32_t pixel, const std::vector<Rect>& rects) {
        Writer w;
        w.u16_le(id).u32_le(pixel).u16_le(static_cast<std::uint16_t>(rects.size()));
        for (const auto& rect : rects) put(w, rect);
        return command(0x04, w.view());
    }
    EgfxWriter& wire_to_surface_1(std::uint16_t id, Codec codec, const Rect& rect, ByteView data,
                                  std::uint8_t format = 0x20) {
        Writer w;
        w.u16_le(id).u16_le(static_cast<std::uint16_t>(codec)).u8(format);
        put(w, rect);
        w.u32_le(static_cast<std::uint32_t>(data.size())).bytes(data);
        return command(0x01, w.view());
    }
    EgfxWriter& wire_to_surface_2(std::uint16_t id, std::uint32_t context, ByteView data) {
        Writer w;
        w.u16_le(id).u16_le(9).u32_le(context).u8(0x20);
        w.u32_le(static_cast<std::uint32_t>(data.size())).bytes(data);
        return command(0x02, w.view());
    }
    EgfxWriter& surface_to_surface(std::uint16_t from, std::uint16_t to, const Rect& rect,
                                   const std::vector<Point>& points) {
        Writer w;
        w.u16_le(from).u16_le(to);
        put(w, rect);
        put(w, points);
        return command(0x05, w.view());
    }
    EgfxWriter& surface_to_cache(std::uint16_t id, std::uint64_t key, std::uint16_t slot,
                                 const Rect& rect) {
        Writer w;
        w.u16_le(id).u64_le(key).u16_le(slot);
        put(w, rect);
        return command(0x06, w.view());
    }
    EgfxWriter& cache_to_surface(std::uint16_t slot, std::uint16_t id,
                                 const std::vector<Point>& points) {
        Writer w;
        w.u16_le(slot).u16_le(id);
        put(w, points);
        return command(0x07, w.view());
    }
    EgfxWriter& evict(std::uint16_t slot) {
        Writer w;
        w.u16_le(slot);
        return command(0x08, w.view());
    }
    [[nodiscard]] ByteView view() const { return w_.view(); }
    [[nodiscard]] Bytes take() { return w_.take(); }

  private:
    static void put(Writer& w, const Rect& rect) {
        w.u16_le(rect.left).u16_le(rect.top).u16_le(rect.right).u16_le(rect.bottom);
    }
    static void put(Writer& w, const std::vector<Point>& points) {
        w.u16_le(static_cast<std::uint16_t>(points.size()));
        for (const auto& point : points) w.u16_le(point.x).u16_le(point.y);
    }
    Writer w_;
};

}  // namespace lucid::test
