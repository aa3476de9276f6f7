// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Which stretch of a session drew each pixel of the screen last, and so when nothing is left of a
/// stretch: a player that goes to a later moment need not read it.

#include <lucid/rdp/codec/pixels.hpp>
#include <lucid/sessions/format/index.hpp>

#include <vector>

namespace lucid::sessions::pictures {

class Ownership {
  public:
    /// A stretch ends after so long, or so many bytes: about what a segment holds.
    static constexpr std::uint64_t span_us_max = 500'000;
    static constexpr std::uint64_t span_bytes_max = 128 * 1024;

    /// Spans begin anew: a keyframe was taken, whose pixels are nobody's.
    void restart();
    /// An event of the screen at that time; it belongs to the open span or begins one.
    /// `can_be_left_out`: it drew pixels and did nothing else.
    void event(std::uint64_t time_us, std::size_t bytes, bool can_be_left_out, bool pointer);
    /// The screen has that size; a new size is a new picture.
    void resize(std::uint32_t width, std::uint32_t height, std::uint64_t time_us);
    /// The event drew there.
    void drew(const rdp::codec::Rect& rect, std::uint64_t time_us);

    /// Bytes of events of which something is left.
    [[nodiscard]] std::uint64_t bytes_left() const { return bytes_left_; }
    [[nodiscard]] std::uint64_t bytes_all() const { return bytes_all_; }
    /// At most format::index_spans_max, joined where there are more.
    [[nodiscard]] std::vector<format::Span> spans() const;

  private:
    struct Stretch {
        format::Span span;
        std::uint64_t bytes = 0;
        std::uint64_t pixels = 0;  ///< that are this one's
        bool can_be_left_out = true;
        bool over = false;
    };
    void end_open(std::uint64_t time_us);
    void check_over(Stretch& stretch, std::uint64_t time_us);

    std::vector<Stretch> stretches_;
    bool open_ = false;
    std::uint32_t width_ = 0;
    std::uint32_t height_ = 0;
    std::vector<std::uint32_t> owner_;  ///< of each pixel: number of its stretch plus 1; 0: nobody
    std::uint64_t bytes_left_ = 0;
    std::uint64_t bytes_all_ = 0;
};

}  // namespace lucid::sessions::pictures
