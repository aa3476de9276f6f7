// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/age.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/common/crypto/secp256k1.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/rdp/gateway/listener_certificate.hpp>
#include <lucid/storage/catalog/catalog.hpp>
#include <lucid/user/vault/vault.hpp>

#include <filesystem>
#include <memory>
#include <optional>

#include "../chain_setup.hpp"
#include "../commands.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using core::runtime::DataDir;
using core::runtime::write_file_atomically;

struct InitFlags {
    std::string listen;
    std::string rpc;
    std::string owner = "owner";
    bool trust_unsynchronised_clock = false;
};

Result<void> write_random_key(const std::string& path) {
    auto key = crypto::random_array<32>();
    const auto written = write_file_atomically(path, key);
    crypto::wipe(key);
    return written;
}

/// The account that anchors; its address beside it for processes that must not see the key.
Result<void> write_account(const DataDir& data) {
    auto secret = crypto::random_array<32>();
    LUCID_TRY(const auto key, crypto::Secp256k1Key::from_secret(crypto::Secret::copy_of(secret)));
    const auto written = write_file_atomically(data.key("account.key"), secret);
    crypto::wipe(secret);
    LUCID_CHECK(written);
    return write_file_atomically(data.key("account.address"),
                                 as_bytes(to_hex(key.address()) + "\n"));
}

Result<void> write_listener(const DataDir& data) {
    LUCID_TRY(const auto made, rdp::gateway::make_listener_certificate("Lucid gateway"));
    LUCID_CHECK(write_file_atomically(data.key("tls.crt"), as_bytes(made.certificate_pem)));
    return write_file_atomically(data.key("tls.key"), made.key_pem.expose());
}

/// Identity file in age's own form, readable by `age -d -i`.
Result<void> write_identity(const DataDir& data, const std::string& user,
                            const crypto::age::Identity& identity) {
    Bytes content = to_bytes(as_bytes("# public key: " + identity.recipient().text() + "\n"));
    const auto text = identity.text();
    content.reserve(content.size() + text.size() + 1);
    append(content, text.expose());
    content.push_back('\n');
    const auto written = write_file_atomically(data.identity(user), content);
    crypto::wipe(content);
    return written;
}

Result<crypto::Secret> fill(const DataDir& data, const InitFlags& flags) {
    LUCID_CHECK(user::vault::Vault::create_key(data.key("vault.key")));
    for (const auto* name : {"evidence.key", "validator.key", "owner.key"})
        LUCID_CHECK(write_random_key(data.key(name)));
    LUCID_CHECK(write_account(data));
    LUCID_CHECK(write_listener(data));
    const auto owner = crypto::age::Identity::generate();
    const auto recovery = crypto::age::Identity::generate();
    LUCID_CHECK(write_identity(data, flags.owner, owner));
    LUCID_TRY(auto catalog, storage::catalog::Catalog::open(data.catalog()));
    const auto now = core::runtime::wall_time_s();
    LUCID_CHECK(catalog.add_user({flags.owner, owner.recipient().text(), "owner", now}));
    LUCID_CHECK(catalog.add_user({"recovery", recovery.recipient().text(), "recovery", now}));
    LUCID_CHECK(set_up_chain(data));
    return recovery.text();
}

/// Keys, catalog and an empty chain, with room to spare.
constexpr std::uint64_t init_bytes_min = 16ULL * 1024 * 1024;

/// On the volume of the nearest folder above `path` that exists.
std::optional<std::uint64_t> free_bytes(std::filesystem::path path) {
    path = std::filesystem::absolute(path);
    std::error_code error;
    while (!std::filesystem::exists(path, error) && path.has_relative_path())
        path = path.parent_path();
    const auto space = std::filesystem::space(path, error);
    if (error) return std::nullopt;
    return space.available;
}

void init(Context& context, const InitFlags& flags) {
    core::runtime::Config config;
    for (const auto& [text, endpoint, example] :
         {std::tuple{&flags.listen, &config.listen, "--listen 127.0.0.1:3390"},
          std::tuple{&flags.rpc, &config.rpc, "--rpc 127.0.0.1:8545"}}) {
        if (text->empty()) continue;
        const auto parsed = core::runtime::Endpoint::parse(*text);
        if (!parsed) return report_failure(context, *text + " is no address and port", example);
        *endpoint = *parsed;
    }
    config.trust_unsynchronised_clock =
        flags.trust_unsynchronised_clock || !core::runtime::clock_synchronised();
    if (!storage::catalog::is_valid_name(flags.owner) || flags.owner == "recovery")
        return report_failure(context, "'" + flags.owner + "' is no user name", "--owner alice");
    if (const auto free = free_bytes(context.data_dir); free && *free < init_bytes_min)
        return report_failure(
            context,
            fmt::format("no space for {}: {} KiB are free, a node needs {} MiB to begin with",
                        context.data_dir, *free / 1024, init_bytes_min / (1024 * 1024)),
            "make room, or choose another volume: lucid --data DIRECTORY init");
    auto made = DataDir::create(context.data_dir, config);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&made))
        return report_failure(context, problem->message, problem->next);
    const auto& data = std::get<DataDir>(made);
    const auto recovery = fill(data, flags);
    if (!recovery)
        return report_failure(context, "init failed: " + recovery.error().message(),
                              "rm -r " + data.path() + " and try again");
    const auto key = as_text(recovery->expose());
    if (context.json) {
        const nlohmann::json out = {{"ok", true},
                                    {"data", data.path()},
                                    {"owner", flags.owner},
                                    {"identity", data.identity(flags.owner)},
                                    {"trust", data.trust()},
                                    {"recovery_key", key}};
        fmt::print("{}\n", out.dump());
        return;
    }
    fmt::print(
        "Made {}\n\nRecovery key, shown this once. It opens every recording of this node; keep it "
        "on paper, off "
        "this machine:\n\n  {}\n\nThe key that opens {}'s recordings: {}\n  (move it off this "
        "machine once "
        "you have tried it)\nWhat a verifier starts from: {}\n",
        data.path(), key, flags.owner, data.identity(flags.owner), data.trust());
    if (config.trust_unsynchronised_clock)
        fmt::print(
            "\nNote: the kernel does not call this clock synchronised. Blocks are signed all the "
            "same\n"
            "(chain.trust_unsynchronised_clock in lucid.toml); run an NTP client on a real "
            "node.\n");
    fmt::print("\nNext:\n  lucid host add desk ADDRESS --user USER --password-stdin\n  lucid up\n");
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
    auto flags = std::make_shared<InitFlags>();
    auto* command = app.add_subcommand("init", "Make a data directory, keys and a local owner");
    command->add_option("--listen", flags->listen, "Where RDP clients connect (127.0.0.1:3390)");
    command->add_option("--rpc", flags->rpc, "Ethereum JSON-RPC (127.0.0.1:8545)");
    command->add_option("--owner", flags->owner, "Name of the local owner (owner)");
    command->add_flag("--trust-unsynchronised-clock", flags->trust_unsynchronised_clock,
                      "Sign blocks although NTP is not in sync");
    command->footer(
        "Examples:\n  lucid init\n  lucid --data /srv/lucid init --listen 0.0.0.0:3389");
    command->callback([&context, flags] { init(context, *flags); });
}

}  // namespace lucid::app
