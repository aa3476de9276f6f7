// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/tar.hpp>

#include <filesystem>
#include <memory>

#include "../commands.hpp"
#include "../open_node.hpp"
#include "../verdict.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

struct BundleFlags {
    std::string path;
    std::string trust;
    std::string identity;
    std::string out;
    bool allow_unanchored = false;
};

void verify_bundle(Context& context, const BundleFlags& flags) {
    const auto source = open_bundle(flags.path);
    if (!source)
        return report_failure(context, flags.path + ": " + source.error().message(),
                              "a bundle is a directory, or a .tar made by `lucid bundle export`");
    sessions::format::VerifyOptions options;
    options.allow_unanchored = flags.allow_unanchored;
    if (!flags.trust.empty()) {
        const auto trust = read_trust(flags.trust);
        if (!trust)
            return report_failure(context, flags.trust + ": " + trust.error().message(),
                                  "--trust takes trust.json or 0x + genesis hash");
        options.trust = *trust;
    }
    std::optional<crypto::age::Identity> identity;
    if (!flags.identity.empty()) {
        auto read = read_identity(flags.identity);
        if (!read)
            return report_failure(context, flags.identity + ": " + read.error().message(),
                                  "--identity takes an age key file (AGE-SECRET-KEY-1…)");
        identity = std::move(*read);
        options.identity = &*identity;
    }
    print_report(context, sessions::format::verify(**source, options));
}

/// Copies the files into a new directory.
Result<std::uint64_t> copy_files(sessions::format::BundleSource& source, const std::string& to) {
    std::error_code error;
    if (fs::exists(to, error)) return fail(Errc::already_exists, "output");
    LUCID_TRY(const auto files, source.list());
    std::uint64_t total = 0;
    for (const auto& file : files) {
        fs::create_directories(fs::path(to + "/" + file.name).parent_path(), error);
        LUCID_TRY(const auto content, source.read(file.name, file.size));
        LUCID_CHECK(core::runtime::write_file_atomically(to + "/" + file.name, content, 0644));
        total += content.size();
    }
    return total;
}

void export_bundle(Context& context, const BundleFlags& flags) {
    auto node = open_node(context);
    if (!node) return;
    const auto session = node->catalog.find_session(flags.path);
    if (!session)
        return report_failure(context, "no single session starts with " + flags.path,
                              "lucid session ls");
    if (!has_contents(context, *node, *session)) return;
    const auto directory = node->data.session(session->id);
    std::error_code error;
    if (!fs::exists(directory + "/manifest.json", error))
        return report_failure(
            context, "the session still records",
            "wait until it has ended: lucid session show " + session->id.substr(0, 12));
    if (!fs::exists(directory + "/anchor.json", error) && !flags.allow_unanchored)
        return report_failure(
            context, "the session is not anchored yet; its registration waits for the next slot",
            "lucid chain status, then again; or --allow-unanchored");
    sessions::replay::DirectoryBundle source(directory);
    const auto out = flags.out.empty() ? session->id.substr(0, 16) + ".tar" : flags.out;
    const auto written =
        out.ends_with(".tar") ? sessions::replay::write_tar(source, out) : copy_files(source, out);
    if (!written)
        return report_failure(context, out + ": " + written.error().message(),
                              "--out takes a new .tar or directory");
    if (context.json)
        fmt::print(
            "{}\n",
            Json{{"ok", true}, {"session", session->id}, {"out", out}, {"bytes", *written}}.dump());
    else
        fmt::print(
            "{} ({} bytes); give it away with the trust file, taken to them another way:\n  lucid "
            "bundle verify {} --trust trust.json\n",
            out, *written, out);
}

}  // namespace

void add_bundle(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("bundle", "Evidence for somebody who trusts nobody here");
    command->require_subcommand(1);
    auto flags = std::make_shared<BundleFlags>();
    auto* verify_command =
        command->add_subcommand("verify", "Check a bundle: no node, no network, no key needed");
    verify_command->add_option("BUNDLE", flags->path, "Directory or .tar")->required();
    verify_command->add_option("--trust", flags->trust,
                               "trust.json of the chain, or 0x + its genesis hash");
    verify_command->add_option("--identity", flags->identity,
                               "age key file: opens and re-derives everything too");
    verify_command->add_flag("--allow-unanchored", flags->allow_unanchored,
                             "Accept a session whose registration is pending");
    verify_command->footer(
        "Examples:\n  lucid bundle verify case.tar --trust trust.json\n  lucid bundle verify "
        "case.tar --trust 0x7f50… --identity key.txt --json\n\n"
        "Exit codes: 0 verified, 3 consistent but no trust root given, 1 refused (the first bad "
        "place is named).");
    verify_command->callback([&context, flags] { verify_bundle(context, *flags); });
    auto* export_command = command->add_subcommand("export", "Write a session's bundle");
    export_command->add_option("SESSION", flags->path, "Id or its beginning")->required();
    export_command->add_option("--out", flags->out, "New .tar file or directory");
    export_command->add_flag("--allow-unanchored", flags->allow_unanchored,
                             "Before its registration is in a block");
    export_command->footer("Example:\n  lucid bundle export 2da527 --out case.tar");
    export_command->callback([&context, flags] { export_bundle(context, *flags); });
}

}  // namespace lucid::app
