// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How the roles that know the data directory begin.

#include <lucid/core/runtime/data_dir.hpp>

#include <optional>

namespace lucid::app {

/// Opens the directory that the first argument names, and the role's log in it. Without one the log
/// (on standard error) has the reason, and `exit_code` is set.
std::optional<core::runtime::DataDir> start_role(const char* role, int argc, char** argv,
                                                 int& exit_code);

/// Logs it; gives the exit code.
int fail_with(const char* message, const Error& error);

}  // namespace lucid::app
