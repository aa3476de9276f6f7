// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "../commands.hpp"
#include "../core/node.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>

namespace lucid::app {

namespace {

struct UpFlags {
    std::string listen;
    bool allow_tls_only = false;
};

void up(Context& context, const UpFlags& flags) {
    auto opened = core::runtime::DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened))
        return report_failure(context, problem->message, problem->next);
    NodeOptions options;
    options.allow_tls_only = flags.allow_tls_only;
    if (!flags.listen.empty()) {
        const auto listen = core::runtime::Endpoint::parse(flags.listen);
        if (!listen)
            return report_failure(context, "--listen " + flags.listen + " is no address and port",
                                  "lucid up --listen 127.0.0.1:3391");
        options.listen = *listen;
    }
    const auto problem = run_node(std::get<core::runtime::DataDir>(opened), options);
    if (problem) report_failure(context, problem->message, problem->next);
}

}  // namespace

void add_up(CLI::App& app, Context& context) {
    auto flags = std::make_shared<UpFlags>();
    auto* command = app.add_subcommand("up", "Run gateway, recorder and chain until Ctrl-C");
    command->add_option("--listen", flags->listen, "Address and port instead of lucid.toml's");
    command->add_flag("--allow-tls-only", flags->allow_tls_only,
                      "Also take clients without NLA (a man in the middle can take their ticket)");
    command->footer("Examples:\n  lucid up\n  lucid up --listen 0.0.0.0:3389");
    command->callback([&context, flags] { up(context, *flags); });
}

}  // namespace lucid::app
