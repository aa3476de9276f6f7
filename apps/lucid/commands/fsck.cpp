// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "../fsck/fsck.hpp"

#include <lucid/core/net/frame_channel.hpp>

#include <memory>

#include "../commands.hpp"
#include "../own_data.hpp"
#include "../progress.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;
using fsck::State;

struct FsckFlags {
    bool repair = false;
    bool quick = false;
};

const char* text_of(State state) {
    switch (state) {
        case State::repaired:
            return "repaired";
        case State::to_repair:
            return "to repair";
        case State::note:
            return "note";
        case State::broken:
            return "BROKEN";
    }
    return "BROKEN";
}

void print(Context& context, const fsck::Report& report, const FsckFlags& flags) {
    context.exit_code = report.good() ? exit_ok : exit_failed;
    if (context.json) {
        Json findings = Json::array();
        for (const auto& f : report.findings)
            findings.push_back({{"state", f.state == State::broken ? "broken" : text_of(f.state)},
                                {"where", f.where},
                                {"what", f.what},
                                {"next", with_data_dir(context, f.next)}});
        fmt::print("{}\n", Json{{"ok", report.good()},
                                {"repair", flags.repair},
                                {"recordings", report.recordings},
                                {"live", report.live},
                                {"bytes", report.bytes},
                                {"repaired", report.count(State::repaired)},
                                {"to_repair", report.count(State::to_repair)},
                                {"broken", report.count(State::broken)},
                                {"findings", std::move(findings)}}
                               .dump());
        return;
    }
    for (const auto& f : report.findings) {
        fmt::print("{:9}  {}: {}\n", text_of(f.state), f.where, f.what);
        if (!f.next.empty()) fmt::print("             next: {}\n", with_data_dir(context, f.next));
    }
    fmt::print(
        "{} recordings, {} live, {:.1f} MiB of chunks {}: {} repaired, {} to repair, {} broken\n",
        report.recordings, report.live, static_cast<double>(report.bytes) / (1 << 20),
        flags.quick ? "looked for" : "read and hashed", report.count(State::repaired),
        report.count(State::to_repair), report.count(State::broken));
}

void run_fsck(Context& context, const FsckFlags& flags) {
    auto opened = core::runtime::DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened))
        return report_failure(context, problem->message, problem->next);
    const auto& data = std::get<core::runtime::DataDir>(opened);
    std::optional<OwnData> own;
    if (flags.repair && !(own = own_data(context, data, "fsck --repair"))) return;
    Progress progress(context, "reading recordings");
    std::uint64_t done = 0;
    fsck::Options options;
    options.repair = flags.repair;
    options.every_byte = !flags.quick;
    options.running =
        !flags.repair && static_cast<bool>(core::net::FrameChannel::connect(data.core_socket()));
    options.progress = [&](std::uint64_t bytes) { progress.show(done += bytes); };
    print(context, fsck::check(data, options), flags);
}

}  // namespace

void add_fsck(CLI::App& app, Context& context) {
    auto flags = std::make_shared<FsckFlags>();
    auto* command = app.add_subcommand("fsck", "Do catalog and recordings fit what is on disk?");
    command->add_flag("--repair", flags->repair, "Mend what can be mended; the node must not run");
    command->add_flag("--quick", flags->quick, "Look for chunks, do not read them");
    command->footer(
        "A lost or damaged catalog is made anew from the recordings, unfinished recordings are "
        "sealed as partial, what\nbelongs to nothing goes to sessions/.set-aside. Nothing is "
        "deleted.\n\nExamples:\n  lucid fsck\n  lucid fsck --repair\n\nExit codes: 0 all is well "
        "(or was mended), 1 something is left.");
    command->callback([&context, flags] { run_fsck(context, *flags); });
}

}  // namespace lucid::app
