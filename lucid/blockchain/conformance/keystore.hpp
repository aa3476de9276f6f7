// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>

#include <optional>

#include <nlohmann/json_fwd.hpp>

namespace lucid::blockchain::conformance {

/// Secret of a Web3 Secret Storage file, version 3; nothing where the password or the file is bad.
/// For the official tests only: Lucid keeps its keys otherwise.
[[nodiscard]] std::optional<Bytes> open_key_store(const nlohmann::json& file,
                                                  const std::string& password);

}  // namespace lucid::blockchain::conformance
