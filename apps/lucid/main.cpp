// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"
#include "roles.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace {

/// `lucid role NAME …`: decided before anything else is set up, so that a role starts lean.
int run_role(int argc, char** argv) {
    for (const auto& role : lucid::app::all_roles())
        if (role.name == argv[2]) return role.run(argc - 2, argv + 2);
    fmt::print(stderr, "lucid: no role is called '{}'\n", argv[2]);
    return lucid::app::exit_usage;
}

/// Steps of one letter between two words (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

/// The first word that should have been a command, and the command that is nearest to it.
std::string explain_unknown(const CLI::App& app, int argc, char** argv) {
    std::string word;
    for (int i = 1; i < argc && word.empty(); ++i) {
        if (std::string_view(argv[i]) == "--data")
            ++i;
        else if (argv[i][0] != '-')
            word = argv[i];
    }
    if (word.empty()) return "";
    std::string nearest;
    std::size_t best = 3;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_name() == word) return "";
        const auto steps = distance(word, command->get_name());
        if (steps >= best) continue;
        best = steps;
        nearest = command->get_name();
    }
    return fmt::format("lucid: no command is called '{}'\n  next: {}\n", word,
                       nearest.empty() ? "lucid --help" : "lucid " + nearest);
}

int run(int argc, char** argv) {
    lucid::app::Context context;
    CLI::App app("Lucid: remote desktops through your own gateway, every session provable",
                 "lucid");
    app.footer(
        "Examples:\n"
        "  lucid init                      make a data directory, keys and a local owner\n"
        "  lucid host add desk 10.0.0.5    register a desktop and pin its certificate\n"
        "  lucid up                        run the gateway, recorder and chain\n"
        "  lucid ticket desk               one-time login for an RDP client\n"
        "  lucid session ls                recordings; then: lucid session verify ID\n"
        "\n"
        "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 consistent but unpinned.");
    app.require_subcommand(1);
    // Options of the application (--json, --data) may also stand behind a subcommand.
    app.fallthrough();
    app.add_option("--data", context.data_dir, "Data directory")
        ->each([&context](const std::string&) { context.data_dir_given = true; })
        ->envname("LUCID_DATA")
        ->default_str("./lucid-data");
    context.data_dir = "./lucid-data";
    app.add_flag("--json", context.json, "One JSON document on standard output");
    for (const auto add : lucid::app::all_commands()) add(app, context);
    if (argc == 1) {
        fmt::print("{}", app.help());
        return lucid::app::exit_usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const auto unknown = explain_unknown(app, argc, argv);
        if (!unknown.empty() && error.get_exit_code() != 0) {
            fmt::print(stderr, "{}", unknown);
            return lucid::app::exit_usage;
        }
        const int code = app.exit(error);
        return code == 0 ? lucid::app::exit_ok : lucid::app::exit_usage;
    }
    return context.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc >= 3 && std::strcmp(argv[1], "role") == 0) return run_role(argc, argv);
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "lucid: {}\n", error.what());
        return lucid::app::exit_failed;
    }
}
