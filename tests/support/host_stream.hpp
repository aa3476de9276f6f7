// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a host sends to draw, PDU by PDU, behind tests/support/rdp_session.

#include <lucid/common/bytes/writer.hpp>

#include <tests/support/egfx_writer.hpp>
#include <tests/support/rdp_session.hpp>
#include <tests/support/zgfx_writer.hpp>

namespace lucid::test {

/// drdynvc of a session with one static channel.
inline constexpr std::uint16_t dynamic_channel = first_channel;
inline constexpr std::uint8_t graphics_id = 3;

/// Demand Active with a Bitmap capability set of that desktop size.
inline Bytes demand_active(std::uint16_t width, std::uint16_t height) {
    Writer w;
    w.u32_le(0x103ea).u16_le(4).u16_le(28 + 4).text("RDP").u8(0).u16_le(1).u16_le(0);
    w.u16_le(2).u16_le(28).u16_le(32).zeros(6).u16_le(width).u16_le(height).zeros(12);
    w.u32_le(0);
    return from_host(io_channel, share_pdu(1, w.view()));
}

/// One fast-path output PDU with one update; `fragmentation` 0 single, 1 last, 2 first, 3 next.
inline Bytes fast_path_update(std::uint8_t code, ByteView data, std::uint8_t fragmentation = 0,
                              std::uint8_t compression = 0) {
    Writer update;
    update.u8(static_cast<std::uint8_t>(code | fragmentation << 4 | (compression != 0 ? 0x80 : 0)));
    if (compression != 0) update.u8(compression);
    update.u16_le(static_cast<std::uint16_t>(data.size())).bytes(data);
    Writer w;
    w.u8(0).u16_be(static_cast<std::uint16_t>(0x8000U | (update.view().size() + 3)));
    return w.bytes(update.view()).take();
}

/// A bitmap update of one raw 32-bit rectangle in one colour.
inline Bytes solid_bitmap(std::uint16_t x, std::uint16_t y, std::uint16_t width,
                          std::uint16_t height, std::uint32_t pixel) {
    Writer w;
    w.u16_le(1).u16_le(1).u16_le(x).u16_le(y);
    w.u16_le(static_cast<std::uint16_t>(x + width - 1));
    w.u16_le(static_cast<std::uint16_t>(y + height - 1));
    w.u16_le(width).u16_le(height).u16_le(32).u16_le(0);
    w.u16_le(static_cast<std::uint16_t>(4U * width * height));
    for (unsigned i = 0; i < unsigned{width} * height; ++i) w.u32_le(pixel);
    return w.take();
}

/// The graphics channel is created.
inline Bytes create_graphics_channel() {
    Writer w;
    w.u8(0x10).u8(graphics_id).text("Microsoft::Windows::RDS::Graphics").u8(0);
    return host_message(dynamic_channel, w.view());
}
/// Commands on the graphics channel, not compressed, in one PDU of up to 1590 bytes.
inline Bytes graphics_message(ByteView commands) {
    Bytes segment = {0x04};
    append(segment, commands);
    Writer w;
    w.u8(0x30).u8(graphics_id).bytes(zgfx_single(segment));
    return host_message(dynamic_channel, w.view());
}

}  // namespace lucid::test
