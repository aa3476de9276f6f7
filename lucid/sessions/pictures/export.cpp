// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/pictures/export.hpp>
#include <lucid/sessions/pictures/png.hpp>

#include <algorithm>

namespace lucid::sessions::pictures {
namespace {

using replay::ExportFiles;
using replay::ExportPiece;

FrameView frame_of(Player& player, const ExportOptions& options) {
    return options.with_pointer ? player.frame_with_pointer() : player.frame();
}

void tell(const ExportOptions& options, std::uint64_t done_us, std::uint64_t total_us) {
    if (options.progress) options.progress(done_us, total_us);
}

Result<void> write_png(ExportFiles& files, const ExportPiece& piece, const FrameView& frame) {
    LUCID_TRY(const auto png, encode_png(frame));
    LUCID_TRY(const auto file, files.create(piece));
    LUCID_CHECK(core::runtime::write_all(file, png, "write picture"));
    return files.keep(piece);
}

}  // namespace

Result<ExportReport> export_png(const replay::Recording& recording, std::uint64_t at_us,
                                ExportFiles& files, const ExportOptions& options) {
    Player player(recording);
    player.advance(at_us);
    const auto frame = frame_of(player, options);
    if (frame.pixels.empty()) return fail(Errc::not_found, "a picture at that time", at_us);
    LUCID_CHECK(write_png(files, {ExportPiece::Kind::result, 0}, frame));
    tell(options, at_us, at_us);
    return ExportReport{1, 0, player.problems()};
}

Result<ExportReport> export_thumbnail(const replay::Recording& recording, std::uint32_t side_max,
                                      ExportFiles& files) {
    Player player(recording);
    player.advance(recording.manifest.duration_us / 2);
    const auto small = thumbnail(player.frame(), side_max);
    LUCID_CHECK(write_png(files, {ExportPiece::Kind::result, 0}, small.view()));
    return ExportReport{1, 0, player.problems()};
}

Result<ExportReport> export_frames(const replay::Recording& recording, std::uint64_t every_us,
                                   ExportFiles& files, const ExportOptions& options) {
    Player player(recording);
    ExportReport report;
    const auto total = recording.manifest.duration_us;
    for (std::uint64_t at = every_us;; at += every_us) {
        player.advance(at);
        if (player.take_changed(options.with_pointer) && player.frame().width > 0) {
            const ExportPiece piece{ExportPiece::Kind::picture, at / 1000};
            LUCID_TRY(const bool there, files.has(piece));
            if (!there) LUCID_CHECK(write_png(files, piece, frame_of(player, options)));
            ++(there ? report.kept : report.pictures);
        }
        tell(options, std::min(at, total), total);
        if (player.done()) break;
    }
    report.problems = player.problems();
    return report;
}

}  // namespace lucid::sessions::pictures
