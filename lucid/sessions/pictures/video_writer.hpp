// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Video files by FFmpeg: H.264 in MP4 (libx264), VP9 in WebM (libvpx). Frames have times of their
/// own (variable frame rate, milliseconds), no B frames, colours BT.709.

#include <lucid/sessions/pictures/player.hpp>

#include <memory>
#include <string>
#include <vector>

namespace lucid::sessions::pictures {

enum class VideoFormat : std::uint8_t { mp4, webm };

/// Sides of a video; larger screens are scaled down.
inline constexpr std::uint32_t video_side_max = 4096;

class VideoWriter {
  public:
    /// A new file of that size (rounded up to even sides). Errc::unsupported: FFmpeg here has no
    /// such encoder.
    static Result<VideoWriter> create(const std::string& file, VideoFormat format,
                                      std::uint32_t width, std::uint32_t height);
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

/// A piece of a longer video: its times count from `start_ms` of the whole.
struct VideoPart {
    std::string file;
    std::uint64_t start_ms = 0;
};
/// One file from parts of the same encoder settings, without encoding again.
Result<void> join_videos(const std::vector<VideoPart>& parts, const std::string& file,
                         VideoFormat format);

}  // namespace lucid::sessions::pictures
