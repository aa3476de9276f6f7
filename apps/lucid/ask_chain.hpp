// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One question to the chain process of a data directory.

#include <lucid/core/runtime/data_dir.hpp>

#include <string>
#include <variant>

#include <nlohmann/json_fwd.hpp>

namespace lucid::app {

/// JSON-RPC over run/chain.sock; the result, or why there is none.
std::variant<nlohmann::json, core::runtime::Problem> ask_chain(const core::runtime::DataDir& data,
                                                               const std::string& method,
                                                               const nlohmann::json& params);

}  // namespace lucid::app
