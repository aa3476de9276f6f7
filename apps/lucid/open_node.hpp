// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What commands that work on a node's data need: directory, catalog, vault.

#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/storage/catalog/catalog.hpp>
#include <lucid/user/vault/vault.hpp>

#include <optional>

#include "commands.hpp"

namespace lucid::app {

struct OpenNode {
    core::runtime::DataDir data;
    storage::catalog::Catalog catalog;
    user::vault::Vault vault;
};

/// Reports the failure itself and gives nothing then.
std::optional<OpenNode> open_node(Context& context);

}  // namespace lucid::app
