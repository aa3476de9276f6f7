// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/codec/clear.hpp>
#include <lucid/rdp/codec/clear_caches.hpp>
#include <lucid/rdp/codec/clear_layers.hpp>

#include <cstring>

namespace lucid::rdp::codec {

namespace {

/// Flags of CLEARCODEC_BITMAP_STREAM (MS-RDPEGFX 2.2.4.1).
constexpr std::uint8_t flag_glyph_index = 0x01;
constexpr std::uint8_t flag_glyph_hit = 0x02;
constexpr std::uint8_t flag_cache_reset = 0x04;
constexpr std::size_t composition_header_bytes = 12;

void draw_glyph(std::span<const std::uint32_t> glyph, PixelView target) {
    for (std::uint32_t y = 0; y < target.height(); ++y)
        std::memcpy(target.row(y), glyph.data() + std::size_t{y} * target.width(),
                    target.width() * pixel_bytes);
}

void store_glyph(PixelView target, std::vector<std::uint32_t>& glyph) {
    glyph.resize(std::size_t{target.width()} * target.height());
    for (std::uint32_t y = 0; y < target.height(); ++y)
        std::memcpy(glyph.data() + std::size_t{y} * target.width(), target.row(y),
                    target.width() * pixel_bytes);
}

}  // namespace

ClearDecoder::ClearDecoder() : caches_(std::make_unique<Caches>()) {}
ClearDecoder::~ClearDecoder() = default;
ClearDecoder::ClearDecoder(ClearDecoder&&) noexcept = default;
ClearDecoder& ClearDecoder::operator=(ClearDecoder&&) noexcept = default;

void ClearDecoder::reset() {
    caches_ = std::make_unique<Caches>();
}

Result<void> ClearDecoder::decode(ByteView data, PixelView target) {
    Reader reader(data);
    LUCID_TRY(const auto flags, reader.u8("clear flags"));
    LUCID_TRY(const auto sequence, reader.u8("clear seqNumber"));
    if (caches_->started && sequence != caches_->sequence)
        return fail(Errc::refused, "clear seqNumber", sequence);
    caches_->started = true;
    caches_->sequence = static_cast<std::uint8_t>(sequence + 1);
    if ((flags & flag_cache_reset) != 0) {
        caches_->bars.rewind();
        caches_->short_bars.rewind();
    }
    const bool hit = (flags & flag_glyph_hit) != 0;
    std::vector<std::uint32_t>* glyph = nullptr;
    if ((flags & flag_glyph_index) != 0) {
        LUCID_TRY(const auto index, reader.u16_le("clear glyphIndex"));
        if (index >= clear_glyphs) return fail(Errc::bad_value, "clear glyphIndex", index);
        const std::uint64_t pixels = std::uint64_t{target.width()} * target.height();
        if (pixels > clear_glyph_pixels_max)
            return fail(Errc::limit_exceeded, "clear glyph pixels", pixels);
        glyph = &caches_->glyphs[index];
        if (hit) {
            if (glyph->size() < pixels) return fail(Errc::not_found, "clear glyph", index);
            draw_glyph(*glyph, target);
        }
    } else if (hit) {
        return fail(Errc::bad_value, "clear glyph hit without an index", flags);
    }
    // A hit is all there is to draw.
    if (hit && reader.remaining() < composition_header_bytes) return {};
    LUCID_TRY(const auto residual_bytes, reader.u32_le("clear residualByteCount"));
    LUCID_TRY(const auto bands_bytes, reader.u32_le("clear bandsByteCount"));
    LUCID_TRY(const auto subcodec_bytes, reader.u32_le("clear subcodecByteCount"));
    LUCID_TRY(const auto residual, reader.take(residual_bytes, "clear residual layer"));
    LUCID_TRY(const auto bands, reader.take(bands_bytes, "clear bands layer"));
    LUCID_TRY(const auto subcodecs, reader.take(subcodec_bytes, "clear subcodec layer"));
    if (!residual.empty()) LUCID_CHECK(clear::draw_residual(residual, target));
    if (!bands.empty())
        LUCID_CHECK(clear::draw_bands(bands, caches_->bars, caches_->short_bars, target));
    if (!subcodecs.empty()) LUCID_CHECK(clear::draw_subcodecs(subcodecs, nscodec_, target));
    if (glyph != nullptr && !hit) store_glyph(target, *glyph);
    return {};
}

}  // namespace lucid::rdp::codec
