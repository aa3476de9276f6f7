// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <array>
#include <cstdio>

#include "commands/all.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

std::span<const AddCommand> all_commands() {
    static constexpr auto commands = std::to_array<AddCommand>({
        add_init,
        add_host,
        add_user,
        add_up,
        add_ticket,
        add_session,
        add_bundle,
        add_chain,
        add_status,
        add_version,
    });
    return commands;
}

void report_failure(Context& context, const std::string& message, const std::string& next) {
    context.exit_code = exit_failed;
    if (context.json) {
        nlohmann::json out = {{"ok", false}, {"error", message}};
        if (!next.empty()) out["next"] = next;
        fmt::print("{}\n", out.dump());
        return;
    }
    fmt::print(stderr, "lucid: {}\n", message);
    if (!next.empty()) fmt::print(stderr, "  next: {}\n", next);
}

}  // namespace lucid::app
