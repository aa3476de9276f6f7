// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A recording's pictures as files, which the caller opens (replay/export_files.hpp): drawing goes
/// on in a jail.

#include <lucid/sessions/pictures/video_writer.hpp>

#include <functional>

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

/// The picture of that moment as PNG. Errc::not_found: nothing was painted yet.
Result<ExportReport> export_png(const replay::Recording& recording, std::uint64_t at_us,
                                replay::ExportFiles& files, const ExportOptions& options);

/// A small picture of the middle of the session as PNG.
Result<ExportReport> export_thumbnail(const replay::Recording& recording, std::uint32_t side_max,
                                      replay::ExportFiles& files);

/// Where the picture has changed since the file before it, a PNG every `every_us`. Files that are
/// there already are kept: the same order goes on with an export that was broken off.
Result<ExportReport> export_frames(const replay::Recording& recording, std::uint64_t every_us,
                                   replay::ExportFiles& files, const ExportOptions& options);

/// The whole recording as one video: a frame where the picture changed, at most
/// `frames_per_second`. It is made in parts; the same order goes on with those that are there. The
/// video has the size of the first picture. `pictures`: frames encoded now; `kept`: parts.
Result<ExportReport> export_video(const replay::Recording& recording, VideoFormat format,
                                  double frames_per_second, replay::ExportFiles& files,
                                  const ExportOptions& options);

}  // namespace lucid::sessions::pictures
