// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/pointer.hpp>

namespace lucid::rdp::picture {
namespace {

constexpr std::uint32_t opaque = 0xff000000;
constexpr std::uint32_t black = 0xff000000;
constexpr std::uint32_t white = 0xffffffff;

std::size_t mask_stride(std::size_t width, std::size_t bits_per_pixel) {
    const auto bytes = (width * bits_per_pixel + 7) / 8;
    return (bytes + 1) & ~std::size_t{1};
}

/// Pixels of one row of the XOR mask.
std::uint32_t xor_pixel(ByteView row, std::uint32_t x, unsigned bits_per_pixel,
                        const codec::Palette& palette) {
    const auto byte = [&](std::size_t at) { return std::uint32_t{row[at]}; };
    switch (bits_per_pixel) {
        case 1:
            return (byte(x / 8) >> (7 - x % 8) & 1U) != 0 ? white : black;
        case 8:
            return palette[byte(x)] | opaque;
        case 16: {
            const auto value = byte(2 * x) | byte(2 * x + 1) << 8;
            const auto red = value >> 11 & 0x1f;
            const auto green = value >> 5 & 0x3f;
            const auto blue = value & 0x1f;
            return opaque | (red << 3 | red >> 2) << 16 | (green << 2 | green >> 4) << 8 |
                   (blue << 3 | blue >> 2);
        }
        case 24:
            return opaque | byte(3 * x + 2) << 16 | byte(3 * x + 1) << 8 | byte(3 * x);
        default:
            return byte(4 * x + 3) << 24 | byte(4 * x + 2) << 16 | byte(4 * x + 1) << 8 |
                   byte(4 * x);
    }
}

/// What an AND bit makes of a pixel: set, it keeps the screen (black), or inverts it (white).
std::uint32_t masked(std::uint32_t pixel, bool screen, std::uint32_t x, std::uint32_t y) {
    if (!screen) return pixel;
    if (pixel == black) return 0;
    if (pixel == white) return ((x + y) & 1U) != 0 ? black : white;
    return pixel;
}

}  // namespace

Result<PointerImage> make_pointer_image(const proto::PointerShape& shape,
                                        const codec::Palette& palette, PixelBudget& budget) {
    const unsigned depth = shape.xor_bits_per_pixel;
    if (depth != 1 && depth != 8 && depth != 16 && depth != 24 && depth != 32)
        return fail(Errc::unsupported, "xorBpp", depth);
    const auto xor_stride = mask_stride(shape.width, depth);
    const auto and_stride = mask_stride(shape.width, 1);
    if (shape.xor_mask.size() < xor_stride * shape.height)
        return fail(Errc::bad_length, "lengthXorMask", shape.xor_mask.size());
    // Some hosts leave the AND mask out where alpha says the same.
    const bool has_and = !shape.and_mask.empty();
    if (has_and && shape.and_mask.size() < and_stride * shape.height)
        return fail(Errc::bad_length, "lengthAndMask", shape.and_mask.size());
    PointerImage image;
    LUCID_TRY(image.pixels, PixelBuffer::make(budget, shape.width, shape.height, 0));
    image.hot_x = shape.hot_x;
    image.hot_y = shape.hot_y;
    const auto view = image.pixels.view();
    for (std::uint32_t y = 0; y < view.height(); ++y) {
        // Rows are bottom up, those of monochrome shapes top down.
        const std::size_t row = depth == 1 ? y : shape.height - 1U - y;
        const auto xor_row = shape.xor_mask.subspan(row * xor_stride, xor_stride);
        const auto and_row =
            has_and ? shape.and_mask.subspan(row * and_stride, and_stride) : ByteView();
        for (std::uint32_t x = 0; x < view.width(); ++x) {
            const bool screen = has_and && (and_row[x / 8] >> (7 - x % 8) & 1) != 0;
            const auto pixel = masked(xor_pixel(xor_row, x, depth, palette), screen, x, y);
            for (unsigned i = 0; i < 4; ++i)
                view.row(y)[4 * x + i] = static_cast<std::uint8_t>(pixel >> (8 * i));
        }
    }
    return image;
}

Result<void> Pointer::apply(const proto::PointerUpdate& update, const codec::Palette& palette) {
    if (const auto* position = std::get_if<proto::PointerPosition>(&update)) {
        x_ = position->x;
        y_ = position->y;
        return {};
    }
    ++changes_;
    if (std::holds_alternative<proto::PointerHidden>(update)) {
        kind_ = PointerKind::hidden;
    } else if (std::holds_alternative<proto::PointerDefault>(update)) {
        kind_ = PointerKind::client_default;
    } else if (const auto* cached = std::get_if<proto::PointerCached>(&update)) {
        if (!cache_.contains(cached->cache_index))
            return fail(Errc::not_found, "pointer cacheIndex", cached->cache_index);
        kind_ = PointerKind::shape;
        current_ = cached->cache_index;
    } else {
        const auto& shape = std::get<proto::PointerShape>(update);
        if (shape.cache_index >= pointer_cache_max)
            return fail(Errc::limit_exceeded, "pointer cacheIndex", shape.cache_index);
        LUCID_TRY(auto image, make_pointer_image(shape, palette, *budget_));
        cache_.insert_or_assign(shape.cache_index, std::move(image));
        kind_ = PointerKind::shape;
        current_ = shape.cache_index;
    }
    return {};
}

const PointerImage* Pointer::image() const {
    if (kind_ != PointerKind::shape) return nullptr;
    const auto found = cache_.find(current_);
    return found == cache_.end() ? nullptr : &found->second;
}

void Pointer::reset() {
    cache_.clear();
    kind_ = PointerKind::client_default;
    ++changes_;
}

void Pointer::save(StateWriter& w) const {
    w.fields().u8(static_cast<std::uint8_t>(kind_)).u16_le(current_).u16_le(x_).u16_le(y_);
    w.fields().u16_le(static_cast<std::uint16_t>(cache_.size()));
    for (const auto& [index, image] : cache_) {
        w.fields().u16_le(index).u16_le(image.hot_x).u16_le(image.hot_y);
        image.pixels.save(w);
    }
}

Result<void> Pointer::restore(StateReader& r) {
    cache_.clear();
    LUCID_TRY(const auto kind, r.fields().u8("pointer kind"));
    if (kind > static_cast<std::uint8_t>(PointerKind::shape))
        return fail(Errc::bad_value, "pointer kind", kind);
    kind_ = static_cast<PointerKind>(kind);
    LUCID_TRY(current_, r.fields().u16_le("pointer"));
    LUCID_TRY(x_, r.fields().u16_le("pointer x"));
    LUCID_TRY(y_, r.fields().u16_le("pointer y"));
    LUCID_TRY(const auto count, r.fields().u16_le("pointer cache"));
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto index, r.fields().u16_le("cacheIndex"));
        if (index >= pointer_cache_max) return fail(Errc::limit_exceeded, "cacheIndex", index);
        PointerImage image;
        LUCID_TRY(image.hot_x, r.fields().u16_le("hot x"));
        LUCID_TRY(image.hot_y, r.fields().u16_le("hot y"));
        LUCID_TRY(image.pixels, PixelBuffer::restore(r, *budget_));
        cache_.insert_or_assign(index, std::move(image));
    }
    ++changes_;
    return {};
}

}  // namespace lucid::rdp::picture
