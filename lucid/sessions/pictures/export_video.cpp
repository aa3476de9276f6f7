// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/export.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace lucid::sessions::pictures {
namespace {

using replay::ExportFiles;
using replay::ExportPiece;

struct VideoJob {
    const ExportOptions& options;
    VideoFormat format;
    std::uint64_t tick_us;
    std::uint64_t total_us;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

FrameView frame_of(Player& player, const ExportOptions& options) {
    return options.with_pointer ? player.frame_with_pointer() : player.frame();
}

/// One part: from its start, with the picture as it is there, to its end.
Result<std::uint64_t> write_part(Player& player, const VideoJob& job, std::uint64_t start_us,
                                 core::net::Fd file) {
    LUCID_TRY(auto video, VideoWriter::create(std::move(file), job.format, job.width, job.height));
    const auto end_us = std::min(start_us + video_part_us, job.total_us);
    std::uint64_t frames = 0;
    std::uint64_t written_us = ~std::uint64_t{0};
    for (auto at = start_us; at < end_us || at == start_us; at += job.tick_us) {
        player.advance(at);
        const bool changed = player.take_changed(job.options.with_pointer);
        if (!changed && at != start_us) continue;
        LUCID_CHECK(video.add(frame_of(player, job.options), (at - start_us) / 1000));
        written_us = at;
        ++frames;
        if (job.options.progress) job.options.progress(at, job.total_us);
    }
    // The end of the recording has its frame too, so that the video is as long as the session.
    if (end_us == job.total_us && end_us > start_us && written_us != end_us) {
        player.advance(end_us);
        LUCID_CHECK(video.add(frame_of(player, job.options), (end_us - start_us) / 1000));
        ++frames;
    }
    LUCID_CHECK(video.finish());
    return frames;
}

/// To the first picture, which says the video's size.
Result<std::uint64_t> find_first_picture(Player& player, VideoJob& job) {
    std::uint64_t at = 0;
    while (player.frame().width == 0 && !player.done()) {
        at = player.next_us();
        player.advance(at);
    }
    if (player.frame().width == 0) return fail(Errc::not_found, "a picture in the recording");
    job.width = player.frame().width;
    job.height = player.frame().height;
    return at;
}

}  // namespace

Result<ExportReport> export_video(const replay::Recording& recording, VideoFormat format,
                                  double frames_per_second, ExportFiles& files,
                                  const ExportOptions& options) {
    Player player(recording);
    VideoJob job{options, format,
                 std::max<std::uint64_t>(1000, static_cast<std::uint64_t>(1e6 / frames_per_second)),
                 recording.manifest.duration_us};
    LUCID_CHECK(find_first_picture(player, job));
    // Parts are of use only to an export of the same frames.
    LUCID_CHECK(
        files.begin_parts(fmt::format("{} {} {} {}x{}", format == VideoFormat::mp4 ? "mp4" : "webm",
                                      job.tick_us, options.with_pointer, job.width, job.height)));
    ExportReport report;
    std::uint64_t parts = 0;
    for (std::uint64_t start = 0; start < job.total_us || start == 0; start += video_part_us) {
        const ExportPiece part{ExportPiece::Kind::part, parts++};
        LUCID_TRY(const bool there, files.has(part));
        if (there) {
            ++report.kept;
            player.advance(start + video_part_us - 1);
        } else {
            LUCID_TRY(auto file, files.create(part));
            LUCID_TRY(const auto frames, write_part(player, job, start, std::move(file)));
            report.pictures += frames;
            LUCID_CHECK(files.keep(part));
        }
        if (options.progress)
            options.progress(std::min(start + video_part_us, job.total_us), job.total_us);
    }
    const ExportPiece whole{ExportPiece::Kind::result, 0};
    LUCID_TRY(const auto file, files.create(whole));
    LUCID_CHECK(join_videos(files, parts, file.get(), format));
    LUCID_CHECK(files.keep(whole));
    report.problems = player.problems();
    return report;
}

}  // namespace lucid::sessions::pictures
