// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "open_node.hpp"

namespace lucid::app {

std::optional<OpenNode> open_node(Context& context) {
    auto opened = core::runtime::DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened)) {
        report_failure(context, problem->message, problem->next);
        return std::nullopt;
    }
    auto& data = std::get<core::runtime::DataDir>(opened);
    auto catalog = storage::catalog::Catalog::open(data.catalog());
    if (!catalog) {
        report_failure(context, data.catalog() + ": " + catalog.error().message(),
                       "restore it from a backup; recordings themselves are in " + data.sessions());
        return std::nullopt;
    }
    auto vault = user::vault::Vault::open(data.key("vault.key"));
    if (!vault) {
        report_failure(context, data.key("vault.key") + ": " + vault.error().message(),
                       "restore it from a backup; without it hosts must be added again");
        return std::nullopt;
    }
    return OpenNode{std::move(data), std::move(*catalog), std::move(*vault)};
}

}  // namespace lucid::app
