// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "../commands.hpp"
#include "../doctor/finding.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using doctor::Findings;
using doctor::State;
using Json = nlohmann::json;

Findings look(const Context& context, bool hosts) {
    Findings findings;
    const auto opened = core::runtime::DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened)) {
        findings.broken("data", problem->message, problem->next);
    } else {
        const auto& data = std::get<core::runtime::DataDir>(opened);
        doctor::check_files(data, findings);
        doctor::check_catalog(data, findings);
        const auto running = doctor::check_processes(data, findings);
        doctor::check_volumes(data, running, findings);
        doctor::check_ports(data, running, findings);
        doctor::check_chain(data, running.has_value(), findings);
        doctor::check_recordings(data, running.has_value(), findings);
        doctor::check_scanner(data, findings);
        doctor::check_index(data, findings);
        doctor::check_backup(data, findings);
        if (hosts) doctor::check_hosts(data, findings);
    }
    doctor::check_system(findings);
    return findings;
}

const char* text_of(State state) {
    switch (state) {
        case State::good:
            return "ok";
        case State::note:
            return "note";
        case State::broken:
            return "BROKEN";
    }
    return "BROKEN";
}

void print_json(const Context& context, const Findings& findings) {
    Json out = {{"ok", findings.count(State::broken) == 0},
                {"broken", findings.count(State::broken)},
                {"notes", findings.count(State::note)},
                {"checks", Json::array()}};
    for (const auto& f : findings.list())
        out["checks"].push_back({{"state", f.state == State::broken ? "broken" : text_of(f.state)},
                                 {"check", f.check},
                                 {"detail", f.detail},
                                 {"next", with_data_dir(context, f.next)}});
    fmt::print("{}\n", out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void run_doctor(Context& context, bool hosts) {
    const auto findings = look(context, hosts);
    const auto broken = findings.count(State::broken);
    context.exit_code = broken == 0 ? exit_ok : exit_failed;
    if (context.json) return print_json(context, findings);
    for (const auto& f : findings.list()) {
        fmt::print("{:6}  {:13} {}\n", text_of(f.state), f.check, f.detail);
        if (!f.next.empty()) fmt::print("          next: {}\n", with_data_dir(context, f.next));
    }
    if (broken == 0)
        fmt::print("\nnothing is broken\n");
    else
        fmt::print("\n{} broken; begin with the first\n", broken);
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
    auto hosts = std::make_shared<bool>(false);
    auto* command =
        app.add_subcommand("doctor", "What is wrong here, and the command that mends it");
    command->add_flag("--hosts", *hosts, "Also connect to each registered desktop");
    command->footer(
        "Examples:\n  lucid doctor\n  lucid doctor --hosts --json\n\n"
        "Exit codes: 0 nothing is broken (notes do not count), 1 something is.");
    command->callback([&context, hosts] { run_doctor(context, *hosts); });
}

}  // namespace lucid::app
