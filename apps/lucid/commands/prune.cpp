// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/sessions/recorder/prune.hpp>

#include <charconv>
#include <filesystem>
#include <memory>
#include <set>

#include "../commands.hpp"
#include "../open_node.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

namespace fs = std::filesystem;
namespace recorder = sessions::recorder;
using Json = nlohmann::json;

struct PruneFlags {
    std::string older_than;
    std::string keep;
    bool dry_run = false;
};

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

/// "90d": a number and one of the units; nothing for anything else.
std::optional<std::uint64_t> parse_amount(std::string_view text, std::span<const Unit> units) {
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.begin(), text.end(), value);
    if (parsed.ec != std::errc{}) return std::nullopt;
    const std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.end() - parsed.ptr));
    for (const auto& [name, factor] : units)
        if (unit == name && value <= (~0ULL >> 1) / factor) return value * factor;
    return std::nullopt;
}

constexpr Unit time_units[] = {{"d", 86'400}, {"h", 3'600}};
constexpr Unit size_units[] = {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}};

Result<std::vector<recorder::Stored>> recordings(OpenNode& node) {
    LUCID_TRY(const auto rows, node.catalog.sessions());
    LUCID_TRY(const auto holds, node.catalog.holds());
    std::set<std::string> held;
    for (const auto& hold : holds) held.insert(hold.session_id);
    std::vector<recorder::Stored> out;
    std::error_code error;
    for (const auto& row : rows) {
        recorder::Stored stored;
        LUCID_TRY(stored.id, SessionId::from_hex(row.id));
        const auto directory = node.data.session(row.id);
        stored.ended_s = row.ended_s;
        stored.bytes = recorder::prunable_bytes(directory);
        stored.sealed = row.ended_s > 0 && fs::exists(directory + "/manifest.json", error);
        stored.anchored = fs::exists(directory + "/anchor.json", error);
        stored.held = held.contains(row.id);
        out.push_back(stored);
    }
    return out;
}

void prune(Context& context, const PruneFlags& flags) {
    recorder::RetentionRules rules;
    if (!flags.older_than.empty()) {
        const auto age = parse_amount(flags.older_than, time_units);
        if (!age)
            return report_failure(context, "--older-than " + flags.older_than + " is no time",
                                  "lucid prune --older-than 90d");
        rules.older_than_s = static_cast<std::int64_t>(*age);
    }
    if (!flags.keep.empty()) {
        rules.keep_bytes = parse_amount(flags.keep, size_units);
        if (!rules.keep_bytes)
            return report_failure(context, "--keep " + flags.keep + " is no size",
                                  "lucid prune --keep 200GiB");
    }
    if (!rules.older_than_s && !rules.keep_bytes)
        return report_failure(context, "nothing says what is to go",
                              "lucid prune --older-than 90d --dry-run");
    auto node = open_node(context);
    if (!node) return;
    const auto all = recordings(*node);
    if (!all) return report_failure(context, all.error().message(), "lucid doctor");
    Json out = {{"ok", true}, {"dry_run", flags.dry_run}, {"pruned", Json::array()}};
    std::uint64_t freed = 0;
    const auto now_s = static_cast<std::int64_t>(core::runtime::wall_time_s());
    for (const auto& recording : recorder::choose_to_prune(*all, rules, now_s)) {
        const auto id = recording.id.hex();
        if (!flags.dry_run) {
            const auto done = recorder::prune_recording(node->data.session(id), now_s);
            if (!done)
                return report_failure(context, id.substr(0, 12) + ": " + done.error().message(),
                                      "run it again: what was begun is finished");
        }
        freed += recording.bytes;
        out["pruned"].push_back({{"id", id}, {"bytes", recording.bytes}});
        if (!context.json)
            fmt::print("{:12.12}  {:>8.1f} MiB  {}\n", id,
                       static_cast<double>(recording.bytes) / (1 << 20),
                       flags.dry_run ? "would go" : "gone; manifest, receipts and anchor stay");
    }
    out["bytes"] = freed;
    if (context.json)
        fmt::print("{}\n", out.dump());
    else
        fmt::print("{} {:.1f} MiB of {} recordings{}\n", flags.dry_run ? "would free" : "freed",
                   static_cast<double>(freed) / (1 << 20), out["pruned"].size(),
                   flags.dry_run ? "; nothing was touched" : "");
}

}  // namespace

void add_prune(CLI::App& app, Context& context) {
    auto flags = std::make_shared<PruneFlags>();
    auto* command = app.add_subcommand("prune", "Remove contents of old recordings");
    command->add_option("--older-than", flags->older_than, "Ended longer ago: 90d, 12h");
    command->add_option("--keep", flags->keep, "Keep this much at most, newest first: 200GiB");
    command->add_flag("--dry-run", flags->dry_run, "Say what would go");
    command->footer(
        "What is live, held (lucid session hold) or not anchored stays. Of a pruned recording "
        "manifest, receipts\nand anchor stay: that it was can still be shown, what it showed is "
        "gone.\n\nExamples:\n"
        "  lucid prune --older-than 90d --dry-run\n"
        "  lucid prune --keep 200GiB");
    command->callback([&context, flags] { prune(context, *flags); });
}

}  // namespace lucid::app
