// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// AVC444 and AVC444v2 (MS-RDPEGFX 2.2.4.5, 2.2.4.6; 3.3.8.3.2, 3.3.8.3.3): a 4:4:4 picture sent as
/// two 4:2:0 frames, the main view (luma, averaged chroma) and the auxiliary view (the rest of the
/// chroma). Either may be missing from a message, so the planes are kept.

#include <lucid/rdp/codec/yuv.hpp>

#include <vector>

namespace lucid::rdp::codec {

/// Pixels of one picture; bounds the memory of a combiner to three and a half bytes each.
inline constexpr std::uint64_t avc444_pixels_max = std::uint64_t{8192} * 8192;

enum class Avc444Version : std::uint8_t { v1, v2 };

class Avc444Combiner {
  public:
    /// Forgets the planes; all samples black. Size of the surface.
    Result<void> reset(BitmapSize size);
    [[nodiscard]] BitmapSize size() const { return size_; }

    /// Takes the rectangles of a main view: luma, and chroma for each two by two samples.
    Result<void> take_main(const Yuv420Frame& frame, std::span<const Rect> rects);
    /// Takes the rectangles of an auxiliary view, which completes the chroma of the main view. The
    /// frame should have the coded size (multiples of 16): the last rows of version 1 and the right
    /// half of version 2 lie by it. Samples it does not have stay as they were.
    Result<void> take_auxiliary(const Yuv420Frame& frame, std::span<const Rect> rects,
                                Avc444Version version);
    /// Converts rectangles of the planes to the same rectangles of the target, alpha 0xff.
    void draw(std::span<const Rect> rects, PixelView target) const;

    /// Appends the state as bytes that restore() takes back (three and a half bytes a pixel).
    void save(Bytes& out) const;
    Result<void> restore(ByteView state);

  private:
    struct Chroma {
        Bytes full;  ///< a sample for each pixel
        Bytes main;  ///< of the main view, a sample for two by two pixels
    };

    [[nodiscard]] Rect whole() const { return {0, 0, size_.width, size_.height}; }
    [[nodiscard]] std::size_t half_width() const { return (std::size_t{size_.width} + 1) / 2; }
    void spread(Chroma& chroma, const PlaneView& plane, const Rect& part) const;
    void take_version_1(const Yuv420Frame& frame, const Rect& part);
    void take_version_2(const Yuv420Frame& frame, const Rect& part);
    void restore_even(Chroma& chroma, const Rect& part) const;

    BitmapSize size_;
    Bytes luma_;
    Chroma u_, v_;
};

}  // namespace lucid::rdp::codec
