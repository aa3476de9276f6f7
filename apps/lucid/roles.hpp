// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The process roles behind `lucid role NAME` (docs/design/processes.md). They are started by
/// `lucid up` with file descriptor 3 as their channel to core, never by a person.

#include <span>
#include <string_view>

namespace lucid::app {

struct Role {
    std::string_view name;
    /// Returns the process's exit code.
    int (*run)(int argc, char** argv);
};

[[nodiscard]] std::span<const Role> all_roles();

}  // namespace lucid::app
