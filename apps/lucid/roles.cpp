// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "roles.hpp"

#include <array>

#include "roles/all.hpp"

namespace lucid::app {

std::span<const Role> all_roles() {
    static constexpr auto roles = std::to_array<Role>({
        {"chain", run_chain},
        {"door", run_door},
        {"recorder", run_recorder},
        {"relay", run_relay},
        {"scanner", run_scanner},
    });
    return roles;
}

}  // namespace lucid::app
