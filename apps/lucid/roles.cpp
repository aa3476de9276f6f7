// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "roles.hpp"

namespace lucid::app {

std::span<const Role> all_roles() {
    return {};
}

}  // namespace lucid::app
