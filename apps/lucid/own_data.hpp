// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A data directory for one program alone: no core, no recorder works on it meanwhile.

#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/data_dir.hpp>

#include <optional>

#include "commands.hpp"

namespace lucid::app {

/// Holds both locks while it lives.
struct OwnData {
    core::net::Fd node;
    core::net::Fd recorder;
};

/// Nothing, and reported, while a node runs on it. `what` names what was wanted: "fsck --repair".
std::optional<OwnData> own_data(Context& context, const core::runtime::DataDir& data,
                                const std::string& what);

/// False, and reported, for root in somebody else's data directory: what root makes there, its
/// owner could not read.
[[nodiscard]] bool as_owner(Context& context, const std::string& path, const std::string& what);

}  // namespace lucid::app
