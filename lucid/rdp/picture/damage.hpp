// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What changed in a picture: a short list of rectangles that covers every changed pixel. It may
/// cover more: above the limit it becomes its bounding box.

#include <lucid/rdp/codec/pixels.hpp>

#include <vector>

namespace lucid::rdp::picture {

inline constexpr std::size_t damage_rects_max = 256;

class Damage {
  public:
    /// Adds the part of `rect` inside `bounds`.
    void add(const codec::Rect& rect, const codec::Rect& bounds);
    [[nodiscard]] bool empty() const { return rects_.empty(); }
    [[nodiscard]] const std::vector<codec::Rect>& rects() const { return rects_; }
    [[nodiscard]] codec::Rect bounding_box() const;
    /// The list; nothing is left.
    std::vector<codec::Rect> take() {
        exact_ = true;
        return std::exchange(rects_, {});
    }
    /// The list covers what changed and no more.
    [[nodiscard]] bool exact() const { return exact_; }

  private:
    std::vector<codec::Rect> rects_;
    bool exact_ = true;
};

}  // namespace lucid::rdp::picture
