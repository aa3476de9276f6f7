// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/io_files.hpp>

#include <memory>

#include "../commands.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;
namespace conformance = blockchain::conformance;

struct Arguments {
    conformance::Options options;
    std::string path;
    std::string fork;
    bool verbose = false;
};

Json to_json(const conformance::Count& count) {
    return {{"passed", count.passed}, {"failed", count.failed}, {"gaps", count.gaps}};
}

Json to_json(const std::map<std::string, conformance::Count>& counts) {
    Json out = Json::object();
    for (const auto& [name, count] : counts) out[name] = to_json(count);
    return out;
}

void print_json(const conformance::Summary& summary) {
    Json failures = Json::array();
    for (const auto& f : summary.failures)
        failures.push_back({{"file", f.file},
                            {"name", f.name},
                            {"group", f.group},
                            {"trouble", f.trouble},
                            {"gap", f.gap}});
    fmt::print("{}\n", Json{{"version", 1},
                            {"ok", summary.good()},
                            {"files", summary.files},
                            {"seconds", summary.seconds},
                            {"total", to_json(summary.total)},
                            {"groups", to_json(summary.groups)},
                            {"folders", to_json(summary.folders)},
                            {"failures", failures}}
                           .dump(-1, ' ', false, Json::error_handler_t::replace));
}

void print_counts(const char* title, const std::map<std::string, conformance::Count>& counts) {
    fmt::print("{:44} {:>8} {:>7} {:>6}\n", title, "passed", "failed", "gaps");
    for (const auto& [name, count] : counts)
        fmt::print("{:44} {:8} {:7} {:6}\n", name, count.passed, count.failed, count.gaps);
}

void print_text(const conformance::Summary& summary, bool verbose) {
    constexpr std::size_t shown_max = 40;
    std::size_t shown = 0;
    for (const auto& f : summary.failures) {
        if (!f.gap.empty() && !verbose) continue;
        if (++shown > shown_max && !verbose) continue;
        fmt::print("{} {} [{}] {}: {}\n", f.gap.empty() ? "FAILED" : "gap", f.file, f.group, f.name,
                   f.gap.empty() ? f.trouble : f.gap);
    }
    if (shown > shown_max && !verbose) fmt::print("… {} more\n", shown - shown_max);
    if (verbose) print_counts("folder", summary.folders);
    print_counts("rules", summary.groups);
    fmt::print("{} files, {} passed, {} failed, {} named gaps, {:.1f} s\n", summary.files,
               summary.total.passed, summary.total.failed, summary.total.gaps, summary.seconds);
}

/// Execution-apis' JSON-RPC files where there are such, else tests of the EVM.
Result<conformance::Summary> run_tests(const conformance::Options& options) {
    const auto suite = blockchain::import::open_io_suite(options.path);
    if (suite) return blockchain::import::run_io_suite(*suite, options.filter);
    if (suite.error().code != make_error_code(Errc::not_found)) return fail(suite.error());
    return conformance::run_conformance(options);
}

void run(Context& context, Arguments& arguments) {
    arguments.options.path = arguments.path;
    if (!arguments.fork.empty()) {
        arguments.options.fork = blockchain::proto::fork_of(arguments.fork);
        if (!arguments.options.fork)
            return report_failure(
                context, "there is no fork " + arguments.fork,
                fmt::format("one of {}", fmt::join(blockchain::proto::fork_names, ", ")));
    }
    const auto summary = run_tests(arguments.options);
    if (!summary)
        return report_failure(
            context, arguments.path + ": " + summary.error().message(),
            "give a folder of Ethereum's test files, of execution-apis' .io files, or a .tar.zst "
            "archive of either");
    if (context.json)
        print_json(*summary);
    else
        print_text(*summary, arguments.verbose);
    if (!summary->good()) context.exit_code = exit_failed;
}

}  // namespace

void add_conformance(CLI::App& chain, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    auto* command = chain.add_subcommand(
        "conformance", "Run Ethereum's official tests on this program's EVM or JSON-RPC and count");
    command->add_option("PATH", arguments->path, "Folder of test files, or a .tar.zst of them")
        ->required();
    command->add_option("--fork", arguments->fork, "Only these rules: Berlin, Prague, Osaka …");
    command->add_option("--only", arguments->options.filter, "Files whose name contains this");
    command->add_option("--every", arguments->options.every, "Each N-th file: a sample")
        ->check(CLI::PositiveNumber);
    command->add_option("--threads", arguments->options.threads, "0: one for each processor");
    command->add_flag("--verbose", arguments->verbose, "All failures, and counts by folder");
    command->footer(
        "Exit code 1 on any failure that the program does not name as a gap.\n"
        "A folder or archive of ethereum/execution-apis (genesis.json, chain.rlp, METHOD/NAME.io) "
        "is\n"
        "imported and asked over JSON-RPC.\n"
        "Examples:\n"
        "  lucid chain conformance state-eest.tar.zst --fork Prague\n"
        "  lucid chain conformance execution-apis-tests.tar.zst --only debug_trace");
    command->callback([&context, arguments] { run(context, *arguments); });
}

}  // namespace lucid::app
