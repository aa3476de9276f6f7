// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "session_export.hpp"

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/pictures/event_stream.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/moment.hpp>

#include <filesystem>
#include <memory>
#include <unistd.h>

#include "../open_node.hpp"
#include "../pictures_process.hpp"
#include "../verdict.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;
using sessions::replay::Recording;

constexpr std::uint32_t thumbnail_side = 320;

struct Flags {
    std::string session;
    std::string identity;
    std::string events;
    std::string frames;
    std::string mp4;
    std::string webm;
    std::string out;
    double png_s = -1;
    double every_s = 1;
    double frames_per_second = 10;
    bool pointer = false;
    bool no_index = false;
};

/// Where a recording is, and the key to it.
struct Sealed {
    std::unique_ptr<sessions::format::BundleSource> source;
    crypto::age::Identity identity;
};

/// A bundle's path or a session of this node; reports failures itself.
std::optional<Sealed> find(Context& context, const std::string& session,
                           const std::string& identity_file) {
    std::unique_ptr<sessions::format::BundleSource> source;
    auto identity_path = identity_file;
    std::error_code error;
    if (session.ends_with(".tar") || fs::exists(session + "/manifest.json", error)) {
        auto bundle = open_bundle(session);
        if (!bundle) {
            report_failure(context, session + ": " + bundle.error().message(),
                           "a bundle is a directory, or a .tar made by `lucid bundle export`");
            return std::nullopt;
        }
        source = std::move(*bundle);
    } else {
        auto node = open_node(context);
        if (!node) return std::nullopt;
        const auto found = node->catalog.find_session(session);
        if (!found) {
            report_failure(context, "no single session starts with " + session,
                           "lucid session ls; or give a bundle's path");
            return std::nullopt;
        }
        if (!has_contents(context, *node, *found)) return std::nullopt;
        if (identity_path.empty()) identity_path = node->data.identity(found->user);
        source = std::make_unique<sessions::replay::DirectoryBundle>(node->data.session(found->id));
    }
    auto identity = read_identity(identity_path);
    if (!identity) {
        report_failure(
            context,
            "the recording is sealed; an age key of the owner, an auditor or recovery opens it",
            "--identity FILE");
        return std::nullopt;
    }
    return Sealed{std::move(source), std::move(*identity)};
}

std::optional<Recording> report_unopened(Context& context, const std::string& session,
                                         const Error& error) {
    report_failure(context, "recording: " + error.message(), "lucid session verify " + session);
    return std::nullopt;
}

/// All of it.
std::optional<Recording> open(Context& context, const std::string& session,
                              const std::string& identity_file) {
    const auto sealed = find(context, session, identity_file);
    if (!sealed) return std::nullopt;
    auto recording = sessions::replay::open_recording(*sealed->source, sealed->identity);
    if (!recording) return report_unopened(context, session, recording.error());
    return std::move(*recording);
}

const char* class_name(sessions::format::EventClass c) {
    constexpr std::array<const char*, 6> names = {"screen", "input", "channels",
                                                  "audio",  "audit", "index"};
    return names[static_cast<std::size_t>(c)];
}

void write_events(Context& context, const Recording& recording, const std::string& file) {
    std::string text;
    for (const auto& e : recording.events)
        text += Json{{"t_us", e.time_us},
                     {"class", class_name(e.event_class)},
                     {"kind", e.kind},
                     {"payload", to_hex(e.payload)}}
                    .dump() +
                "\n";
    const auto written = core::runtime::write_file_atomically(file, as_bytes(text));
    if (!written) return report_failure(context, file + ": " + written.error().message());
    if (context.json)
        fmt::print("{}\n",
                   Json{{"ok", true}, {"events", recording.events.size()}, {"out", file}}.dump());
    else
        fmt::print("{} events in {}\n", recording.events.size(), file);
}

void report_pictures_failure(Context& context, const Error& error) {
    const auto what = "lucid-pictures: " + error.message();
    if (error.code == make_error_code(Errc::not_found))
        return report_failure(context, what, "it stands beside lucid; build or install it again");
    if (error.code == make_error_code(Errc::refused))
        return report_failure(context, what,
                              "the recording is as it was: lucid session verify SESSION; what it "
                              "holds without drawing it: --events FILE");
    report_failure(context, what);
}

/// Has the recording drawn into `out`; prints what came of it. `keyframe_us`: where it begins.
void draw(Context& context, const Recording& recording, std::vector<std::string> arguments,
          const std::string& out, bool pointer,
          std::optional<std::uint64_t> keyframe_us = std::nullopt) {
    if (pointer) arguments.emplace_back("--pointer");
    if (!context.json && ::isatty(STDERR_FILENO) != 0) arguments.emplace_back("--progress");
    sessions::replay::ExportFolder files(out);
    const auto answer = run_pictures(recording, arguments, files);
    if (!answer) return report_pictures_failure(context, answer.error());
    auto report = Json::parse(*answer, nullptr, false);
    if (!report.is_object())
        return report_failure(context, "lucid-pictures ended without an answer");
    if (!report.value("ok", false))
        return report_failure(context, out + ": " + report.value("error", "failed"),
                              report.value("not_found", false) ? "a later time" : "");
    if (context.json) {
        report["out"] = out;
        if (keyframe_us) report["keyframe_us"] = *keyframe_us;
        fmt::print("{}\n", report.dump());
        return;
    }
    const auto kept = report.value("kept", std::uint64_t{0});
    const auto undrawn = report.value("undrawn", std::uint64_t{0});
    fmt::print("{} pictures in {}{}{}\n", report.value("pictures", std::uint64_t{0}), out,
               kept > 0 ? fmt::format(" ({} were there already)", kept) : "",
               keyframe_us ? fmt::format(" (from the index's keyframe at {:.3f} s)",
                                         static_cast<double>(*keyframe_us) / 1e6)
                           : "");
    if (undrawn == 0) return;
    const auto first = report.value("undrawn_first", Json::object());
    fmt::print(stderr,
               "lucid: {} updates could not be drawn, the first at {:.3f} s ({}); those parts of "
               "the picture are older\n",
               undrawn, static_cast<double>(first.value("t_us", std::uint64_t{0})) / 1e6,
               first.value("why", ""));
}

/// The picture of one moment; of the recording only what that takes is read.
void draw_moment(Context& context, const Flags& flags) {
    const auto sealed = find(context, flags.session, flags.identity);
    if (!sealed) return;
    const sessions::replay::MomentOptions options{!flags.no_index, flags.pointer};
    const auto moment = sessions::replay::open_moment(
        *sealed->source, sealed->identity, static_cast<std::uint64_t>(flags.png_s * 1e6), options);
    if (!moment) {
        report_unopened(context, flags.session, moment.error());
        return;
    }
    if (!moment->index_problem.empty())
        fmt::print(stderr, "lucid: the index is of no use ({}); played from the beginning\n",
                   moment->index_problem);
    const auto out = flags.out.empty()
                         ? fmt::format("{:.12}-{:.3f}s.png",
                                       moment->recording.manifest.session_id.hex(), flags.png_s)
                         : flags.out;
    draw(context, moment->recording, {"png", fmt::format("{}", flags.png_s)}, out, flags.pointer,
         moment->keyframe_us);
}

void run(Context& context, const Flags& flags) {
    const int kinds = (flags.events.empty() ? 0 : 1) + (flags.frames.empty() ? 0 : 1) +
                      (flags.mp4.empty() ? 0 : 1) + (flags.webm.empty() ? 0 : 1) +
                      (flags.png_s < 0 ? 0 : 1);
    if (kinds != 1) {
        report_failure(context, "say one thing to export",
                       "--png T, --frames DIR, --mp4 FILE, --webm FILE or --events FILE");
        context.exit_code = exit_usage;
        return;
    }
    if (flags.png_s >= 0) return draw_moment(context, flags);
    const auto recording = open(context, flags.session, flags.identity);
    if (!recording) return;
    if (!flags.events.empty()) return write_events(context, *recording, flags.events);
    if (!flags.frames.empty())
        return draw(context, *recording, {"frames", fmt::format("{}", flags.every_s)}, flags.frames,
                    flags.pointer);
    const bool mp4 = !flags.mp4.empty();
    draw(context, *recording, {mp4 ? "mp4" : "webm", fmt::format("{}", flags.frames_per_second)},
         mp4 ? flags.mp4 : flags.webm, flags.pointer);
}

}  // namespace

bool write_thumbnail(Context& context, const std::string& session, const std::string& identity_file,
                     const std::string& file) {
    const auto recording = open(context, session, identity_file);
    if (!recording) return false;
    sessions::replay::ExportFolder files(file);
    const auto answer =
        run_pictures(*recording, {"thumbnail", std::to_string(thumbnail_side)}, files);
    const auto report = answer ? Json::parse(*answer, nullptr, false) : Json();
    if (report.is_object() && report.value("ok", false)) return true;
    report_failure(context, file + ": " +
                                (report.is_object() ? report.value("error", "failed")
                                 : answer           ? "lucid-pictures ended without an answer"
                                                    : answer.error().message()));
    return false;
}

void add_session_export(CLI::App& session, Context& context) {
    auto f = std::make_shared<Flags>();
    auto* command = session.add_subcommand("export", "Pictures, video or events as files");
    command->add_option("SESSION", f->session, "Id or its beginning; or a bundle's path")
        ->required();
    command->add_option("--png", f->png_s, "The picture at this second of the session")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--out", f->out, "File for --png");
    command->add_option("--frames", f->frames, "Folder for PNG files of what changed");
    command->add_option("--every", f->every_s, "Seconds between files of --frames (1)")
        ->check(CLI::Range(0.001, 86400.0));
    command->add_option("--mp4", f->mp4, "Video file, H.264");
    command->add_option("--webm", f->webm, "Video file, VP9");
    command->add_option("--fps", f->frames_per_second, "Frames a second of a video at most (10)")
        ->check(CLI::Range(0.1, 60.0));
    command->add_flag("--no-index", f->no_index,
                      "With --png: from proven segments alone, played from the beginning");
    command->add_flag("--pointer", f->pointer, "Draw the pointer where the client's mouse was");
    command->add_option("--events", f->events, "All events as JSON lines");
    command->add_option("--identity", f->identity,
                        "age key file (default: the local owner's, on its node)");
    command->footer(
        "Examples:\n"
        "  lucid session export 2da527 --png 12.5 --out moment.png\n"
        "  lucid session export 2da527 --mp4 session.mp4\n"
        "  lucid session export case.tar --identity key.txt --frames pictures   (no node needed)\n"
        "\nBroken off, --frames, --mp4 and --webm go on with the same command.");
    command->callback([&context, f] { run(context, *f); });
}

}  // namespace lucid::app
