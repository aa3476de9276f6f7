// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Video files by FFmpeg: H.264 in MP4 (libx264), VP9 in WebM (libvpx). Frames have times of their
/// own (variable frame rate, milliseconds), no B frames, colours BT.709.

#include <lucid/sessions/pictures/player.hpp>
#include <lucid/sessions/replay/export_files.hpp>

#include <memory>

namespace lucid::sessions::pictures {

enum class VideoFormat : std::uint8_t { mp4, webm };

/// Sides of a video; larger screens are scaled down.
inline constexpr std::uint32_t video_side_max = 4096;

class VideoWriter {
  public:
    /// A video of that size (rounded up to even sides) in a new file, open to write and read.
    /// Errc::unsupported: FFmpeg here has no such encoder.
    static Result<VideoWriter> create(core::net::Fd file, VideoFormat format, std::uint32_t width,
                                      std::uint32_t height);
    VideoWriter(VideoWriter&&) noexcept;
    VideoWriter& operator=(VideoWriter&&) noexcept;
    ~VideoWriter();

    /// `time_ms` grows from call to call. A frame of another size is scaled to fit, with black
    /// beside it.
    Result<void> add(const FrameView& frame, std::uint64_t time_ms);
    /// Writes what the encoder still holds and the end of the file.
    Result<void> finish();

  private:
    struct State;
    explicit VideoWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// How long a part of a video is: what an export that is broken off loses at most.
inline constexpr std::uint64_t video_part_us = 60'000'000;

/// One video in `file` from the first `parts` parts, which have the same encoder settings, without
/// encoding again. Their times count from video_part_us times their number.
Result<void> join_videos(replay::ExportFiles& files, std::uint64_t parts, int file,
                         VideoFormat format);

}  // namespace lucid::sessions::pictures
