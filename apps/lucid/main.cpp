// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

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
        ->envname("LUCID_DATA")
        ->default_str("./lucid-data");
    context.data_dir = "./lucid-data";
    if (const char* from_environment = std::getenv("LUCID_DATA"))
        context.data_dir = from_environment;
    app.add_flag("--json", context.json, "One JSON document on standard output");
    for (const auto add : lucid::app::all_commands()) add(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
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
