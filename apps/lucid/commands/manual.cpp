// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "../manual.hpp"

#include <memory>

#include "../commands.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace lucid::app {

namespace {

void print(const CLI::App& app, const std::string& form) {
    if (form == "man") fmt::print("{}", manual::man_page(app));
    if (form == "bash") fmt::print("{}", manual::bash_completion(app));
    if (form == "zsh") fmt::print("{}", manual::zsh_completion(app));
    if (form == "fish") fmt::print("{}", manual::fish_completion(app));
}

}  // namespace

void add_manual(CLI::App& app, Context& /*context*/) {
    auto form = std::make_shared<std::string>();
    auto* command = app.add_subcommand("manual", "Manual page, or completion for a shell");
    command->add_option("FORM", *form, "man, bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"man", "bash", "zsh", "fish"}));
    command->footer(
        "Examples:\n  lucid manual man | man -l -\n  source <(lucid manual bash)\n  lucid manual "
        "fish > ~/.config/fish/completions/lucid.fish");
    command->callback([&app, form] { print(app, *form); });
}

}  // namespace lucid::app
