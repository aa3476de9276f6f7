// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "commands/all.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

/// Prose also has the word lucid in it.
bool starts_with_command(std::string_view text) {
    static constexpr auto names = std::to_array<std::string_view>(
        {"init", "host", "user", "up", "ticket", "session", "bundle", "chain", "status", "doctor",
         "prune", "volume", "upgrade", "fsck", "backup", "restore", "manual", "connect"});
    const auto word = text.substr(0, text.find_first_of(" ;,`"));
    return std::find(names.begin(), names.end(), word) != names.end();
}

}  // namespace

std::span<const AddCommand> all_commands() {
    static constexpr auto commands = std::to_array<AddCommand>({
        add_init,    add_host,   add_user,   add_up,     add_ticket,  add_connect, add_session,
        add_bundle,  add_chain,  add_prune,  add_backup, add_restore, add_fsck,    add_volume,
        add_upgrade, add_status, add_doctor, add_manual, add_version,
    });
    return commands;
}

std::string with_data_dir(const Context& context, const std::string& next) {
    constexpr std::string_view program = "lucid ";
    constexpr std::string_view option = "--data ";
    if (!context.data_dir_given) return next;
    std::string out;
    std::size_t done = 0;
    for (auto at = next.find(program); at != std::string::npos; at = next.find(program, done)) {
        const auto end = at + program.size();
        out.append(next, done, end - done);
        done = end;
        const bool is_word = at == 0 || next[at - 1] == ' ' || next[at - 1] == '`';
        const auto rest = std::string_view(next).substr(end);
        if (is_word && !rest.starts_with(option) && starts_with_command(rest))
            out += fmt::format("{}{} ", option, context.data_dir);
    }
    return out.append(next, done);
}

void report_failure(Context& context, const std::string& message, const std::string& given_next) {
    const auto next = with_data_dir(context, given_next);
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
