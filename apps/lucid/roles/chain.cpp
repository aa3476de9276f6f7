// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/api/server/http_server.hpp>
#include <lucid/blockchain/chain/process.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/spawn.hpp>

#include <csignal>

#include "../commands.hpp"
#include "all.hpp"

namespace lucid::app {

namespace {

namespace log = core::runtime::log;

int fail_with(const char* message, const Error& error) {
    log::error(message, {{"error", error.message()}});
    return exit_failed;
}

}  // namespace

int run_chain(int argc, char** argv) {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    if (argc < 2) return exit_usage;
    auto opened = core::runtime::DataDir::open(argv[1]);
    const auto* data = std::get_if<core::runtime::DataDir>(&opened);
    log::Level level = log::Level::info;
    if (data != nullptr) (void)log::parse_level(data->config().log_level, level);
    log::open("chain", level, data != nullptr ? data->log("chain") : "");
    if (data == nullptr) {
        log::error(std::get<core::runtime::Problem>(opened).message);
        return exit_failed;
    }
    constexpr unsigned files_max = 1024;
    if (const auto hardened = core::runtime::harden_process(files_max); !hardened)
        return fail_with("hardening failed", hardened.error());
    const auto chain = blockchain::chain::open_chain(*data);
    if (!chain) return fail_with("the chain does not open", chain.error());
    // Keys are read: from here on the chain's own folder is all that is in reach.
    const auto& rpc = data->config().rpc;
    core::runtime::Jail jail;
    jail.write = {data->chain(), data->file("run"), data->file("log")};
    jail.bind_tcp = {rpc.port};
    jail.connect_tcp.emplace();
    if (const auto confined = core::runtime::enter_jail(jail); !confined)
        return fail_with("the jail cannot be entered", confined.error());
    if (const auto confined = core::runtime::refuse_rare_system_calls(true); !confined)
        return fail_with("the jail cannot be entered", confined.error());
    blockchain::chain::ChainProcess process(*data, **chain, LUCID_VERSION);
    if (const auto listening = process.listen(); !listening)
        return fail_with("chain socket", listening.error());
    api::server::HttpServer http(
        [&process](std::string_view body) { return process.rpc().handle(body, false); });
    // Without the public endpoint the node still anchors; the log says what to change.
    if (const auto listening = http.listen(rpc.address, rpc.port); !listening)
        log::error("JSON-RPC does not listen; change chain.rpc in lucid.toml",
                   {{"address", rpc.text()}, {"error", listening.error().message()}});
    log::info("chain runs", {{"height", (*chain)->height()}, {"rpc", rpc.text()}});
    core::net::FrameChannel channel{core::net::Fd{core::runtime::role_channel_fd}};
    process.run(channel);
    return exit_ok;
}

}  // namespace lucid::app
