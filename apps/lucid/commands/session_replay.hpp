// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "../commands.hpp"

namespace lucid::app {

struct ReplayFlags {
    double speed = 1.0;
    double until_s = -1;
    std::uint16_t port = 0;
};

/// `lucid session replay`.
void session_replay(Context& context, const std::string& id, const std::string& identity_file,
                    const ReplayFlags& flags);

}  // namespace lucid::app
