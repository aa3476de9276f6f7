// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/yuv.hpp>
#include <lucid/rdp/codec/yuv_row.hpp>

namespace lucid::rdp::codec {

namespace {

Result<void> check_plane(const PlaneView& plane, std::size_t width, std::size_t height) {
    if (plane.stride < width) return fail(Errc::bad_value, "yuv stride", plane.stride);
    if (plane.bytes.size() < width || (plane.bytes.size() - width) / plane.stride < height - 1)
        return fail(Errc::bad_length, "yuv plane", plane.bytes.size());
    return {};
}

}  // namespace

Result<void> check_frame(const Yuv420Frame& frame) {
    if (frame.width == 0 || frame.height == 0) return fail(Errc::bad_value, "yuv frame size");
    const std::size_t width = (std::size_t{frame.width} + 1) / 2;
    const std::size_t height = (std::size_t{frame.height} + 1) / 2;
    LUCID_CHECK(check_plane(frame.y, frame.width, frame.height));
    LUCID_CHECK(check_plane(frame.u, width, height));
    return check_plane(frame.v, width, height);
}

Result<void> draw_yuv420(const Yuv420Frame& frame, const Rect& rect, PixelView target) {
    LUCID_CHECK(check_frame(frame));
    const Rect part = intersect(intersect(rect, {0, 0, frame.width, frame.height}),
                                {0, 0, target.width(), target.height()});
    for (std::uint32_t y = part.y; y < part.y + part.height; ++y)
        draw_yuv_row<Lanes, 1>(frame.y.bytes.data() + y * frame.y.stride,
                               frame.u.bytes.data() + y / 2 * frame.u.stride,
                               frame.v.bytes.data() + y / 2 * frame.v.stride, part.x,
                               std::size_t{part.x} + part.width, target.row(y));
    return {};
}

}  // namespace lucid::rdp::codec
