// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "open_node.hpp"

#include <lucid/sessions/recorder/prune.hpp>

#include <ctime>
#include <filesystem>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace lucid::app {

namespace {

constexpr const char* restore_it =
    "take it from a backup: lucid restore FOLDER into another directory";
constexpr const char* be_the_owner = "run as the user who owns the data directory";

}  // namespace

std::string mend_secret_file(const std::string& path, const Error& error) {
    if (error.code == make_error_code(Errc::refused)) return "chmod 600 " + path;
    if (error.code == std::errc::permission_denied) return be_the_owner;
    return restore_it;
}

std::string mend_catalog(const core::runtime::DataDir& data, const Error& error) {
    if (error.code == make_error_code(Errc::bad_version))
        return "lucid upgrade; for one that a newer lucid wrote: apt-get install lucid";
    if (error.code == make_error_code(Errc::timed_out))
        return "another program holds it: fuser -v " + data.catalog();
    if (error.code == std::errc::permission_denied) return be_the_owner;
    return "lucid fsck --repair makes it anew from the recordings; users and hosts come from a "
           "backup: lucid restore";
}

std::string why_unavailable(OpenNode& node, const storage::catalog::Session& session) {
    std::error_code error;
    if (std::filesystem::exists(node.data.session(session.id), error)) return "";
    if (session.volume.empty()) return "is not on disk";
    const auto known = node.catalog.volumes();
    std::string path = session.volume;
    if (known)
        for (const auto& volume : *known)
            if (volume.id == session.volume) path = volume.path;
    for (const auto& volume : node.data.volumes().look())
        if (volume.id == session.volume) return "is not on its volume " + volume.path;
    return "is on volume " + path + ", which is absent";
}

bool is_here(Context& context, OpenNode& node, const storage::catalog::Session& session) {
    const auto why = why_unavailable(node, session);
    if (why.empty()) return true;
    report_failure(
        context, session.id.substr(0, 12) + " " + why,
        why.ends_with("absent") ? "mount it and try again; lucid volume ls" : "lucid fsck");
    return false;
}

bool has_contents(Context& context, OpenNode& node, const storage::catalog::Session& session) {
    if (!is_here(context, node, session)) return false;
    const auto& session_id = session.id;
    const auto directory = node.data.session(session_id);
    const auto pruned = sessions::recorder::pruned_at(directory);
    if (!pruned) return true;
    report_failure(context,
                   fmt::format("the contents of {:.12} were pruned on {:%Y-%m-%d}", session_id,
                               fmt::gmtime(static_cast<std::time_t>(*pruned))),
                   "manifest, receipts and anchor are still in " + directory);
    return false;
}

std::optional<OpenNode> open_node(Context& context) {
    auto opened = core::runtime::DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened)) {
        report_failure(context, problem->message, problem->next);
        return std::nullopt;
    }
    auto& data = std::get<core::runtime::DataDir>(opened);
    auto catalog = storage::catalog::Catalog::open_existing(data.catalog());
    if (!catalog) {
        report_failure(context, data.catalog() + ": " + catalog.error().message(),
                       mend_catalog(data, catalog.error()));
        return std::nullopt;
    }
    auto vault = user::vault::Vault::open(data.key("vault.key"));
    if (!vault) {
        report_failure(context, data.key("vault.key") + ": " + vault.error().message(),
                       mend_secret_file(data.key("vault.key"), vault.error()));
        return std::nullopt;
    }
    return OpenNode{std::move(data), std::move(*catalog), std::move(*vault)};
}

}  // namespace lucid::app
