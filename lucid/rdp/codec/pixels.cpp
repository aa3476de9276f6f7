// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/pixels.hpp>

#include <algorithm>
#include <cstring>

namespace lucid::rdp::codec {

namespace {

/// End of the common part of two spans on one axis; 64 bits hold any sum of two 32-bit numbers.
std::uint64_t common_end(std::uint32_t a, std::uint32_t a_size, std::uint32_t b,
                         std::uint32_t b_size) {
    return std::min(std::uint64_t{a} + a_size, std::uint64_t{b} + b_size);
}

}  // namespace

Rect intersect(const Rect& a, const Rect& b) {
    const auto x = std::max(a.x, b.x);
    const auto y = std::max(a.y, b.y);
    const auto right = common_end(a.x, a.width, b.x, b.width);
    const auto bottom = common_end(a.y, a.height, b.y, b.height);
    if (right <= x || bottom <= y) return {};
    return {x, y, static_cast<std::uint32_t>(right - x), static_cast<std::uint32_t>(bottom - y)};
}

Result<PixelView> PixelView::make(MutableByteView bytes, std::uint32_t width, std::uint32_t height,
                                  std::size_t stride_bytes) {
    if (stride_bytes / pixel_bytes < width) return fail(Errc::bad_value, "pixel stride");
    if (width == 0 || height == 0) return PixelView();
    const std::size_t last_row = std::size_t{width} * pixel_bytes;
    if (bytes.size() < last_row || (bytes.size() - last_row) / stride_bytes < height - 1)
        return fail(Errc::bad_length, "pixel bytes", bytes.size());
    return PixelView(bytes.data(), width, height, stride_bytes);
}

Result<PixelView> PixelView::part(const Rect& rect) const {
    if (rect.x > width_ || rect.width > width_ - rect.x || rect.y > height_ ||
        rect.height > height_ - rect.y)
        return fail(Errc::bad_value, "rectangle outside of the surface");
    return clipped(rect);
}

PixelView PixelView::clipped(const Rect& rect) const {
    const Rect inside = intersect(rect, {0, 0, width_, height_});
    if (inside.empty()) return {};
    return {data_ + inside.y * stride_ + inside.x * pixel_bytes, inside.width, inside.height,
            stride_};
}

void fill(PixelView target, std::uint32_t pixel) {
    for (std::uint32_t y = 0; y < target.height(); ++y) {
        auto* out = target.row(y);
        for (std::uint32_t x = 0; x < target.width(); ++x, out += pixel_bytes)
            std::memcpy(out, &pixel, pixel_bytes);
    }
}

void copy(PixelView from, PixelView to) {
    const auto width = std::min(from.width(), to.width());
    const auto height = std::min(from.height(), to.height());
    for (std::uint32_t y = 0; y < height; ++y)
        std::memcpy(to.row(y), from.row(y), width * pixel_bytes);
}

}  // namespace lucid::rdp::codec
