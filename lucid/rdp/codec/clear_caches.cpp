// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/clear_caches.hpp>

namespace lucid::rdp::codec {

namespace {

constexpr std::uint8_t state_version = 1;
/// What a snapshot may be cut between.
constexpr std::size_t bars_together = 64;
constexpr std::size_t glyphs_together = 16;

/// Colours are three bytes: nothing in a cache has alpha.
void write_pixels(Writer& writer, std::span<const std::uint32_t> pixels) {
    for (const auto pixel : pixels)
        writer.u16_le(static_cast<std::uint16_t>(pixel)).u8(static_cast<std::uint8_t>(pixel >> 16));
}
Result<void> read_pixels(Reader& reader, std::span<std::uint32_t> pixels) {
    LUCID_TRY(const auto bytes, reader.take(pixels.size() * 3, "clear state pixels"));
    for (std::size_t i = 0; i < pixels.size(); ++i)
        pixels[i] = 0xff000000U | bytes[3 * i] | std::uint32_t{bytes[3 * i + 1]} << 8 |
                    std::uint32_t{bytes[3 * i + 2]} << 16;
    return {};
}

}  // namespace

std::uint32_t* BarRing::store(std::size_t count) {
    const std::size_t end = (cursor_ + 1) * clear_vbar_pixels_max;
    if (pixels_.size() < end) pixels_.resize(end);
    counts_[cursor_] = static_cast<std::uint8_t>(count);
    std::uint32_t* out = pixels_.data() + cursor_ * clear_vbar_pixels_max;
    cursor_ = (cursor_ + 1) % counts_.size();
    return out;
}

void BarRing::save(Bytes& out, std::vector<std::size_t>* cuts) const {
    Writer writer;
    const auto stored = static_cast<std::uint32_t>(pixels_.size() / clear_vbar_pixels_max);
    writer.u32_le(static_cast<std::uint32_t>(cursor_)).u32_le(stored);
    for (std::uint32_t i = 0; i < stored; ++i) {
        if (cuts != nullptr && i % bars_together == 0)
            cuts->push_back(out.size() + writer.offset());
        writer.u8(counts_[i]);
        write_pixels(writer, at(i));
    }
    append(out, writer.view());
}

Result<void> BarRing::restore(Reader& reader) {
    LUCID_TRY(const auto cursor, reader.u32_le("clear state cursor"));
    LUCID_TRY(const auto stored, reader.u32_le("clear state bars"));
    if (cursor >= counts_.size() || stored > counts_.size() || stored > reader.remaining())
        return fail(Errc::bad_value, "clear state bars", stored);
    pixels_.assign(stored * clear_vbar_pixels_max, 0);
    for (std::uint32_t i = 0; i < stored; ++i) {
        LUCID_TRY(counts_[i], reader.u8("clear state bar"));
        if (counts_[i] > clear_vbar_pixels_max)
            return fail(Errc::bad_value, "clear state bar", counts_[i]);
        LUCID_CHECK(read_pixels(reader, {pixels_.data() + i * clear_vbar_pixels_max, counts_[i]}));
    }
    cursor_ = cursor;
    return {};
}

void ClearDecoder::save(Bytes& out, std::vector<std::size_t>* cuts) const {
    Writer writer;
    writer.u8(state_version).u8(caches_->started ? 1 : 0).u8(caches_->sequence);
    append(out, writer.view());
    caches_->bars.save(out, cuts);
    caches_->short_bars.save(out, cuts);
    writer.clear();
    for (std::size_t i = 0; i < clear_glyphs; ++i) {
        const auto& glyph = caches_->glyphs[i];
        if (cuts != nullptr && i % glyphs_together == 0)
            cuts->push_back(out.size() + writer.offset());
        if (glyph.empty()) continue;
        writer.u16_le(static_cast<std::uint16_t>(i))
            .u16_le(static_cast<std::uint16_t>(glyph.size()));
        write_pixels(writer, glyph);
    }
    append(out, writer.view());
}

Result<void> ClearDecoder::restore(ByteView state) {
    reset();
    auto caches = std::make_unique<Caches>();
    Reader reader(state);
    LUCID_TRY(const auto version, reader.u8("clear state version"));
    if (version != state_version) return fail(Errc::bad_version, "clear state", version);
    LUCID_TRY(const auto started, reader.u8("clear state started"));
    caches->started = started != 0;
    LUCID_TRY(caches->sequence, reader.u8("clear state sequence"));
    LUCID_CHECK(caches->bars.restore(reader));
    LUCID_CHECK(caches->short_bars.restore(reader));
    while (!reader.empty()) {
        LUCID_TRY(const auto index, reader.u16_le("clear state glyph"));
        LUCID_TRY(const auto count, reader.u16_le("clear state glyph pixels"));
        if (index >= clear_glyphs || count > clear_glyph_pixels_max)
            return fail(Errc::bad_value, "clear state glyph", index);
        caches->glyphs[index].resize(count);
        LUCID_CHECK(read_pixels(reader, caches->glyphs[index]));
    }
    caches_ = std::move(caches);
    return {};
}

}  // namespace lucid::rdp::codec
