// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/alpha.hpp>
#include <lucid/rdp/codec/uncompressed.hpp>
#include <lucid/rdp/picture/graphics_pipeline.hpp>

#include <algorithm>

// WIRE_TO_SURFACE by codec (MS-RDPEGFX 3.3.5.1, 3.3.5.2).

namespace lucid::rdp::picture {

namespace egfx = proto::channels;
using egfx::EgfxCodec;

Result<void> GraphicsPipeline::apply(const egfx::WireToSurface1& c) {
    LUCID_TRY(auto* to, surface(c.surface_id));
    switch (c.codec) {
        case EgfxCodec::avc420:
        case EgfxCodec::avc444:
        case EgfxCodec::avc444v2:
            return draw_avc(*to, c);
        case EgfxCodec::cavideo: {
            std::vector<codec::Rect> drawn;
            const auto decoded = remotefx_.decode(c.bitmap_data, to->pixels.view(),
                                                  {c.destination.left, c.destination.top}, drawn);
            for (const auto& rect : drawn) to->damage.add(rect, to->pixels.bounds());
            return decoded;
        }
        case EgfxCodec::caprogressive:
            return fail(Errc::bad_value, "progressive codec in WIRE_TO_SURFACE_1");
        default:
            return draw_bitmap(*to, c);
    }
}

Result<void> GraphicsPipeline::draw_bitmap(Surface& to, const egfx::WireToSurface1& c) {
    const codec::Rect rect{c.destination.left, c.destination.top, c.destination.width(),
                           c.destination.height()};
    const codec::BitmapSize size{rect.width, rect.height};
    LUCID_TRY(const auto target, to.pixels.view().part(rect));
    switch (c.codec) {
        case EgfxCodec::uncompressed: {
            const codec::RawLayout layout{c.pixel_format == egfx::EgfxPixelFormat::argb_8888
                                              ? codec::PixelFormat::bgra32
                                              : codec::PixelFormat::bgrx32,
                                          codec::RowOrder::top_down, 1};
            LUCID_CHECK(codec::decode_uncompressed(c.bitmap_data, layout, size, {}, target));
            break;
        }
        case EgfxCodec::planar:
            LUCID_CHECK(planar_.decode(c.bitmap_data, size, codec::RowOrder::top_down, target));
            break;
        case EgfxCodec::clearcodec:
            LUCID_CHECK(clear_.decode(c.bitmap_data, target));
            break;
        case EgfxCodec::alpha:
            LUCID_CHECK(codec::decode_alpha(c.bitmap_data, target));
            break;
        default:
            return fail(Errc::unsupported, "codecId", static_cast<std::uint16_t>(c.codec));
    }
    to.damage.add(rect, to.pixels.bounds());
    return {};
}

Result<AvcSurface*> GraphicsPipeline::avc_of(Surface& to) {
    if (to.avc) return to.avc.get();
    if (!make_avc_) return fail(Errc::unsupported, "H.264: no decoder is given");
    const auto used = std::count_if(surfaces_.begin(), surfaces_.end(),
                                    [](const auto& s) { return s.second.avc != nullptr; });
    if (static_cast<std::size_t>(used) >= avc_surfaces_max)
        return fail(Errc::limit_exceeded, "H.264 decoders", avc_surfaces_max);
    LUCID_TRY(auto decoder, make_avc_());
    to.avc = std::make_unique<AvcSurface>(std::move(decoder));
    return to.avc.get();
}

Result<void> GraphicsPipeline::draw_avc(Surface& to, const egfx::WireToSurface1& c) {
    LUCID_TRY(auto* avc, avc_of(to));
    std::vector<codec::Rect> drawn;
    const auto draw = [&]() -> Result<void> {
        if (c.codec == EgfxCodec::avc420) {
            LUCID_TRY(const auto stream, egfx::decode_avc420_stream(c.bitmap_data));
            return avc->draw_420(stream, to.pixels.view(), drawn);
        }
        LUCID_TRY(const auto stream, egfx::decode_avc444_stream(c.bitmap_data));
        const auto version =
            c.codec == EgfxCodec::avc444 ? codec::Avc444Version::v1 : codec::Avc444Version::v2;
        return avc->draw_444(stream, version, to.pixels.view(), drawn);
    };
    const auto result = draw();
    for (const auto& rect : drawn) to.damage.add(rect, to.pixels.bounds());
    return result;
}

Result<void> GraphicsPipeline::apply(const egfx::WireToSurface2& c) {
    LUCID_TRY(auto* to, surface(c.surface_id));
    if (c.codec != EgfxCodec::caprogressive)
        return fail(Errc::unsupported, "codecId", static_cast<std::uint16_t>(c.codec));
    std::vector<codec::Rect> drawn;
    const auto decoded = progressive_.decode({c.surface_id, c.codec_context_id}, c.bitmap_data,
                                             to->pixels.view(), drawn);
    for (const auto& rect : drawn) to->damage.add(rect, to->pixels.bounds());
    return decoded;
}

}  // namespace lucid::rdp::picture
