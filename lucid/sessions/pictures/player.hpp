// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A recording as a picture that moves with time.
///
///   Player player(recording);
///   player.advance(3'000'000);                    // to the third second
///   write_file(encode_png(player.frame()));

#include <lucid/sessions/pictures/stage.hpp>
#include <lucid/sessions/replay/recording.hpp>

namespace lucid::sessions::pictures {

/// What could not be drawn on the way.
struct PlayProblems {
    std::uint64_t count = 0;
    Error first;
    std::uint64_t first_us = 0;
};

/// Borrowed pixels, B G R A, rows of width * 4 bytes.
struct FrameView {
    ByteView pixels;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

class Player {
  public:
    /// `recording` must outlive the player. Its H.264 is decoded by FFmpeg.
    explicit Player(const replay::Recording& recording);

    /// Draws every event up to and including this time. Going back is not possible.
    void advance(std::uint64_t until_us);
    [[nodiscard]] bool done() const { return next_ == recording_->events.size(); }
    /// Of the next event; the end of the recording when done().
    [[nodiscard]] std::uint64_t next_us() const;

    /// The picture now; empty (0 x 0) before the host has said its size.
    [[nodiscard]] FrameView frame() const;
    /// The same with the pointer drawn where the client's mouse was.
    [[nodiscard]] FrameView frame_with_pointer();
    /// True when the picture (or the pointer, `with_pointer`) changed since the last call.
    bool take_changed(bool with_pointer);
    [[nodiscard]] const PlayProblems& problems() const { return problems_; }
    [[nodiscard]] const rdp::picture::Compositor& compositor() const { return stage_.compositor(); }

  private:
    void play(const replay::RecordedEvent& event);
    void draw_pointer();

    const replay::Recording* recording_;
    Stage stage_;
    std::size_t next_ = 0;
    PlayProblems problems_;
    std::uint64_t seen_pointer_ = 0;
    Bytes with_pointer_;
};

}  // namespace lucid::sessions::pictures
