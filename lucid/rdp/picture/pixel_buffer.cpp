// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/picture/pixel_buffer.hpp>

#include <algorithm>

namespace lucid::rdp::picture {

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

void PixelBuffer::save(Writer& w) const {
    w.u32_le(width_).u32_le(height_).bytes(bytes_);
}

Result<PixelBuffer> PixelBuffer::restore(Reader& r, PixelBudget& budget) {
    LUCID_TRY(const auto width, r.u32_le("width"));
    LUCID_TRY(const auto height, r.u32_le("height"));
    LUCID_TRY(auto buffer, make(budget, width, height, 0));
    LUCID_TRY(const auto bytes, r.take(buffer.bytes_.size(), "pixels"));
    std::copy(bytes.begin(), bytes.end(), buffer.bytes_.begin());
    return buffer;
}

void PixelBuffer::swap(PixelBuffer& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(width_, other.width_);
    std::swap(height_, other.height_);
    std::swap(bytes_, other.bytes_);
}

}  // namespace lucid::rdp::picture
