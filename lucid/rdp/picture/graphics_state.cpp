// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/graphics_pipeline.hpp>

// The pipeline's whole state as bytes, and back.

namespace lucid::rdp::picture {
namespace {

/// Larger than any codec's state.
constexpr std::size_t codec_state_bytes_max = std::size_t{512} << 20;

template <class Codec>
void save_codec(StateWriter& w, const Codec& codec) {
    Bytes state;
    std::vector<std::size_t> cuts;
    if constexpr (requires { codec.save(state, &cuts); })
        codec.save(state, &cuts);
    else
        codec.save(state);
    w.sized_pages(state, cuts);
}

template <class Codec>
Result<void> restore_codec(StateReader& r, Codec& codec) {
    LUCID_TRY(const auto state, r.sized_pages(codec_state_bytes_max, "codec state"));
    return codec.restore(state);
}

Result<bool> take_flag(Reader& r, const char* field) {
    LUCID_TRY(const auto value, r.u8(field));
    if (value > 1) return fail(Errc::bad_value, field, value);
    return value == 1;
}

}  // namespace

Result<void> GraphicsPipeline::save_surface(StateWriter& state, const Surface& s) const {
    s.pixels.save(state);
    auto& w = state.fields();
    w.u8(s.mapped ? 1 : 0).u32_le(s.origin_x).u32_le(s.origin_y);
    w.u32_le(s.target_width).u32_le(s.target_height);
    w.u16_le(static_cast<std::uint16_t>(s.damage.rects().size()));
    for (const auto& rect : s.damage.rects())
        w.u32_le(rect.x).u32_le(rect.y).u32_le(rect.width).u32_le(rect.height);
    w.u8(s.avc ? 1 : 0);
    if (s.avc) LUCID_CHECK(s.avc->save(state));
    return {};
}

Result<void> GraphicsPipeline::restore_surface(StateReader& state, Surface& s) {
    LUCID_TRY(s.pixels, PixelBuffer::restore(state, *budget_));
    auto& r = state.fields();
    LUCID_TRY(s.mapped, take_flag(r, "mapped"));
    for (auto* field : {&s.origin_x, &s.origin_y, &s.target_width, &s.target_height}) {
        LUCID_TRY(*field, r.u32_le("surface mapping"));
    }
    if (s.mapped && (s.target_width == 0 || s.target_height == 0))
        return fail(Errc::bad_value, "target size");
    LUCID_TRY(const auto rects, r.u16_le("surface damage"));
    for (unsigned i = 0; i < rects; ++i) {
        codec::Rect rect;
        for (auto* field : {&rect.x, &rect.y, &rect.width, &rect.height}) {
            LUCID_TRY(*field, r.u32_le("surface damage"));
        }
        s.damage.add(rect, s.pixels.bounds());
    }
    LUCID_TRY(const auto has_avc, take_flag(r, "avc"));
    if (!has_avc) return {};
    LUCID_TRY(auto* avc, avc_of(s));
    return avc->restore(state);
}

Result<void> GraphicsPipeline::save(StateWriter& state) const {
    auto& w = state.fields();
    Writer compression;
    zgfx_.save(compression, state.histories());
    state.sized_pages(compression.view());
    w.u16_le(static_cast<std::uint16_t>(surfaces_.size()));
    for (const auto& [id, s] : surfaces_) {
        w.u16_le(id);
        LUCID_CHECK(save_surface(state, s));
    }
    w.u16_le(static_cast<std::uint16_t>(cache_.size()));
    for (const auto& [slot, entry] : cache_) {
        w.u16_le(slot);
        entry.save(state);
    }
    save_codec(state, remotefx_);
    save_codec(state, clear_);
    save_codec(state, progressive_);
    w.u8(in_frame_ ? 1 : 0).u64_le(frames_).u32_le(last_frame_id_);
    return {};
}

Result<void> GraphicsPipeline::restore(StateReader& state) {
    reset();
    auto& r = state.fields();
    LUCID_TRY(const auto compression, state.sized_pages(bulk::zgfx_history_bytes + 64, "ZGFX"));
    Reader history(compression);
    LUCID_CHECK(zgfx_.restore(history));
    LUCID_CHECK(history.finish("ZGFX"));
    LUCID_TRY(const auto surface_count, r.u16_le("surfaces"));
    if (surface_count > egfx_surfaces_max)
        return fail(Errc::limit_exceeded, "surfaces", surface_count);
    for (unsigned i = 0; i < surface_count; ++i) {
        LUCID_TRY(const auto id, r.u16_le("surfaceId"));
        auto& s = surfaces_.insert_or_assign(id, Surface()).first->second;
        LUCID_CHECK(restore_surface(state, s));
    }
    LUCID_TRY(const auto entries, r.u16_le("cache entries"));
    for (unsigned i = 0; i < entries; ++i) {
        LUCID_TRY(const auto slot, r.u16_le("cacheSlot"));
        LUCID_TRY(auto entry, PixelBuffer::restore(state, *budget_));
        cache_.insert_or_assign(slot, std::move(entry));
    }
    LUCID_CHECK(restore_codec(state, remotefx_));
    LUCID_CHECK(restore_codec(state, clear_));
    LUCID_CHECK(restore_codec(state, progressive_));
    LUCID_TRY(in_frame_, take_flag(r, "in frame"));
    LUCID_TRY(frames_, r.u64_le("frames"));
    LUCID_TRY(last_frame_id_, r.u32_le("last frame"));
    return {};
}

}  // namespace lucid::rdp::picture
