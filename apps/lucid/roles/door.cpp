// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/spawn.hpp>
#include <lucid/rdp/gateway/door.hpp>

#include "all.hpp"

namespace lucid::app {

int run_door(int /*argc*/, char** /*argv*/) {
    return rdp::gateway::run_door_process(core::net::Fd(core::runtime::role_channel_fd));
}

}  // namespace lucid::app
