// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/progressive_context.hpp>
#include <lucid/rdp/codec/progressive_region.hpp>
#include <lucid/rdp/codec/tile_clip.hpp>

namespace lucid::rdp::codec {

namespace {

/// Block types (MS-RDPEGFX 2.2.4.2.1) and constants of their fields.
constexpr std::uint16_t wbt_sync = 0xccc0;
constexpr std::uint16_t wbt_frame_begin = 0xccc1;
constexpr std::uint16_t wbt_frame_end = 0xccc2;
constexpr std::uint16_t wbt_context = 0xccc3;
constexpr std::uint16_t wbt_region = 0xccc4;
constexpr std::uint32_t sync_magic = 0xcaccacca;
constexpr std::uint16_t sync_version = 0x0100;

Result<void> check_sync(ByteView body) {
    Reader reader(body);
    LUCID_TRY(const auto magic, reader.u32_le("progressive magic"));
    LUCID_TRY(const auto version, reader.u16_le("progressive version"));
    if (magic != sync_magic) return fail(Errc::bad_magic, "progressive magic", magic);
    if (version != sync_version) return fail(Errc::bad_version, "progressive version", version);
    return reader.finish("progressive sync");
}

Result<void> check_context(ByteView body) {
    Reader reader(body);
    LUCID_CHECK(reader.skip(1, "progressive ctxId"));
    LUCID_TRY(const auto tile_size, reader.u16_le("progressive tileSize"));
    LUCID_CHECK(reader.skip(1, "progressive context flags"));
    if (tile_size != tile_side) return fail(Errc::bad_value, "progressive tileSize", tile_size);
    return reader.finish("progressive context");
}

Result<void> apply(const ProgressiveRegion& region, const ProgressiveTileBlock& block,
                   ProgressiveTile& tile) {
    LUCID_TRY(const auto quantizers, region.quantizers_of(block.quantizers, block.quality));
    if (block.type == wbt_tile_upgrade) {
        UpgradePass pass;
        pass.quantizers = quantizers;
        pass.extrapolate = region.extrapolate;
        std::copy_n(block.data, tile_components, pass.srl);
        std::copy_n(block.raw, tile_components, pass.raw);
        return apply_upgrade_pass(pass, tile);
    }
    FirstPass pass;
    pass.quantizers = quantizers;
    pass.extrapolate = region.extrapolate;
    pass.difference = block.difference;
    pass.full_quality = block.quality == full_quality;
    std::copy_n(block.data, tile_components, pass.data);
    apply_first_pass(pass, tile);
    return {};
}

}  // namespace

ProgressiveDecoder::ProgressiveDecoder(std::size_t tiles_max) : tiles_max_(tiles_max) {}
ProgressiveDecoder::~ProgressiveDecoder() = default;
ProgressiveDecoder::ProgressiveDecoder(ProgressiveDecoder&&) noexcept = default;
ProgressiveDecoder& ProgressiveDecoder::operator=(ProgressiveDecoder&&) noexcept = default;

Result<void> ProgressiveDecoder::decode(ContextKey key, ByteView data, PixelView surface,
                                        std::vector<Rect>& damage) {
    if (contexts_.find(key) == contexts_.end()) {
        if (contexts_.size() >= progressive_contexts_max)
            return fail(Errc::limit_exceeded, "progressive contexts", contexts_.size());
        contexts_.emplace(key, std::make_unique<Context>());
    }
    Context& context = *contexts_.find(key)->second;
    Reader reader(data);
    bool in_frame = false;
    while (!reader.empty()) {
        LUCID_TRY(const auto block, read_progressive_block(reader));
        switch (block.type) {
            case wbt_sync:
                LUCID_CHECK(check_sync(block.body));
                break;
            case wbt_context:
                LUCID_CHECK(check_context(block.body));
                break;
            case wbt_frame_begin:
                if (in_frame) return fail(Errc::refused, "progressive frame inside a frame");
                in_frame = true;
                break;
            case wbt_frame_end:
                in_frame = false;
                break;
            case wbt_region:
                if (!in_frame) return fail(Errc::refused, "progressive region outside of a frame");
                LUCID_CHECK(region(context, block.body, surface, damage));
                break;
            default:
                return fail(Errc::bad_value, "progressive blockType", block.type);
        }
    }
    return {};
}

Result<void> ProgressiveDecoder::region(Context& context, ByteView body, PixelView surface,
                                        std::vector<Rect>& damage) {
    LUCID_TRY(auto region, read_progressive_region(body));
    for (Rect& rect : region.rects) {
        rect = intersect(rect, {0, 0, surface.width(), surface.height()});
        if (!rect.empty()) damage.push_back(rect);
    }
    Reader reader(region.tile_data);
    std::uint32_t count = 0;
    for (; !reader.empty(); ++count) {
        LUCID_TRY(const auto block, read_progressive_block(reader));
        if (block.type < wbt_tile_simple || block.type > wbt_tile_upgrade)
            return fail(Errc::bad_value, "progressive tile", block.type);
        LUCID_TRY(const auto coded, read_progressive_tile(block.type, block.body));
        const Point at{coded.column * tile_side, coded.row * tile_side};
        if (at.x >= surface.width() || at.y >= surface.height())
            return fail(Errc::bad_value, "progressive tile outside of the surface", coded.column);
        LUCID_TRY(ProgressiveTile * tile,
                  tile_at(context, std::uint32_t{coded.row} << 16 | coded.column));
        LUCID_CHECK(apply(region, coded, *tile));
        draw_tile(at, region.rects, surface, [&](std::uint8_t* out, std::size_t stride) {
            draw_progressive_tile(*tile, out, stride);
        });
    }
    if (count != region.tiles) return fail(Errc::bad_length, "progressive numTiles", count);
    return {};
}

Result<ProgressiveTile*> ProgressiveDecoder::tile_at(Context& context, std::uint32_t place) {
    const auto found = context.tiles.find(place);
    if (found != context.tiles.end()) return found->second.get();
    if (tiles_ >= tiles_max_) return fail(Errc::limit_exceeded, "progressive tiles", tiles_);
    ++tiles_;
    return context.tiles.emplace(place, std::make_unique<ProgressiveTile>()).first->second.get();
}

void ProgressiveDecoder::delete_context(ContextKey key) {
    const auto found = contexts_.find(key);
    if (found == contexts_.end()) return;
    tiles_ -= found->second->tiles.size();
    contexts_.erase(found);
}

void ProgressiveDecoder::delete_surface(std::uint16_t surface_id) {
    auto at = contexts_.lower_bound({surface_id, 0});
    while (at != contexts_.end() && at->first.surface_id == surface_id) {
        tiles_ -= at->second->tiles.size();
        at = contexts_.erase(at);
    }
}

void ProgressiveDecoder::reset() {
    contexts_.clear();
    tiles_ = 0;
}

}  // namespace lucid::rdp::codec
