// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/capabilities.hpp>
#include <lucid/rdp/picture/screen.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/updates.hpp>

namespace lucid::rdp::client {
namespace {

/// capabilitySetType (MS-RDPBCGR 2.2.1.13.1.1.1).
enum class Set : std::uint16_t {
    general = 1,
    bitmap = proto::capstype_bitmap,
    order = 3,
    control = 5,
    activation = 7,
    pointer = 8,
    share = 9,
    color_cache = 10,
    sound = 12,
    input = 13,
    font = 14,
    brush = 15,
    glyph_cache = 16,
    offscreen_cache = 17,
    bitmap_cache_rev2 = 19,
    virtual_channel = proto::capstype_virtual_channel,
    multifragment_update = 26,
    large_pointer = 27,
    surface_commands = 28,
    bitmap_codecs = proto::capstype_bitmap_codecs,
    frame_acknowledge = proto::capstype_frame_acknowledge,
};

/// Whole updates in fragments: what rdp/picture takes is more.
constexpr std::uint32_t update_request_bytes_max = 4 << 20;

class SetWriter {
  public:
    void add(Set type, ByteView content) {
        ++sets_.count;
        w_.u16_le(static_cast<std::uint16_t>(type));
        w_.u16_le(static_cast<std::uint16_t>(content.size() + 4)).bytes(content);
    }
    CapabilitySets take() {
        sets_.bytes = w_.take();
        return std::move(sets_);
    }

  private:
    Writer w_;
    CapabilitySets sets_;
};

void add_general(SetWriter& sets) {
    constexpr std::uint16_t os_unix = 4;
    constexpr std::uint16_t os_native_x = 7;
    constexpr std::uint16_t version = 0x0200;
    // FASTPATH_OUTPUT_SUPPORTED, LONG_CREDENTIALS_SUPPORTED, AUTORECONNECT_SUPPORTED,
    // NO_BITMAP_COMPRESSION_HDR
    constexpr std::uint16_t extra_flags = 0x0001 | 0x0004 | 0x0008 | 0x0400;
    Writer w;
    w.u16_le(os_unix).u16_le(os_native_x).u16_le(version).u16_le(0).u16_le(0);
    w.u16_le(extra_flags).u16_le(0).u16_le(0).u16_le(0).u8(1).u8(1);
    sets.add(Set::general, w.view());
}

void add_bitmap(SetWriter& sets, const Settings& settings, const HostDemand& host) {
    constexpr std::uint8_t draw_allow_skip_alpha = 0x08;
    Writer w;
    w.u16_le(settings.bits_per_pixel).u16_le(1).u16_le(1).u16_le(1);
    w.u16_le(host.desktop_width).u16_le(host.desktop_height);
    w.u16_le(0).u16_le(1).u16_le(1);  // pad2octets, desktopResizeFlag, bitmapCompressionFlag
    w.u8(0).u8(draw_allow_skip_alpha).u16_le(1).u16_le(0);
    sets.add(Set::bitmap, w.view());
}

/// No order is supported: rdp/picture has none.
void add_orders(SetWriter& sets) {
    // NEGOTIATEORDERSUPPORT, ZEROBOUNDSDELTASSUPPORT, COLORINDEXSUPPORT
    constexpr std::uint16_t order_flags = 0x0002 | 0x0008 | 0x0020;
    Writer w;
    w.zeros(16).u32_le(0).u16_le(1).u16_le(20).u16_le(0).u16_le(1).u16_le(0).u16_le(order_flags);
    w.zeros(32).u16_le(0).u16_le(0).u32_le(0).u32_le(0).u16_le(0).u16_le(0).u16_le(0).u16_le(0);
    sets.add(Set::order, w.view());
    sets.add(Set::bitmap_cache_rev2, Writer().zeros(36).view());
    sets.add(Set::brush, Writer().u32_le(0).view());
    sets.add(Set::glyph_cache, Writer().zeros(48).view());
    sets.add(Set::offscreen_cache, Writer().zeros(8).view());
}

void add_input(SetWriter& sets) {
    // SCANCODES, MOUSEX, FASTPATH_INPUT, UNICODE, FASTPATH_INPUT2, MOUSE_HWHEEL
    constexpr std::uint16_t flags = 0x0001 | 0x0004 | 0x0008 | 0x0010 | 0x0020 | 0x0100;
    Writer w;
    w.u16_le(flags).u16_le(0).u32_le(0x409).u32_le(4).u32_le(0).u32_le(12).zeros(64);
    sets.add(Set::input, w.view());
}

/// TS_RFX_CLNT_CAPS_CONTAINER (MS-RDPRFX 2.2.1.1): both entropy coders, image and video mode.
Bytes remotefx_properties() {
    constexpr std::uint16_t cbt_caps = 0xcbc0;
    constexpr std::uint16_t cbt_capset = 0xcbc1;
    constexpr std::uint16_t capset_type = 0xcfc0;
    constexpr std::uint16_t version_1_0 = 0x0100;
    constexpr std::uint16_t tile_64 = 0x40;
    Writer w;
    w.u32_le(49).u32_le(0).u32_le(37);
    w.u16_le(cbt_caps).u32_le(8).u16_le(1);
    w.u16_le(cbt_capset).u32_le(29).u8(1).u16_le(capset_type).u16_le(2).u16_le(8);
    for (const auto entropy : Bytes{1, 4}) {
        w.u16_le(version_1_0).u16_le(tile_64).u8(0).u8(1).u8(1).u8(entropy);
    }
    return w.take();
}

void add_surface_commands(SetWriter& sets) {
    // SURFCMDS_SETSURFACEBITS, FRAMEMARKER, STREAMSURFACEBITS
    constexpr std::uint32_t commands = 0x02 | 0x10 | 0x40;
    constexpr ByteArray<16> guid_remotefx = {0x12, 0x2f, 0x77, 0x76, 0x72, 0xbd, 0x63, 0x44,
                                             0xaf, 0xb3, 0xb7, 0x3c, 0x9c, 0x6f, 0x78, 0x86};
    constexpr ByteArray<16> guid_nscodec = {0xb9, 0x1b, 0x8d, 0xca, 0x0f, 0x00, 0x4f, 0x15,
                                            0x58, 0x9f, 0xae, 0x2d, 0x1a, 0x87, 0xe2, 0xd6};
    // fAllowDynamicFidelity, fAllowSubsampling, colorLossLevel
    constexpr ByteArray<3> nscodec_properties = {1, 1, 3};
    sets.add(Set::surface_commands, Writer().u32_le(commands).u32_le(0).view());
    Writer w;
    const auto remotefx = remotefx_properties();
    w.u8(2);
    w.bytes(guid_remotefx).u8(picture::surface_codec_remotefx);
    w.u16_le(static_cast<std::uint16_t>(remotefx.size())).bytes(remotefx);
    w.bytes(guid_nscodec).u8(picture::surface_codec_nscodec);
    w.u16_le(nscodec_properties.size()).bytes(nscodec_properties);
    sets.add(Set::bitmap_codecs, w.view());
}

}  // namespace

CapabilitySets make_capabilities(const Settings& settings, const HostDemand& host) {
    constexpr std::uint16_t pointers = 20;
    constexpr std::uint16_t large_pointers = 0x0001 | 0x0002;  // 96 x 96, 384 x 384
    SetWriter sets;
    add_general(sets);
    add_bitmap(sets, settings, host);
    add_orders(sets);
    sets.add(Set::pointer, Writer().u16_le(1).u16_le(pointers).u16_le(pointers).view());
    add_input(sets);
    sets.add(Set::sound, Writer().u16_le(settings.sound ? 1 : 0).u16_le(0).view());
    sets.add(Set::share, Writer().u16_le(0).u16_le(0).view());
    sets.add(Set::font, Writer().u16_le(1).u16_le(0).view());
    sets.add(Set::control, Writer().u16_le(0).u16_le(0).u16_le(2).u16_le(2).view());
    sets.add(Set::activation, Writer().zeros(8).view());
    sets.add(Set::color_cache, Writer().u16_le(6).u16_le(0).view());
    // No compression: channel messages are read here without a decompressor.
    sets.add(Set::virtual_channel, Writer().u32_le(0).u32_le(proto::channels::chunk_bytes).view());
    sets.add(Set::multifragment_update, Writer().u32_le(update_request_bytes_max).view());
    sets.add(Set::large_pointer, Writer().u16_le(large_pointers).view());
    if (settings.graphics != Graphics::bitmap) {
        add_surface_commands(sets);
        if (host.frame_acknowledge)
            sets.add(Set::frame_acknowledge, Writer().u32_le(frames_in_flight_max).view());
    }
    return sets.take();
}

}  // namespace lucid::rdp::client
