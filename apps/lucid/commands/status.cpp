// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/data_dir.hpp>

#include "../commands.hpp"
#include "../core/control.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;

void print(const Json& status) {
    fmt::print("running   process {}, {} s\n", status.value("pid", 0), status.value("uptime_s", 0));
    fmt::print("gateway   {}{}\n", status.value("listen", ""),
               status.value("allow_tls_only", false) ? "  (TLS-only clients allowed)" : "");
    fmt::print("chain     http://{}\n", status.value("rpc", ""));
    for (const auto& process : status.value("processes", Json::array()))
        fmt::print("process   {:9} {}\n", process.value("role", ""),
                   process.value("running", false) ? fmt::format("pid {}", process.value("pid", 0))
                                                   : std::string("DOWN, being restarted"));
    if (const auto indexed = status.value("indexers", 0); indexed > 0)
        fmt::print("index     {} sessions\n", indexed);
    for (const auto& session : status.value("sessions", Json::array()))
        fmt::print("session   {:16.16} {:10} {} -> {}\n", session.value("id", "-"),
                   session.value("stage", ""), session.value("client", ""),
                   session.value("host", "-"));
}

void status(Context& context) {
    const auto opened = core::runtime::DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened))
        return report_failure(context, problem->message, problem->next);
    const auto& data = std::get<core::runtime::DataDir>(opened);
    const auto answer = ask_core(data.core_socket(), Json{{"op", "status"}});
    if (!answer && context.json) {
        const Json down = {{"ok", true},
                           {"running", false},
                           {"listen", data.config().listen.text()},
                           {"rpc", data.config().rpc.text()}};
        fmt::print("{}\n", down.dump());
        return;
    }
    if (!answer)
        return report_failure(context, "no lucid runs on " + data.path(),
                              "lucid --data " + context.data_dir + " up");
    if (context.json)
        fmt::print("{}\n", answer->dump());
    else
        print(*answer);
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("status", "What runs, where it listens, who is connected");
    command->footer("Example:\n  lucid status --json");
    command->callback([&context] { status(context); });
}

}  // namespace lucid::app
