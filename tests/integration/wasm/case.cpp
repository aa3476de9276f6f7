// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/clear.hpp>
#include <lucid/rdp/codec/interleaved.hpp>
#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/planar.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/remotefx.hpp>

#include <tests/integration/wasm/case.hpp>

namespace lucid::test {

using namespace rdp::codec;

namespace {

/// All decoders of one case.
struct Decoders {
    InterleavedDecoder interleaved;
    PlanarDecoder planar;
    NsCodecDecoder nscodec;
    RemoteFxDecoder remotefx;
    ProgressiveDecoder progressive;
    ClearDecoder clear;
    std::vector<Rect> damage;
};

Result<void> decode(Decoders& decoders, CaseKind kind, std::uint8_t option, ByteView stream,
                    PixelView target) {
    static constexpr Palette palette = {};
    const BitmapSize size{target.width(), target.height()};
    const auto order = option == 1 ? RowOrder::bottom_up : RowOrder::top_down;
    switch (kind) {
        case CaseKind::interleaved:
            return decoders.interleaved.decode(stream, option, size, palette, target);
        case CaseKind::planar:
            return decoders.planar.decode(stream, size, order, target);
        case CaseKind::nscodec:
            return decoders.nscodec.decode(stream, size, order, target);
        case CaseKind::remotefx:
            return decoders.remotefx.decode(stream, target, {0, 0}, decoders.damage);
        case CaseKind::progressive:
            return decoders.progressive.decode({0, 0}, stream, target, decoders.damage);
        case CaseKind::clear:
            return decoders.clear.decode(stream, target);
    }
    return fail(Errc::unsupported, "case kind");
}

Result<Bytes> decode_case(ByteView bytes) {
    Reader reader(bytes);
    LUCID_TRY(const auto kind, reader.u8("case kind"));
    LUCID_TRY(const auto option, reader.u8("case option"));
    LUCID_TRY(const auto width, reader.u16_le("case width"));
    LUCID_TRY(const auto height, reader.u16_le("case height"));
    LUCID_TRY(const auto streams, reader.u16_le("case streams"));
    Bytes pixels(std::size_t{width} * height * pixel_bytes);
    LUCID_TRY(const auto target, PixelView::make(pixels, width, height, width * pixel_bytes));
    Decoders decoders;
    for (std::uint32_t i = 0; i < streams; ++i) {
        LUCID_TRY(const auto length, reader.u32_le("case stream"));
        LUCID_TRY(const auto stream, reader.take(length, "case stream"));
        decoders.damage.clear();
        (void)decode(decoders, static_cast<CaseKind>(kind), option, stream, target);
    }
    return pixels;
}

}  // namespace

Bytes make_case(CaseKind kind, std::uint8_t option, std::uint16_t width, std::uint16_t height,
                const std::vector<Bytes>& streams) {
    Writer out;
    out.u8(static_cast<std::uint8_t>(kind)).u8(option).u16_le(width).u16_le(height);
    out.u16_le(static_cast<std::uint16_t>(streams.size()));
    for (const auto& stream : streams)
        out.u32_le(static_cast<std::uint32_t>(stream.size())).bytes(stream);
    return out.take();
}

Bytes run_case(ByteView bytes) {
    auto pixels = decode_case(bytes);
    return pixels ? std::move(*pixels) : Bytes();
}

}  // namespace lucid::test
