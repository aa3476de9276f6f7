// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/spawn.hpp>
#include <lucid/sessions/recorder/recorder.hpp>

#include <csignal>

#include "../commands.hpp"
#include "all.hpp"
#include "start.hpp"

namespace lucid::app {

int run_recorder(int argc, char** argv) {
    // The end of the channel is the sign to drain; a signal's default action would leave every live
    // session to recovery.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
    int exit_code = exit_ok;
    const auto data = start_role("recorder", argc, argv, exit_code);
    if (!data) return exit_code;
    constexpr unsigned files_max = 4096;
    if (const auto hardened = core::runtime::harden_process(files_max); !hardened)
        return fail_with("hardening failed", hardened.error());
    const auto done = sessions::recorder::run_recorder(
        *data, core::net::FrameChannel(core::net::Fd(core::runtime::role_channel_fd)),
        LUCID_VERSION);
    return done ? exit_ok : fail_with("recorder cannot run", done.error());
}

}  // namespace lucid::app
