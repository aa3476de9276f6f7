// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The registry of subcommands. Each file in commands/ implements one `add_*` function; it adds its
/// subcommand to the application and, in the callback, sets `Context::exit_code`. A new command =
/// one new file + one line in all_commands().
///
/// Exit codes: 0 done; 1 refused or failed (the message says why and what to type next); 2 wrong
/// usage; 3 consistent but unpinned (verification without a trust root).

#include <span>
#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace lucid::app {

/// What every subcommand shares. Lives longer than the parsed application.
struct Context {
    /// --data, else $LUCID_DATA, else ./lucid-data.
    std::string data_dir;
    /// --data stood on the command line: advice repeats it.
    bool data_dir_given = false;
    /// --json: one JSON document on standard output, nothing else.
    bool json = false;
    int exit_code = 0;
};

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_unpinned = 3;

using AddCommand = void (*)(CLI::App& app, Context& context);

/// Subcommands in the order of `lucid --help`.
[[nodiscard]] std::span<const AddCommand> all_commands();

/// Prints "lucid: MESSAGE" to standard error (or {"ok":false,"error":…} to standard output with
/// --json) and sets exit_failed. `next` names the command or edit that mends it; may be empty.
void report_failure(Context& context, const std::string& message, const std::string& next = "");

/// The advice with --data put in where the person who asked had to say it too.
[[nodiscard]] std::string with_data_dir(const Context& context, const std::string& next);

}  // namespace lucid::app
