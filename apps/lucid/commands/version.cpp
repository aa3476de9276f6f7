// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "../commands.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace lucid::app {

void add_version(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("version", "Print the version");
    command->footer("Example:\n  lucid version --json");
    command->callback([&context] {
        if (context.json)
            fmt::print("{{\"version\":\"{}\"}}\n", LUCID_VERSION);
        else
            fmt::print("lucid {}\n", LUCID_VERSION);
    });
}

}  // namespace lucid::app
