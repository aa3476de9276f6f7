// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/sanitized.hpp>
#include <lucid/rdp/avc/ffmpeg_decoder.hpp>
#include <lucid/sessions/pictures/event_stream.hpp>
#include <lucid/sessions/pictures/export.hpp>
#include <lucid/sessions/pictures/index_session.hpp>
#include <lucid/sessions/pictures/png.hpp>
#include <lucid/sessions/replay/export_channel.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <sched.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

// lucid-pictures: draws what `lucid session export` gives it. A program of its own, because hosts'
// H.264 is decoded here by a large library in C, and no other process of Lucid carries that
// library. It gets events and descriptors, no keys and no file names, and reads and draws in a
// jail. Events come from standard input (event_stream.hpp), files from descriptor 3
// (replay/export_channel.hpp); it writes one line of JSON.
//
//   lucid-pictures png SECONDS | frames SECONDS | mp4 FPS | webm FPS | thumbnail SIDE
//                  [--pointer] [--progress]
//   lucid-pictures index     makes the index of a live session: events and index on descriptor 3

namespace {

namespace pictures = lucid::sessions::pictures;
using lucid::Errc;
using lucid::Result;
using lucid::sessions::replay::Recording;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
/// The other side: the recorder's, or that of `lucid session export`.
constexpr int channel_fd = 3;
/// What a compositor may hold, decoders of H.264 and a keyframe being made.
constexpr std::uint64_t indexer_memory_bytes_max = std::uint64_t{2} << 30;

struct Order {
    std::string_view what;
    double number = 0;
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

std::optional<pictures::VideoFormat> format_of(std::string_view what) {
    if (what == "mp4") return pictures::VideoFormat::mp4;
    if (what == "webm") return pictures::VideoFormat::webm;
    return std::nullopt;
}

Result<pictures::ExportReport> carry_out(const Recording& recording, const Order& order,
                                         lucid::sessions::replay::ExportFiles& files) {
    const auto microseconds = static_cast<std::uint64_t>(order.number * 1e6);
    if (order.what == "png")
        return pictures::export_png(recording, microseconds, files, order.options);
    if (order.what == "frames")
        return pictures::export_frames(recording, std::max<std::uint64_t>(1000, microseconds),
                                       files, order.options);
    if (order.what == "thumbnail")
        return pictures::export_thumbnail(recording, static_cast<std::uint32_t>(order.number),
                                          files);
    return pictures::export_video(recording, *format_of(order.what), order.number, files,
                                  order.options);
}

/// Libraries look around when they are first used; in the jail they cannot.
Result<void> warm_up(std::optional<pictures::VideoFormat> format) {
    constexpr std::uint32_t side = 64;
    const lucid::Bytes grey(std::size_t{side} * side * 4, 0x80);
    ::tzset();
    const auto decoder = lucid::rdp::avc::make_ffmpeg_decoder();
    (void)lucid::crypto::sha256(grey);
    LUCID_CHECK(pictures::encode_png({grey, side, side}));
    if (!format) return {};
    lucid::core::net::Fd nowhere(::memfd_create("video", MFD_CLOEXEC));
    if (!nowhere.valid()) return lucid::fail_errno(errno, "memory for a video");
    LUCID_TRY(auto video, pictures::VideoWriter::create(std::move(nowhere), *format, side, side));
    LUCID_CHECK(video.add({grey, side, side}, 0));
    return video.finish();
}

/// From here on nothing can be opened: what is read next comes from hosts.
Result<void> enter_jail(unsigned descriptors_max) {
    LUCID_CHECK(lucid::core::runtime::harden_process(descriptors_max));
    return lucid::core::runtime::confine_decoder();
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

int index() {
    constexpr unsigned descriptors_max = 16;
    take_the_last_place();
    pictures::IndexerOptions options;
    options.make_avc = lucid::rdp::avc::make_ffmpeg_decoder;
    if (!warm_up(std::nullopt) || !enter_jail(descriptors_max)) return exit_failed;
    return pictures::index_session(channel_fd, std::move(options)) ? 0 : exit_failed;
}

Result<pictures::ExportReport> draw(const Order& order) {
    constexpr unsigned descriptors_max = 64;
    LUCID_CHECK(warm_up(format_of(order.what)));
    LUCID_CHECK(enter_jail(descriptors_max));
    lucid::sessions::replay::RemoteExportFiles files(
        lucid::core::net::FrameChannel{lucid::core::net::Fd(channel_fd)});
    LUCID_TRY(const auto recording, pictures::read_events(STDIN_FILENO));
    return carry_out(recording, order, files);
}

int run(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "index") return index();
    constexpr std::array<std::string_view, 5> kinds = {"png", "frames", "mp4", "webm", "thumbnail"};
    if (argc < 3 || std::find(kinds.begin(), kinds.end(), argv[1]) == kinds.end()) {
        fmt::print(stderr, "lucid-pictures is started by `lucid session export`\n");
        return exit_usage;
    }
    Order order{argv[1], std::strtod(argv[2], nullptr), {}};
    for (int i = 3; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--pointer") order.options.with_pointer = true;
        if (std::string_view(argv[i]) == "--progress") show_progress(order.options);
    }
    const auto report = draw(order);
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
