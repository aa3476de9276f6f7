// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The core process: opens the data directory, starts chain and recorder, listens, answers its
/// control socket, drains on SIGTERM.

#include <lucid/core/runtime/data_dir.hpp>

#include <optional>

namespace lucid::app {

struct NodeOptions {
    /// Instead of gateway.listen of lucid.toml.
    std::optional<core::runtime::Endpoint> listen;
    bool allow_tls_only = false;
};

/// Runs until SIGINT or SIGTERM. Nothing on success; otherwise why it did not start.
std::optional<core::runtime::Problem> run_node(const core::runtime::DataDir& data,
                                               const NodeOptions& options);

}  // namespace lucid::app
