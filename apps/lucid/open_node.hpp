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

/// What host passwords are sealed for; the name beside it is the host's.
inline constexpr std::string_view host_password_purpose = "host";

/// What to do about a key file or a catalog that does not open.
[[nodiscard]] std::string mend_secret_file(const std::string& path, const Error& error);
[[nodiscard]] std::string mend_catalog(const core::runtime::DataDir& data, const Error& error);

/// Why the recording cannot be read now ("is on volume … which is absent"); empty when it can.
[[nodiscard]] std::string why_unavailable(OpenNode& node, const storage::catalog::Session& session);
/// False, and reported, when the recording is not here.
[[nodiscard]] bool is_here(Context& context, OpenNode& node,
                           const storage::catalog::Session& session);
/// False, and reported, when it is not here or its contents were pruned.
[[nodiscard]] bool has_contents(Context& context, OpenNode& node,
                                const storage::catalog::Session& session);

/// Reports the failure itself and gives nothing then.
std::optional<OpenNode> open_node(Context& context);

}  // namespace lucid::app
