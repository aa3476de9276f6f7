// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/pictures/export.hpp>
#include <lucid/sessions/pictures/png.hpp>

#include <filesystem>

#include <fmt/format.h>

namespace lucid::sessions::pictures {
namespace {

namespace fs = std::filesystem;
constexpr unsigned readable = 0644;

FrameView frame_of(Player& player, const ExportOptions& options) {
    return options.with_pointer ? player.frame_with_pointer() : player.frame();
}

void tell(const ExportOptions& options, std::uint64_t done_us, std::uint64_t total_us) {
    if (options.progress) options.progress(done_us, total_us);
}

}  // namespace

Result<ExportReport> export_png(const replay::Recording& recording, std::uint64_t at_us,
                                const std::string& file, const ExportOptions& options) {
    Player player(recording);
    player.advance(at_us);
    const auto frame = frame_of(player, options);
    if (frame.pixels.empty()) return fail(Errc::not_found, "a picture at that time", at_us);
    LUCID_TRY(const auto png, encode_png(frame));
    LUCID_CHECK(core::runtime::write_file_atomically(file, png, readable));
    tell(options, at_us, at_us);
    return ExportReport{1, 0, player.problems()};
}

Result<ExportReport> export_frames(const replay::Recording& recording, std::uint64_t every_us,
                                   const std::string& directory, const ExportOptions& options) {
    std::error_code error;
    fs::create_directory(directory, error);
    if (error) return fail_errno(error.value(), "create the folder for pictures");
    Player player(recording);
    ExportReport report;
    const auto total = recording.manifest.duration_us;
    for (std::uint64_t at = every_us;; at += every_us) {
        player.advance(at);
        if (player.take_changed(options.with_pointer) && player.frame().width > 0) {
            const auto file = fmt::format("{}/{:09}.png", directory, at / 1000);
            if (fs::exists(file, error)) {
                ++report.kept;
            } else {
                LUCID_TRY(const auto png, encode_png(frame_of(player, options)));
                LUCID_CHECK(core::runtime::write_file_atomically(file, png, readable));
                ++report.pictures;
            }
        }
        tell(options, std::min(at, total), total);
        if (player.done()) break;
    }
    report.problems = player.problems();
    return report;
}

}  // namespace lucid::sessions::pictures
