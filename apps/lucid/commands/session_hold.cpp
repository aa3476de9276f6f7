// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "session_hold.hpp"

#include <lucid/core/runtime/clock.hpp>

#include <memory>

#include "../open_node.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

struct HoldFlags {
    std::string id;
    std::string reason;
};

void change(Context& context, const HoldFlags& flags, bool hold) {
    auto node = open_node(context);
    if (!node) return;
    const auto session = node->catalog.find_session(flags.id);
    if (!session)
        return report_failure(context, "no single session starts with " + flags.id,
                              "lucid session ls");
    if (hold) {
        const auto put = node->catalog.put_hold(
            {session->id, flags.reason, static_cast<std::int64_t>(core::runtime::wall_time_s())});
        if (!put) return report_failure(context, put.error().message(), "lucid doctor");
    } else {
        const auto removed = node->catalog.remove_hold(session->id);
        if (!removed) return report_failure(context, removed.error().message(), "lucid doctor");
        if (!*removed)
            return report_failure(context, session->id.substr(0, 12) + " is not held",
                                  "lucid session ls");
    }
    if (context.json)
        fmt::print("{}\n",
                   nlohmann::json{{"ok", true}, {"id", session->id}, {"held", hold}}.dump());
    else
        fmt::print("{:12.12} {}\n", session->id,
                   hold ? "is held: lucid prune leaves it" : "may be pruned again");
}

}  // namespace

void add_session_hold(CLI::App& session, Context& context) {
    auto flags = std::make_shared<HoldFlags>();
    auto* hold = session.add_subcommand("hold", "Keep a recording whatever lucid prune is told");
    hold->add_option("ID", flags->id, "Session, or the start of its id")->required();
    hold->add_option("--reason", flags->reason, "Why, for whoever asks later")->required();
    hold->footer("Example:\n  lucid session hold 3fa9 --reason 'case 2026-117'");
    hold->callback([&context, flags] { change(context, *flags, true); });
    auto* release = session.add_subcommand("release", "Let a held recording go its way");
    release->add_option("ID", flags->id, "Session, or the start of its id")->required();
    release->footer("Example:\n  lucid session release 3fa9");
    release->callback([&context, flags] { change(context, *flags, false); });
}

}  // namespace lucid::app
