// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// As much of JSON Schema as the OpenRPC document of execution-apis uses.

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace lucid::blockchain::import {

/// Empty, or where and why `value` does not fit `schema`.
[[nodiscard]] std::string schema_problem(const nlohmann::json& schema, const nlohmann::json& value,
                                         const std::string& where = "result");

/// Empty, or where `value` lacks what `example` has: kinds and field names, not values.
[[nodiscard]] std::string shape_problem(const nlohmann::json& example, const nlohmann::json& value,
                                        const std::string& where = "result");

}  // namespace lucid::blockchain::import
