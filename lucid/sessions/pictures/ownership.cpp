// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/ownership.hpp>

#include <algorithm>

namespace lucid::sessions::pictures {

void Ownership::restart() {
    stretches_.clear();
    open_ = false;
    std::fill(owner_.begin(), owner_.end(), 0);
    bytes_left_ = bytes_all_ = 0;
}

void Ownership::check_over(Stretch& stretch, std::uint64_t time_us) {
    if (stretch.over || stretch.pixels > 0 || !stretch.can_be_left_out) return;
    stretch.over = true;
    stretch.span.over_us = std::max(time_us, stretch.span.last_us);
    bytes_left_ -= stretch.bytes;
}

void Ownership::end_open(std::uint64_t time_us) {
    if (open_) check_over(stretches_.back(), time_us);
    open_ = false;
}

void Ownership::event(std::uint64_t time_us, std::size_t bytes, bool can_be_left_out,
                      bool pointer) {
    if (open_) {
        const auto& last = stretches_.back();
        // What cannot be left out keeps no neighbour that can.
        if (time_us > last.span.first_us + span_us_max || last.bytes + bytes > span_bytes_max ||
            last.can_be_left_out != can_be_left_out)
            end_open(time_us);
    }
    if (!open_) {
        Stretch stretch;
        stretch.span.first_us = time_us;
        stretches_.push_back(stretch);
        open_ = true;
    }
    auto& stretch = stretches_.back();
    stretch.span.last_us = time_us;
    stretch.span.pointer = stretch.span.pointer || pointer;
    stretch.can_be_left_out = stretch.can_be_left_out && can_be_left_out;
    stretch.bytes += bytes;
    bytes_left_ += bytes;
    bytes_all_ += bytes;
}

void Ownership::resize(std::uint32_t width, std::uint32_t height, std::uint64_t time_us) {
    if (width == width_ && height == height_) return;
    width_ = width;
    height_ = height;
    owner_.assign(std::size_t{width} * height, 0);
    for (auto& stretch : stretches_) {
        stretch.pixels = 0;
        if (!open_ || &stretch != &stretches_.back()) check_over(stretch, time_us);
    }
}

void Ownership::drew(const rdp::codec::Rect& rect, std::uint64_t time_us) {
    if (stretches_.empty()) return;
    const auto part = rdp::codec::intersect(rect, {0, 0, width_, height_});
    const auto self = static_cast<std::uint32_t>(stretches_.size());
    for (std::uint32_t y = part.y; y < part.y + part.height; ++y) {
        auto* pixel = owner_.data() + std::size_t{y} * width_ + part.x;
        const auto* end = pixel + part.width;
        while (pixel != end) {
            // Neighbours mostly have one owner.
            const auto before = *pixel;
            const auto* first = pixel;
            while (pixel != end && *pixel == before) *pixel++ = self;
            const auto count = static_cast<std::uint64_t>(pixel - first);
            if (before == self) continue;
            stretches_.back().pixels += count;
            if (before == 0) continue;
            auto& stretch = stretches_[before - 1];
            stretch.pixels -= count;
            check_over(stretch, time_us);
        }
    }
}

std::vector<format::Span> Ownership::spans() const {
    std::vector<format::Span> spans;
    const auto together =
        (stretches_.size() + format::index_spans_max - 1) / format::index_spans_max;
    for (std::size_t i = 0; i < stretches_.size(); ++i) {
        const auto& next = stretches_[i].span;
        if (i % together == 0) {
            spans.push_back(next);
            continue;
        }
        auto& span = spans.back();
        span.last_us = next.last_us;
        span.pointer = span.pointer || next.pointer;
        if (span.over_us && next.over_us)
            span.over_us = std::max(*span.over_us, *next.over_us);
        else
            span.over_us.reset();
    }
    // A span may be over before the last event of one it was joined with.
    for (auto& span : spans)
        if (span.over_us) span.over_us = std::max(*span.over_us, span.last_us);
    return spans;
}

}  // namespace lucid::sessions::pictures
