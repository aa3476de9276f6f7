// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include <filesystem>
#include <memory>

#include "../chain_setup.hpp"
#include "../commands.hpp"
#include "../open_node.hpp"
#include "../own_data.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using core::runtime::data_format_version;
using core::runtime::DataDir;

/// The catalog as it was, beside the new one: the way back. Made once; a repeated upgrade does not
/// overwrite it with what is half new.
Result<std::string> keep_catalog(const DataDir& data, unsigned from) {
    const auto copy = fmt::format("{}.format-{}", data.catalog(), from);
    std::error_code error;
    if (std::filesystem::exists(copy, error)) return copy;
    LUCID_TRY(const auto content, storage::catalog::Catalog::snapshot(data.catalog()));
    LUCID_CHECK(core::runtime::write_file_atomically(copy, content));
    return copy;
}

void print_done(const Context& context, unsigned from, const std::string& kept, bool chain_anew) {
    if (context.json)
        fmt::print("{}\n",
                   nlohmann::json{
                       {"ok", true}, {"from", from}, {"to", data_format_version}, {"kept", kept}}
                       .dump());
    else if (from == data_format_version && !chain_anew)
        fmt::print("format {} already; nothing to do\n", from);
    else
        fmt::print("format {} is now {}; the catalog as it was: {}\n  next: lucid up\n", from,
                   data_format_version, kept);
    if (chain_anew && !context.json)
        fmt::print(
            "the chain has other rules since then and begins anew: give the new trust.json "
            "to whoever verifies;\nwhat was anchored before verifies with trust.*.json "
            "beside it\n");
}

void upgrade_chain(Context& context, const DataDir& data, bool other) {
    const auto begun = other ? begin_chain_anew(data) : Result<void>{};
    if (!begun)
        report_failure(context, data.chain() + ": " + begun.error().message(),
                       "make room, then: lucid upgrade");
}

/// Every step may be repeated, and the format file is written last: whenever the program or the
/// machine stops, the directory is one of the old format, and the next call does the rest.
void upgrade(Context& context, bool dry_run) {
    unsigned from = 0;
    auto opened = DataDir::open_older(context.data_dir, from);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened))
        return report_failure(context, problem->message, problem->next);
    const auto& data = std::get<DataDir>(opened);
    auto other_chain = is_other_chain(data);
    // A trust file that is lost is doctor's matter, and no reason not to start.
    if (!other_chain && from == data_format_version) other_chain = false;
    if (!other_chain)
        return report_failure(context, "chain and trust.json: " + other_chain.error().message(),
                              "lucid doctor");
    if (dry_run || (from == data_format_version && !*other_chain)) {
        if (dry_run && !context.json)
            fmt::print("would upgrade {} from format {} to {}{}; nothing was touched\n",
                       data.path(), from, data_format_version,
                       *other_chain ? ", and begin the chain anew" : "");
        else
            print_done(context, from, "", false);
        return;
    }
    const auto own = own_data(context, data, "upgrade");
    if (!own) return;
    std::error_code error;
    if (!std::filesystem::exists(data.catalog(), error))
        return report_failure(context, data.catalog() + " is missing",
                              "lucid restore a backup; the lucid that wrote this one could not "
                              "work on it either");
    const auto kept = keep_catalog(data, from);
    if (!kept)
        return report_failure(context, data.catalog() + ": " + kept.error().message(),
                              mend_catalog(data, kept.error()));
    if (const auto done = storage::catalog::Catalog::upgrade(data.catalog()); !done)
        return report_failure(context, data.catalog() + ": " + done.error().message(),
                              mend_catalog(data, done.error()));
    upgrade_chain(context, data, *other_chain);
    if (context.exit_code != exit_ok) return;
    if (const auto done = data.write_format(); !done)
        return report_failure(context, data.file("format") + ": " + done.error().message(),
                              "make room, then: lucid upgrade");
    print_done(context, from, *kept, *other_chain);
}

}  // namespace

void add_upgrade(CLI::App& app, Context& context) {
    auto dry_run = std::make_shared<bool>(false);
    auto* command = app.add_subcommand("upgrade", "Bring an older data directory to this version");
    command->add_flag("--dry-run", *dry_run, "Say what would be done");
    command->footer(
        "The node must not run. Recordings are not touched: their format has readers for ever. "
        "May be repeated after\na crash. The catalog as it was stays beside the new "
        "one.\n\nExamples:\n  lucid upgrade --dry-run\n  lucid upgrade");
    command->callback([&context, dry_run] { upgrade(context, *dry_run); });
}

}  // namespace lucid::app
