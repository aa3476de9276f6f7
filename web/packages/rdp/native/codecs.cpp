// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// What the WebAssembly module of the pixel codecs exports: memory, decoders with their state, and
// one call that decodes. The typed side is src/codecs.ts, which checks what it passes.

#include <lucid/rdp/codec/clear.hpp>
#include <lucid/rdp/codec/interleaved.hpp>
#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/planar.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/remotefx.hpp>

#include <cstdlib>

namespace {

using namespace lucid::rdp::codec;
using lucid::ByteView;
using lucid::MutableByteView;
using lucid::Result;

/// Numbers as in src/codecs.ts.
enum Codec : std::uint32_t { interleaved, planar, nscodec, remotefx, progressive, clear };

struct Decoders {
    InterleavedDecoder interleaved;
    PlanarDecoder planar;
    NsCodecDecoder nscodec;
    RemoteFxDecoder remotefx;
    ProgressiveDecoder progressive;
    ClearDecoder clear;
    std::vector<Rect> damage;
};

Result<void> decode(Decoders& d, std::uint32_t codec, std::uint32_t option, ByteView data,
                    PixelView target) {
    static constexpr Palette palette = {};
    const BitmapSize size{target.width(), target.height()};
    const auto order = option == 1 ? RowOrder::bottom_up : RowOrder::top_down;
    switch (codec) {
        case interleaved:
            return d.interleaved.decode(data, option, size, palette, target);
        case planar:
            return d.planar.decode(data, size, order, target);
        case nscodec:
            return d.nscodec.decode(data, size, order, target);
        case remotefx:
            return d.remotefx.decode(data, target, {0, 0}, d.damage);
        case progressive:
            return d.progressive.decode({0, 0}, data, target, d.damage);
        case clear:
            return d.clear.decode(data, target);
        default:
            return lucid::fail(lucid::Errc::unsupported, "codec", codec);
    }
}

}  // namespace

extern "C" {

__attribute__((export_name("lucid_alloc"))) void* lucid_alloc(std::uint32_t bytes) {
    return std::malloc(bytes);
}
__attribute__((export_name("lucid_free"))) void lucid_free(void* memory) {
    std::free(memory);
}
__attribute__((export_name("lucid_decoders_new"))) Decoders* lucid_decoders_new() {
    return new Decoders();
}
__attribute__((export_name("lucid_decoders_delete"))) void lucid_decoders_delete(Decoders* d) {
    delete d;
}
/// 0, or 1 + the number of the error (common/result).
/// The picture: B G R A, rows without gaps.
__attribute__((export_name("lucid_decode"))) std::uint32_t lucid_decode(
    Decoders* d, std::uint32_t codec, std::uint32_t option, const std::uint8_t* data,
    std::uint32_t bytes, std::uint8_t* pixels, std::uint32_t width, std::uint32_t height) {
    d->damage.clear();
    const auto size = std::size_t{width} * height * pixel_bytes;
    const auto target = PixelView::make(MutableByteView(pixels, size), width, height,
                                        std::size_t{width} * pixel_bytes);
    if (!target) return 1 + static_cast<std::uint32_t>(target.error().code.value());
    const auto decoded = decode(*d, codec, option, ByteView(data, bytes), *target);
    return decoded ? 0 : 1 + static_cast<std::uint32_t>(decoded.error().code.value());
}
/// Rectangles drawn by the last call, where the codec tells: x, y, width, height of each, u32.
__attribute__((export_name("lucid_damage_count"))) std::uint32_t lucid_damage_count(
    const Decoders* d) {
    return static_cast<std::uint32_t>(d->damage.size());
}
__attribute__((export_name("lucid_damage"))) const Rect* lucid_damage(const Decoders* d) {
    return d->damage.data();
}

}  // extern "C"
