// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/sanitized.hpp>
#include <lucid/rdp/avc/ffmpeg_decoder.hpp>
#include <lucid/sessions/pictures/event_stream.hpp>
#include <lucid/sessions/pictures/export.hpp>
#include <lucid/sessions/pictures/index_session.hpp>
#include <lucid/sessions/pictures/png.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <sched.h>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

// lucid-pictures: draws what `lucid session export` gives it. A program of its own, because hosts'
// H.264 is decoded here by a large library in C: it gets events and a file name, no keys, and no
// other process of Lucid carries that library. Reads events from standard input (event_stream.hpp),
// writes one line of JSON.
//
//   lucid-pictures png SECONDS FILE | frames SECONDS FOLDER | mp4 FPS FILE | webm FPS FILE
//                  | thumbnail SIDE FILE   [--pointer] [--progress]
//   lucid-pictures index     makes the index of a live session: events and index on descriptor 3

namespace {

namespace pictures = lucid::sessions::pictures;
using lucid::Errc;
using lucid::Result;
using lucid::sessions::replay::Recording;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
/// What a compositor may hold, decoders of H.264 and a keyframe being made.
constexpr std::uint64_t indexer_memory_bytes_max = std::uint64_t{2} << 30;

struct Order {
    std::string_view what;
    double number = 0;
    std::string target;
    pictures::ExportOptions options;
};

/// A line on the terminal that is written over.
void show_progress(pictures::ExportOptions& options) {
    auto last = std::make_shared<std::chrono::steady_clock::time_point>();
    options.progress = [last](std::uint64_t done_us, std::uint64_t total_us) {
        const auto now = std::chrono::steady_clock::now();
        const bool end = done_us >= total_us;
        if (!end && now - *last < std::chrono::milliseconds(200)) return;
        *last = now;
        const auto percent =
            total_us == 0 ? 100 : std::min<std::uint64_t>(100, done_us * 100 / total_us);
        fmt::print(stderr, "\r{:3}%  {} of {} s{}", percent, done_us / 1'000'000,
                   total_us / 1'000'000, end ? "\n" : "");
    };
}

Result<pictures::ExportReport> write_thumbnail(const Recording& recording, const Order& order) {
    pictures::Player player(recording);
    player.advance(recording.manifest.duration_us / 2);
    const auto small =
        pictures::thumbnail(player.frame(), static_cast<std::uint32_t>(order.number));
    LUCID_TRY(const auto png, pictures::encode_png(small.view()));
    LUCID_CHECK(lucid::core::runtime::write_file_atomically(order.target, png, 0644));
    return pictures::ExportReport{1, 0, player.problems()};
}

Result<pictures::ExportReport> carry_out(const Recording& recording, const Order& order) {
    const auto microseconds = [&] { return static_cast<std::uint64_t>(order.number * 1e6); };
    if (order.what == "png")
        return pictures::export_png(recording, microseconds(), order.target, order.options);
    if (order.what == "frames")
        return pictures::export_frames(recording, std::max<std::uint64_t>(1000, microseconds()),
                                       order.target, order.options);
    if (order.what == "thumbnail") return write_thumbnail(recording, order);
    const auto format =
        order.what == "mp4" ? pictures::VideoFormat::mp4 : pictures::VideoFormat::webm;
    return pictures::export_video(recording, format, order.number, order.target, order.options);
}

/// The indexer is a guest: others come first.
void take_the_last_place() {
    constexpr int nicest = 19;
    (void)::setpriority(PRIO_PROCESS, 0, nicest);
    const sched_param none{};
    (void)::sched_setscheduler(0, SCHED_BATCH, &none);
    const rlimit memory{indexer_memory_bytes_max, indexer_memory_bytes_max};
    if (!lucid::core::runtime::sanitized) (void)::setrlimit(RLIMIT_AS, &memory);
}

/// Libraries look for files when they are first used (OpenSSL for its configuration when a
/// keyframe's pages are hashed); in the jail they cannot.
Result<void> warm_up() {
    constexpr std::uint32_t side = 16;
    const lucid::Bytes grey(std::size_t{side} * side * 4, 0x80);
    const auto decoder = lucid::rdp::avc::make_ffmpeg_decoder();
    (void)lucid::crypto::sha256(grey);
    LUCID_CHECK(pictures::encode_png({grey, side, side}));
    return {};
}

int index() {
    constexpr int recorder = 3;
    constexpr unsigned descriptors_max = 16;
    take_the_last_place();
    pictures::IndexerOptions options;
    options.make_avc = lucid::rdp::avc::make_ffmpeg_decoder;
    if (!warm_up()) return exit_failed;
    if (!lucid::core::runtime::harden_process(descriptors_max)) return exit_failed;
    if (!lucid::core::runtime::confine_decoder()) return exit_failed;
    return pictures::index_session(recorder, std::move(options)) ? 0 : exit_failed;
}

int run(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "index") return index();
    constexpr std::array<std::string_view, 5> kinds = {"png", "frames", "mp4", "webm", "thumbnail"};
    if (argc < 4 || std::find(kinds.begin(), kinds.end(), argv[1]) == kinds.end()) {
        fmt::print(stderr, "lucid-pictures is started by `lucid session export`\n");
        return exit_usage;
    }
    Order order{argv[1], std::strtod(argv[2], nullptr), argv[3], {}};
    for (int i = 4; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--pointer") order.options.with_pointer = true;
        if (std::string_view(argv[i]) == "--progress") show_progress(order.options);
    }
    const auto recording = pictures::read_events(STDIN_FILENO);
    const auto report = recording ? carry_out(*recording, order)
                                  : Result<pictures::ExportReport>(lucid::fail(recording.error()));
    nlohmann::json out = {{"ok", report.has_value()}};
    if (report) {
        out["pictures"] = report->pictures;
        out["kept"] = report->kept;
        out["undrawn"] = report->problems.count;
        if (report->problems.count > 0)
            out["undrawn_first"] = {{"t_us", report->problems.first_us},
                                    {"why", report->problems.first.message()}};
    } else {
        out["error"] = report.error().message();
        out["not_found"] = report.error().code == lucid::make_error_code(Errc::not_found);
    }
    fmt::print("{}\n", out.dump());
    return report ? 0 : exit_failed;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "lucid-pictures: {}\n", error.what());
        return exit_failed;
    }
}
