// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/spawn.hpp>
#include <lucid/scan/service/scanner_process.hpp>

#include <csignal>

#include "../commands.hpp"
#include "all.hpp"
#include "start.hpp"

namespace lucid::app {

namespace {

namespace log = core::runtime::log;

/// A pipe and a connection for each relay.
constexpr unsigned files_max = 2 * scan::service::scan_pipes_max + 16;

/// No files, no programs, and no network but the scanner's port.
Result<void> confine(const scan::service::ScannerAddress& clamd) {
    LUCID_CHECK(core::runtime::harden_process(files_max));
    // A Unix socket is reached from any network, also from one without interfaces.
    if (clamd.is_unix()) (void)core::runtime::leave_network();
    core::runtime::Jail jail;
    jail.bind_tcp.emplace();
    jail.connect_tcp.emplace();
    if (!clamd.is_unix()) jail.connect_tcp->push_back(clamd.port);
    LUCID_CHECK(core::runtime::enter_jail(jail));
    return core::runtime::refuse_rare_system_calls(true);
}

}  // namespace

int run_scanner(int argc, char** argv) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
    int exit_code = exit_ok;
    const auto data = start_role("scanner", argc, argv, exit_code);
    if (!data) return exit_code;
    const auto address = scan::service::ScannerAddress::parse(data->config().clamd);
    if (!address) return fail_with("scanner.clamd in lucid.toml", address.error());
    const scan::service::ScannerOptions options{*address, data->config().scan_limit};
    if (const auto confined = confine(options.clamd); !confined)
        return fail_with("the jail cannot be entered", confined.error());
    log::info("scanner runs", {{"clamd", options.clamd.text()}});
    scan::service::run_scanner(
        core::net::FrameChannel(core::net::Fd(core::runtime::role_channel_fd)), options);
    return exit_ok;
}

}  // namespace lucid::app
