// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/damage.hpp>

#include <algorithm>

namespace lucid::rdp::picture {
namespace {

bool holds(const codec::Rect& outer, const codec::Rect& inner) {
    return codec::intersect(outer, inner) == inner;
}

}  // namespace

void Damage::add(const codec::Rect& rect, const codec::Rect& bounds) {
    const auto part = codec::intersect(rect, bounds);
    if (part.empty()) return;
    if (std::any_of(rects_.begin(), rects_.end(), [&](const auto& r) { return holds(r, part); }))
        return;
    std::erase_if(rects_, [&](const auto& r) { return holds(part, r); });
    rects_.push_back(part);
    if (rects_.size() <= damage_rects_max) return;
    rects_ = {bounding_box()};
    exact_ = false;
}

codec::Rect Damage::bounding_box() const {
    if (rects_.empty()) return {};
    auto left = rects_[0].x;
    auto top = rects_[0].y;
    auto right = left;
    auto bottom = top;
    for (const auto& rect : rects_) {
        left = std::min(left, rect.x);
        top = std::min(top, rect.y);
        right = std::max(right, rect.x + rect.width);
        bottom = std::max(bottom, rect.y + rect.height);
    }
    return {left, top, right - left, bottom - top};
}

}  // namespace lucid::rdp::picture
