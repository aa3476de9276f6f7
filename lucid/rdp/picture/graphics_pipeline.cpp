// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/graphics_pipeline.hpp>

#include <algorithm>
#include <cstring>

namespace lucid::rdp::picture {

namespace egfx = proto::channels;

namespace {

constexpr std::uint32_t black = 0xff000000;
constexpr std::uint32_t opaque = 0xff000000;

codec::Rect rect_of(const egfx::EgfxRect& rect) {
    return {rect.left, rect.top, rect.width(), rect.height()};
}

/// Whole pixels; alpha becomes 0xff.
void copy_opaque(ByteView from, std::uint8_t* to) {
    for (std::size_t i = 0; i < from.size(); i += codec::pixel_bytes) {
        std::uint32_t pixel = 0;
        std::memcpy(&pixel, from.data() + i, codec::pixel_bytes);
        pixel |= opaque;
        std::memcpy(to + i, &pixel, codec::pixel_bytes);
    }
}

bool inside(const codec::Rect& rect, const codec::Rect& bounds) {
    return codec::intersect(rect, bounds) == rect;
}

}  // namespace

GraphicsPipeline::GraphicsPipeline(PixelBudget& budget, Screen& screen, MakeAvcDecoder make_avc)
    : budget_(&budget), screen_(&screen), make_avc_(std::move(make_avc)) {}

void GraphicsPipeline::reset() {
    zgfx_ = {};
    surfaces_.clear();
    cache_.clear();
    remotefx_.reset();
    clear_.reset();
    progressive_.reset();
    in_frame_ = false;
}

Result<void> GraphicsPipeline::message(ByteView segmented) {
    ended_frames_.clear();
    LUCID_TRY(const auto plain, zgfx_.decompress(segmented));
    return commands(plain);
}

Result<void> GraphicsPipeline::commands(ByteView plain) {
    egfx::EgfxReader reader(plain);
    Result<void> result;
    for (std::size_t i = 0; !reader.empty(); ++i) {
        if (i == egfx_commands_max) return fail(Errc::limit_exceeded, "egfx commands", i);
        LUCID_TRY(const auto command, reader.next());
        // What cannot be drawn does not keep the frame from its end: the host waits for that.
        if (const auto done = run(command); !done && result) result = done;
        // Drawing outside of a frame is seen at once.
        if (!in_frame_) compose();
    }
    return result;
}

Result<void> GraphicsPipeline::run(const egfx::EgfxCommand& command) {
    return std::visit(
        [this](const auto& c) -> Result<void> {
            if constexpr (requires { this->apply(c); })
                return apply(c);
            else
                return {};
        },
        command);
}

Result<GraphicsPipeline::Surface*> GraphicsPipeline::surface(std::uint16_t id) {
    const auto found = surfaces_.find(id);
    if (found == surfaces_.end()) return fail(Errc::not_found, "surfaceId", id);
    return &found->second;
}

Result<void> GraphicsPipeline::apply(const egfx::CreateSurface& c) {
    if (surfaces_.size() >= egfx_surfaces_max)
        return fail(Errc::limit_exceeded, "surfaces", surfaces_.size());
    surfaces_.erase(c.surface_id);
    Surface surface;
    LUCID_TRY(surface.pixels, PixelBuffer::make(*budget_, c.width, c.height, black));
    surfaces_.insert_or_assign(c.surface_id, std::move(surface));
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::DeleteSurface& c) {
    surfaces_.erase(c.surface_id);
    progressive_.delete_surface(c.surface_id);
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::DeleteEncodingContext& c) {
    progressive_.delete_context({c.surface_id, c.codec_context_id});
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::SolidFill& c) {
    LUCID_TRY(auto* to, surface(c.surface_id));
    for (const auto& rect : c.rects) {
        const auto target = to->pixels.view().clipped(rect_of(rect));
        codec::fill(target, c.pixel | opaque);
        to->damage.add(rect_of(rect), to->pixels.bounds());
    }
    return {};
}

Result<void> GraphicsPipeline::blit(const PixelBuffer& from, codec::Rect source, Surface& to,
                                    std::span<const egfx::EgfxPoint> points) {
    // Source and destination may be one surface and overlap: rows are taken out first.
    Bytes pixels(std::size_t{source.width} * source.height * codec::pixel_bytes);
    if (pixels.empty()) return {};
    const auto row_bytes = source.width * codec::pixel_bytes;
    for (std::uint32_t y = 0; y < source.height; ++y) {
        const auto row = from.row(source.y + y).subspan(source.x * codec::pixel_bytes, row_bytes);
        std::copy(row.begin(), row.end(),
                  pixels.begin() + static_cast<std::ptrdiff_t>(y * row_bytes));
    }
    LUCID_TRY(const auto taken,
              codec::PixelView::make(pixels, source.width, source.height, row_bytes));
    for (const auto& point : points) {
        const codec::Rect rect{point.x, point.y, source.width, source.height};
        codec::copy(taken, to.pixels.view().clipped(rect));
        to.damage.add(rect, to.pixels.bounds());
    }
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::SurfaceToSurface& c) {
    LUCID_TRY(const auto* from, surface(c.source_id));
    LUCID_TRY(auto* to, surface(c.destination_id));
    const auto source = rect_of(c.source);
    if (!inside(source, from->pixels.bounds()))
        return fail(Errc::bad_value, "rectSrc", c.source.right);
    return blit(from->pixels, source, *to, c.destinations);
}

Result<void> GraphicsPipeline::apply(const egfx::SurfaceToCache& c) {
    LUCID_TRY(auto* from, surface(c.surface_id));
    if (c.cache_slot == 0 || c.cache_slot > egfx_cache_slots_max)
        return fail(Errc::bad_value, "cacheSlot", c.cache_slot);
    const auto source = rect_of(c.source);
    LUCID_TRY(const auto part, from->pixels.view().part(source));
    cache_.erase(c.cache_slot);
    LUCID_TRY(auto entry, PixelBuffer::make(*budget_, source.width, source.height, 0));
    codec::copy(part, entry.view());
    cache_.insert_or_assign(c.cache_slot, std::move(entry));
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::CacheToSurface& c) {
    LUCID_TRY(auto* to, surface(c.surface_id));
    const auto entry = cache_.find(c.cache_slot);
    if (entry == cache_.end()) return fail(Errc::not_found, "cacheSlot", c.cache_slot);
    return blit(entry->second, entry->second.bounds(), *to, c.destinations);
}

Result<void> GraphicsPipeline::apply(const egfx::EvictCacheEntry& c) {
    cache_.erase(c.cache_slot);
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::StartFrame&) {
    in_frame_ = true;
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::EndFrame& c) {
    in_frame_ = false;
    ++frames_;
    last_frame_id_ = c.frame_id;
    ended_frames_.push_back(c.frame_id);
    compose();
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::ResetGraphics& c) {
    // Surfaces stay, unmapped; the host deletes those it does not want any more.
    for (auto& [id, s] : surfaces_) s.mapped = false;
    return screen_->resize(c.width, c.height);
}

Result<void> GraphicsPipeline::apply(const egfx::MapSurfaceToOutput& c) {
    LUCID_TRY(auto* s, surface(c.surface_id));
    s->mapped = true;
    s->origin_x = c.origin_x;
    s->origin_y = c.origin_y;
    s->target_width = c.target_width != 0 ? c.target_width : s->pixels.width();
    s->target_height = c.target_height != 0 ? c.target_height : s->pixels.height();
    return {};
}

Result<void> GraphicsPipeline::apply(const egfx::MapSurfaceToWindow& c) {
    // Windows of remote applications are not part of the screen.
    LUCID_TRY(auto* s, surface(c.surface_id));
    s->mapped = false;
    return {};
}

void GraphicsPipeline::compose() {
    for (auto& [id, s] : surfaces_)
        if (s.mapped && !s.damage.empty()) compose(s);
}

void GraphicsPipeline::compose(Surface& s) {
    auto screen = screen_->view();
    const bool scaled = s.target_width != s.pixels.width() || s.target_height != s.pixels.height();
    for (const auto& rect : s.damage.take()) {
        codec::Rect to = rect;
        if (scaled) {
            // Every target pixel that shows a changed source pixel.
            const auto scale = [](std::uint64_t v, std::uint64_t target, std::uint64_t size) {
                return static_cast<std::uint32_t>(v * target / size);
            };
            to.x = scale(rect.x, s.target_width, s.pixels.width());
            to.y = scale(rect.y, s.target_height, s.pixels.height());
            to.width = std::min(s.target_width,
                                scale(rect.x + rect.width + 1, s.target_width, s.pixels.width())) -
                       to.x;
            to.height = std::min(s.target_height, scale(rect.y + rect.height + 1, s.target_height,
                                                        s.pixels.height())) -
                        to.y;
        }
        const codec::Rect on_screen =
            codec::intersect({0, 0, screen.width(), screen.height()},
                             {s.origin_x + to.x, s.origin_y + to.y, to.width, to.height});
        if (on_screen.empty() || s.origin_x > pixel_side_max || s.origin_y > pixel_side_max)
            continue;
        for (std::uint32_t y = on_screen.y; y < on_screen.y + on_screen.height; ++y) {
            const auto source_y =
                std::uint64_t{y - s.origin_y} * s.pixels.height() / s.target_height;
            const auto from = s.pixels.row(static_cast<std::uint32_t>(source_y));
            auto* out = screen.row(y) + on_screen.x * codec::pixel_bytes;
            if (!scaled) {
                copy_opaque(from.subspan((on_screen.x - s.origin_x) * codec::pixel_bytes,
                                         on_screen.width * codec::pixel_bytes),
                            out);
                continue;
            }
            for (std::uint32_t x = on_screen.x; x < on_screen.x + on_screen.width; ++x) {
                const auto source_x =
                    std::uint64_t{x - s.origin_x} * s.pixels.width() / s.target_width;
                copy_opaque(from.subspan(source_x * codec::pixel_bytes, codec::pixel_bytes), out);
                out += codec::pixel_bytes;
            }
        }
        screen_->add_damage(on_screen);
    }
}

}  // namespace lucid::rdp::picture
