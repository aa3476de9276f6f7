// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/spawn.hpp>
#include <lucid/sessions/recorder/recorder.hpp>

#include <csignal>

#include "../commands.hpp"
#include "all.hpp"

namespace lucid::app {

namespace log = core::runtime::log;

int run_recorder(int argc, char** argv) {
    // The end of the channel is the sign to drain; a signal's default action would leave every live
    // session to recovery.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
    if (argc < 2) return exit_usage;
    auto opened = core::runtime::DataDir::open(argv[1]);
    const auto* data = std::get_if<core::runtime::DataDir>(&opened);
    log::Level level = log::Level::info;
    if (data != nullptr) (void)log::parse_level(data->config().log_level, level);
    log::open("recorder", level, data != nullptr ? data->log("recorder") : "");
    if (data == nullptr) {
        log::error(std::get<core::runtime::Problem>(opened).message);
        return exit_failed;
    }
    constexpr unsigned files_max = 4096;
    if (const auto hardened = core::runtime::harden_process(files_max); !hardened) {
        log::error("hardening failed", {{"error", hardened.error().message()}});
        return exit_failed;
    }
    const auto done = sessions::recorder::run_recorder(
        *data, core::net::FrameChannel(core::net::Fd(core::runtime::role_channel_fd)),
        LUCID_VERSION);
    if (!done) log::error("recorder cannot run", {{"error", done.error().message()}});
    return done ? exit_ok : exit_failed;
}

}  // namespace lucid::app
