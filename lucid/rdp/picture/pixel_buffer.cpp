// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/picture/pixel_buffer.hpp>

#include <algorithm>

namespace lucid::rdp::picture {
namespace {

constexpr std::uint32_t tile_side = 64;
static_assert(std::size_t{tile_side} * tile_side * codec::pixel_bytes <= state_page_bytes_max);

}  // namespace

Result<PixelBuffer> PixelBuffer::make(PixelBudget& budget, std::uint32_t width,
                                      std::uint32_t height, std::uint32_t fill) {
    if (width > pixel_side_max || height > pixel_side_max)
        return fail(Errc::limit_exceeded, "picture side", std::max(width, height));
    const auto size = std::size_t{width} * height * codec::pixel_bytes;
    if (size > budget.bytes_max_ - budget.used_)
        return fail(Errc::limit_exceeded, "picture memory", budget.used_ + size);
    PixelBuffer buffer;
    buffer.bytes_.resize(size);
    buffer.width_ = width;
    buffer.height_ = height;
    buffer.budget_ = &budget;
    budget.used_ += size;
    if (fill != 0) codec::fill(buffer.view(), fill);
    return buffer;
}

PixelBuffer::~PixelBuffer() {
    if (budget_ != nullptr) budget_->used_ -= bytes_.size();
}

codec::PixelView PixelBuffer::view() {
    if (bytes_.empty()) return {};
    const auto view = codec::PixelView::make(bytes_, width_, height_, stride());
    LUCID_ASSERT(view);
    return *view;
}

void PixelBuffer::save(StateWriter& w) const {
    w.fields().u32_le(width_).u32_le(height_);
    Bytes tile;
    for (std::uint32_t y = 0; y < height_; y += tile_side)
        for (std::uint32_t x = 0; x < width_; x += tile_side) {
            tile.clear();
            const auto bytes = std::min(tile_side, width_ - x) * codec::pixel_bytes;
            for (std::uint32_t line = y; line < std::min(y + tile_side, height_); ++line)
                append(tile, row(line).subspan(x * codec::pixel_bytes, bytes));
            w.pages(tile);
        }
}

Result<PixelBuffer> PixelBuffer::restore(StateReader& r, PixelBudget& budget) {
    LUCID_TRY(const auto width, r.fields().u32_le("width"));
    LUCID_TRY(const auto height, r.fields().u32_le("height"));
    LUCID_TRY(auto buffer, make(budget, width, height, 0));
    for (std::uint32_t y = 0; y < height; y += tile_side)
        for (std::uint32_t x = 0; x < width; x += tile_side) {
            const auto bytes = std::min(tile_side, width - x) * codec::pixel_bytes;
            const auto end = std::min(y + tile_side, height);
            LUCID_TRY(auto tile, r.pages(bytes * (end - y), "pixels"));
            for (std::uint32_t line = y; line < end; ++line) {
                const auto to = buffer.stride() * line + x * codec::pixel_bytes;
                std::copy_n(tile.begin(), bytes,
                            buffer.bytes_.begin() + static_cast<std::ptrdiff_t>(to));
                tile = tile.subspan(bytes);
            }
        }
    return buffer;
}

void PixelBuffer::swap(PixelBuffer& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(width_, other.width_);
    std::swap(height_, other.height_);
    std::swap(bytes_, other.bytes_);
}

}  // namespace lucid::rdp::picture
