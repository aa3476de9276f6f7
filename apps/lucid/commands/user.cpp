// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/age.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>

#include <memory>

#include "../commands.hpp"
#include "../open_node.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;

struct UserFlags {
    std::string name;
    std::string recipient;
    std::string role = "owner";
};

void add(Context& context, const UserFlags& flags) {
    auto node = open_node(context);
    if (!node) return;
    std::string recipient = flags.recipient;
    std::string identity_file;
    if (recipient.empty()) {
        const auto identity = crypto::age::Identity::generate();
        recipient = identity.recipient().text();
        identity_file = node->data.identity(flags.name);
        if (!storage::catalog::is_valid_name(flags.name))
            return report_failure(context, "'" + flags.name + "' is no user name",
                                  "letters, digits, . _ - only");
        auto text = to_bytes(identity.text().expose());
        text.push_back('\n');
        const auto written = core::runtime::write_file_atomically(identity_file, text);
        crypto::wipe(text);
        if (!written)
            return report_failure(context, identity_file + ": " + written.error().message());
    } else if (!crypto::age::Recipient::parse(recipient)) {
        return report_failure(context, "'" + recipient + "' is no age recipient",
                              "age-keygen prints one: age1…");
    }
    const auto added =
        node->catalog.add_user({flags.name, recipient, flags.role, core::runtime::wall_time_s()});
    if (!added)
        return report_failure(context, flags.name + ": " + added.error().message(),
                              "lucid user ls");
    if (context.json)
        fmt::print("{}\n", Json{{"ok", true},
                                {"name", flags.name},
                                {"recipient", recipient},
                                {"identity", identity_file}}
                               .dump());
    else if (identity_file.empty())
        fmt::print("{} ({}): recordings from now on open with its age key\n", flags.name,
                   flags.role);
    else
        fmt::print("{} ({}): key in {}; hand it over and delete it here\n", flags.name, flags.role,
                   identity_file);
}

void list(Context& context) {
    auto node = open_node(context);
    if (!node) return;
    const auto users = node->catalog.users();
    if (!users) return report_failure(context, users.error().message());
    if (context.json) {
        Json out = {{"ok", true}, {"users", Json::array()}};
        for (const auto& u : *users)
            out["users"].push_back(
                {{"name", u.name}, {"role", u.role}, {"recipient", u.recipient}});
        fmt::print("{}\n", out.dump());
        return;
    }
    for (const auto& u : *users) fmt::print("{:16} {:9} {}\n", u.name, u.role, u.recipient);
}

}  // namespace

void add_user(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("user", "People to whom recordings are sealed");
    command->require_subcommand(1);
    auto flags = std::make_shared<UserFlags>();
    auto* add_command = command->add_subcommand("add", "Add a person");
    add_command->add_option("NAME", flags->name)->required();
    add_command->add_option("--recipient", flags->recipient,
                            "Their age1… key (else one is made here)");
    add_command
        ->add_option("--role", flags->role, "owner, auditor or recovery (opens backups, too)")
        ->check(CLI::IsMember({"owner", "auditor", "recovery"}));
    add_command->footer(
        "Examples:\n  lucid user add alice\n  lucid user add court --role auditor --recipient "
        "age1…");
    add_command->callback([&context, flags] { add(context, *flags); });
    command->add_subcommand("ls", "List them")->callback([&context] { list(context); });
}

}  // namespace lucid::app
