// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/avc444.hpp>
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/yuv_row.hpp>

#include <algorithm>

namespace lucid::rdp::codec {

namespace {

constexpr std::uint8_t state_version = 1;
constexpr std::uint8_t neutral = 0x80;
constexpr std::uint32_t coded_multiple = 16;

/// What the plane has of a row, from sample `x` on.
ByteView row_from(const PlaneView& plane, std::size_t x, std::size_t y) {
    if (y > plane.bytes.size() / plane.stride) return {};
    ByteView row = plane.bytes.subspan(y * plane.stride);
    row = row.first(std::min(row.size(), plane.stride));
    return row.subspan(std::min(x, row.size()));
}

/// To every `step`-th place of a row from `column` on, for as long as there are samples.
template <std::size_t step>
void put_samples(ByteView from, std::uint8_t* row, std::size_t column, std::size_t count) {
    count = std::min(count, from.size());
    for (std::size_t i = 0; i < count; ++i) row[column + step * i] = from[i];
}

}  // namespace

Result<void> Avc444Combiner::reset(BitmapSize size) {
    if (size.pixels() > avc444_pixels_max)
        return fail(Errc::limit_exceeded, "avc444 picture", size.pixels());
    size_ = size;
    const std::size_t quarter = half_width() * ((std::size_t{size.height} + 1) / 2);
    luma_.assign(size.area(), 0);
    for (auto* chroma : {&u_, &v_}) {
        chroma->full.assign(size.area(), neutral);
        chroma->main.assign(quarter, neutral);
    }
    return {};
}

Result<void> Avc444Combiner::take_main(const Yuv420Frame& frame, std::span<const Rect> rects) {
    LUCID_CHECK(check_frame(frame));
    for (const Rect& rect : rects) {
        const Rect part = intersect(intersect(rect, whole()), {0, 0, frame.width, frame.height});
        for (std::size_t y = part.y; y < std::size_t{part.y} + part.height; ++y)
            std::copy_n(frame.y.bytes.data() + y * frame.y.stride + part.x, part.width,
                        luma_.data() + y * size_.width + part.x);
        spread(u_, frame.u, part);
        spread(v_, frame.v, part);
    }
    return {};
}

void Avc444Combiner::spread(Chroma& chroma, const PlaneView& plane, const Rect& part) const {
    if (part.width == 0) return;
    const std::size_t right = std::size_t{part.x} + part.width;
    const std::size_t first = part.x / 2, end = (right + 1) / 2;
    for (std::size_t y = part.y; y < std::size_t{part.y} + part.height; ++y) {
        const std::uint8_t* from = plane.bytes.data() + y / 2 * plane.stride;
        std::uint8_t* full = chroma.full.data() + y * size_.width;
        std::copy(from + first, from + end, chroma.main.data() + y / 2 * half_width() + first);
        std::size_t x = part.x;
        if (x % 2 == 1) {
            full[x] = from[x / 2];
            ++x;
        }
        for (; x + 1 < right; x += 2) full[x] = full[x + 1] = from[x / 2];
        if (x < right) full[x] = from[x / 2];
    }
}

Result<void> Avc444Combiner::take_auxiliary(const Yuv420Frame& frame, std::span<const Rect> rects,
                                            Avc444Version version) {
    LUCID_CHECK(check_frame(frame));
    for (const Rect& rect : rects) {
        const Rect part = intersect(rect, whole());
        if (version == Avc444Version::v1)
            take_version_1(frame, part);
        else
            take_version_2(frame, part);
        restore_even(u_, part);
        restore_even(v_, part);
    }
    return {};
}

/// MS-RDPEGFX 3.3.8.3.2. Odd rows: luma of the frame, in blocks of sixteen rows eight of U and
/// eight of V. Even rows, odd columns: chroma of the frame.
void Avc444Combiner::take_version_1(const Yuv420Frame& frame, const Rect& part) {
    const std::size_t right = std::size_t{part.x} + part.width;
    const std::size_t half = part.x / 2;  // of the first odd column
    for (std::size_t y = part.y; y < std::size_t{part.y} + part.height; ++y) {
        std::uint8_t* u = u_.full.data() + y * size_.width;
        std::uint8_t* v = v_.full.data() + y * size_.width;
        if (y % 2 == 1) {
            const std::size_t block_row = y / 2 / 8 * 16 + y / 2 % 8;
            put_samples<1>(row_from(frame.y, part.x, block_row), u, part.x, part.width);
            put_samples<1>(row_from(frame.y, part.x, block_row + 8), v, part.x, part.width);
        } else {
            const std::size_t odd = 2 * half + 1;
            put_samples<2>(row_from(frame.u, half, y / 2), u, odd, right / 2 - half);
            put_samples<2>(row_from(frame.v, half, y / 2), v, odd, right / 2 - half);
        }
    }
}

/// MS-RDPEGFX 3.3.8.3.3. Odd columns: luma of the frame, U in the left half and V in the right. Odd
/// rows, even columns: chroma of the frame in the same halves, its U plane the columns divisible by
/// four.
void Avc444Combiner::take_version_2(const Yuv420Frame& frame, const Rect& part) {
    const std::size_t coded_width =
        (std::size_t{frame.width} + coded_multiple - 1) / coded_multiple * coded_multiple;
    const std::size_t right = std::size_t{part.x} + part.width;
    const std::size_t half = part.x / 2;  // of the first odd column
    // Of the first column that four divides, and of the first that lies two behind such a one.
    const std::size_t of_u = (std::size_t{part.x} + 3) / 4;
    const std::size_t of_v = (std::size_t{part.x} + 1) / 4;
    const auto between = [](std::size_t end, std::size_t begin) {
        return end > begin ? end - begin : 0;
    };
    for (std::size_t y = part.y; y < std::size_t{part.y} + part.height; ++y) {
        std::uint8_t* u = u_.full.data() + y * size_.width;
        std::uint8_t* v = v_.full.data() + y * size_.width;
        const std::size_t odd = 2 * half + 1;
        put_samples<2>(row_from(frame.y, half, y), u, odd, right / 2 - half);
        put_samples<2>(row_from(frame.y, coded_width / 2 + half, y), v, odd, right / 2 - half);
        if (y % 2 == 0) continue;
        const auto quarter_rows = [&](const PlaneView& plane, std::size_t first, std::size_t column,
                                      std::size_t count) {
            put_samples<4>(row_from(plane, first, y / 2), u, column, count);
            put_samples<4>(row_from(plane, coded_width / 4 + first, y / 2), v, column, count);
        };
        quarter_rows(frame.u, of_u, 4 * of_u, between((right + 3) / 4, of_u));
        quarter_rows(frame.v, of_v, 4 * of_v + 2, between((right + 1) / 4, of_v));
    }
}

/// The main view has averages of two by two samples; three of them are known now, so is the fourth.
void Avc444Combiner::restore_even(Chroma& chroma, const Rect& part) const {
    const std::size_t right = std::size_t{part.x} + part.width;
    const std::size_t bottom = std::size_t{part.y} + part.height;
    for (std::size_t y = (std::size_t{part.y} + 1) / 2 * 2; y + 1 < bottom; y += 2) {
        std::uint8_t* even = chroma.full.data() + y * size_.width;
        const std::uint8_t* odd = even + size_.width;
        const std::uint8_t* main = chroma.main.data() + y / 2 * half_width();
        for (std::size_t x = (std::size_t{part.x} + 1) / 2 * 2; x + 1 < right; x += 2) {
            const int sample = main[x / 2] * 4 - even[x + 1] - odd[x] - odd[x + 1];
            even[x] = static_cast<std::uint8_t>(std::clamp(sample, 0, 255));
        }
    }
}

void Avc444Combiner::draw(std::span<const Rect> rects, PixelView target) const {
    for (const Rect& rect : rects) {
        const Rect part =
            intersect(intersect(rect, whole()), {0, 0, target.width(), target.height()});
        for (std::uint32_t y = part.y; y < part.y + part.height; ++y) {
            const std::size_t row = std::size_t{y} * size_.width;
            draw_yuv_row<Lanes, 0>(luma_.data() + row, u_.full.data() + row, v_.full.data() + row,
                                   part.x, std::size_t{part.x} + part.width, target.row(y));
        }
    }
}

void Avc444Combiner::save(Bytes& out) const {
    Writer writer;
    writer.u8(state_version).u32_le(size_.width).u32_le(size_.height);
    for (const Bytes* plane : {&luma_, &u_.full, &v_.full, &u_.main, &v_.main})
        writer.bytes(*plane);
    append(out, writer.view());
}

Result<void> Avc444Combiner::restore(ByteView state) {
    Reader reader(state);
    LUCID_TRY(const auto version, reader.u8("avc444 state version"));
    if (version != state_version) return fail(Errc::bad_version, "avc444 state", version);
    BitmapSize size;
    LUCID_TRY(size.width, reader.u32_le("avc444 state width"));
    LUCID_TRY(size.height, reader.u32_le("avc444 state height"));
    if (reader.remaining() < size.pixels()) return fail(Errc::truncated, "avc444 state");
    LUCID_CHECK(reset(size));
    for (Bytes* plane : {&luma_, &u_.full, &v_.full, &u_.main, &v_.main}) {
        LUCID_TRY(const auto bytes, reader.take(plane->size(), "avc444 state plane"));
        std::copy(bytes.begin(), bytes.end(), plane->begin());
    }
    return reader.finish("avc444 state");
}

}  // namespace lucid::rdp::codec
