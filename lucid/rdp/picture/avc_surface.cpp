// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/avc_surface.hpp>
#include <lucid/rdp/picture/pixel_buffer.hpp>

namespace lucid::rdp::picture {
namespace {

constexpr std::uint8_t nal_type_idr = 5;

std::vector<codec::Rect> rects_of(const proto::channels::Avc420Stream& stream) {
    std::vector<codec::Rect> rects;
    rects.reserve(stream.regions.size());
    for (const auto& region : stream.regions)
        rects.push_back({region.left, region.top, region.width(), region.height()});
    return rects;
}

}  // namespace

bool has_idr(ByteView annex_b) {
    for (std::size_t i = 0; i + 3 < annex_b.size(); ++i) {
        if (annex_b[i] != 0 || annex_b[i + 1] != 0 || annex_b[i + 2] != 1) continue;
        if ((annex_b[i + 3] & 0x1f) == nal_type_idr) return true;
        i += 2;
    }
    return false;
}

Result<codec::Yuv420Frame> AvcSurface::decode(ByteView access_unit) {
    if (has_idr(access_unit)) {
        history_.clear();
        history_complete_ = true;
    }
    if (history_.size() + access_unit.size() + 4 > avc_history_bytes_max) {
        history_.clear();
        history_complete_ = false;
    }
    if (history_complete_) {
        for (int i = 0; i < 4; ++i)
            history_.push_back(static_cast<std::uint8_t>(access_unit.size() >> (8 * i)));
        append(history_, access_unit);
    }
    return decoder_->decode(access_unit);
}

Result<void> AvcSurface::draw_420(const proto::channels::Avc420Stream& stream,
                                  codec::PixelView surface, std::vector<codec::Rect>& damage) {
    LUCID_TRY(const auto frame, decode(stream.h264));
    for (const auto& rect : rects_of(stream)) {
        LUCID_CHECK(codec::draw_yuv420(frame, rect, surface));
        damage.push_back(rect);
    }
    return {};
}

Result<void> AvcSurface::draw_444(const proto::channels::Avc444Stream& stream,
                                  codec::Avc444Version version, codec::PixelView surface,
                                  std::vector<codec::Rect>& damage) {
    if (planes_.size().width != surface.width() || planes_.size().height != surface.height())
        LUCID_CHECK(planes_.reset({surface.width(), surface.height()}));
    // The auxiliary view completes what the main view of the same message has put down.
    std::vector<codec::Rect> drawn;
    if (stream.main) {
        LUCID_TRY(const auto frame, decode(stream.main->h264));
        const auto rects = rects_of(*stream.main);
        LUCID_CHECK(planes_.take_main(frame, rects));
        drawn.insert(drawn.end(), rects.begin(), rects.end());
    }
    if (stream.auxiliary) {
        LUCID_TRY(const auto frame, decode(stream.auxiliary->h264));
        const auto rects = rects_of(*stream.auxiliary);
        LUCID_CHECK(planes_.take_auxiliary(frame, rects, version));
        drawn.insert(drawn.end(), rects.begin(), rects.end());
    }
    planes_.draw(drawn, surface);
    damage.insert(damage.end(), drawn.begin(), drawn.end());
    return {};
}

Result<void> AvcSurface::save(StateWriter& w) const {
    if (!history_complete_) return fail(Errc::limit_exceeded, "H.264 since the last IDR picture");
    Bytes planes;
    if (planes_.size().pixels() > 0) planes_.save(planes);
    w.sized_pages(planes);
    w.sized_pages(history_);
    return {};
}

Result<void> AvcSurface::restore(StateReader& r) {
    LUCID_TRY(const auto planes, r.sized_pages(pixel_memory_max, "AVC444 planes"));
    if (!planes.empty()) LUCID_CHECK(planes_.restore(planes));
    LUCID_TRY(const auto history, r.sized_pages(avc_history_bytes_max, "H.264 history"));
    Reader units(history);
    while (!units.empty()) {
        LUCID_TRY(const auto length, units.u32_le("access unit"));
        LUCID_TRY(const auto unit, units.take(length, "access unit"));
        // A unit that was no picture then is none now.
        (void)decoder_->decode(unit);
    }
    history_ = to_bytes(history);
    history_complete_ = true;
    return {};
}

}  // namespace lucid::rdp::picture
