// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A recording's pictures as files.

#include <lucid/sessions/pictures/video_writer.hpp>

#include <functional>
#include <string>

namespace lucid::sessions::pictures {

struct ExportOptions {
    /// Draw the pointer where the client's mouse was.
    bool with_pointer = false;
    /// Told now and then: played so far, and in all.
    std::function<void(std::uint64_t done_us, std::uint64_t total_us)> progress;
};

struct ExportReport {
    std::uint64_t pictures = 0;  ///< written now
    std::uint64_t kept = 0;      ///< there already from an export that was broken off
    PlayProblems problems;
};

/// The picture of that moment as PNG, written atomically. Errc::not_found: nothing was painted yet.
Result<ExportReport> export_png(const replay::Recording& recording, std::uint64_t at_us,
                                const std::string& file, const ExportOptions& options);

/// Where the picture has changed since the file before it, a PNG every `every_us`; named by
/// milliseconds: 000012500.png. Files that are there already are kept: the same command goes on
/// with an export that was broken off.
Result<ExportReport> export_frames(const replay::Recording& recording, std::uint64_t every_us,
                                   const std::string& directory, const ExportOptions& options);

/// How long a part of a video is: what an export that is broken off loses at most.
inline constexpr std::uint64_t video_part_us = 60'000'000;

/// The whole recording as one video: a frame where the picture changed, at most
/// `frames_per_second`. Parts lie in `file`.parts while it runs; the same command goes on with
/// them. The video has the size of the first picture. `pictures`: frames encoded now; `kept`:
/// parts.
Result<ExportReport> export_video(const replay::Recording& recording, VideoFormat format,
                                  double frames_per_second, const std::string& file,
                                  const ExportOptions& options);

}  // namespace lucid::sessions::pictures
