// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/avc444.hpp>
#include <lucid/rdp/codec/yuv_row.hpp>

#include <algorithm>

namespace lucid::rdp::codec {

namespace {

constexpr std::uint8_t state_version = 1;
constexpr std::uint8_t neutral = 0x80;
constexpr std::uint32_t coded_multiple = 16;

/// One sample of a plane that belongs to a frame of so many rows; `false` where there is none.
bool read_sample(const PlaneView& plane, std::size_t x, std::size_t y, std::uint8_t& out) {
    const std::size_t at = y * plane.stride + x;
    if (x >= plane.stride || at >= plane.bytes.size()) return false;
    out = plane.bytes[at];
    return true;
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
    for (std::size_t y = part.y; y < std::size_t{part.y} + part.height; ++y) {
        const std::uint8_t* from = plane.bytes.data() + y / 2 * plane.stride;
        std::uint8_t* full = chroma.full.data() + y * size_.width;
        std::uint8_t* main = chroma.main.data() + y / 2 * half_width();
        for (std::size_t x = part.x; x < std::size_t{part.x} + part.width; ++x) {
            full[x] = from[x / 2];
            main[x / 2] = from[x / 2];
        }
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
    for (std::size_t y = part.y; y < std::size_t{part.y} + part.height; ++y) {
        const std::size_t row = y * size_.width;
        const std::size_t block_row = y / 2 / 8 * 16 + y / 2 % 8;
        for (std::size_t x = part.x; x < std::size_t{part.x} + part.width; ++x) {
            if (y % 2 == 1) {
                (void)read_sample(frame.y, x, block_row, u_.full[row + x]);
                (void)read_sample(frame.y, x, block_row + 8, v_.full[row + x]);
            } else if (x % 2 == 1) {
                (void)read_sample(frame.u, x / 2, y / 2, u_.full[row + x]);
                (void)read_sample(frame.v, x / 2, y / 2, v_.full[row + x]);
            }
        }
    }
}

/// MS-RDPEGFX 3.3.8.3.3. Odd columns: luma of the frame, U in the left half and V in the right. Odd
/// rows, even columns: chroma of the frame in the same halves, its U plane the columns divisible by
/// four.
void Avc444Combiner::take_version_2(const Yuv420Frame& frame, const Rect& part) {
    const std::size_t coded_width =
        (std::size_t{frame.width} + coded_multiple - 1) / coded_multiple * coded_multiple;
    for (std::size_t y = part.y; y < std::size_t{part.y} + part.height; ++y) {
        const std::size_t row = y * size_.width;
        for (std::size_t x = part.x; x < std::size_t{part.x} + part.width; ++x) {
            if (x % 2 == 1) {
                (void)read_sample(frame.y, x / 2, y, u_.full[row + x]);
                (void)read_sample(frame.y, coded_width / 2 + x / 2, y, v_.full[row + x]);
            } else if (y % 2 == 1) {
                const PlaneView& plane = x % 4 == 0 ? frame.u : frame.v;
                (void)read_sample(plane, x / 4, y / 2, u_.full[row + x]);
                (void)read_sample(plane, coded_width / 4 + x / 4, y / 2, v_.full[row + x]);
            }
        }
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
            draw_yuv_row<0>(luma_.data() + row, u_.full.data() + row, v_.full.data() + row, part.x,
                            std::size_t{part.x} + part.width, target.row(y));
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
