// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "verdict.hpp"

#include <lucid/blockchain/chain/genesis.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/tar.hpp>

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;
using sessions::format::Verdict;

constexpr std::size_t small_file_bytes_max = 64 * 1024;

const char* verdict_text(Verdict verdict) {
    switch (verdict) {
        case Verdict::verified:
            return "verified";
        case Verdict::consistent_unpinned:
            return "consistent, unpinned";
        case Verdict::refused:
            return "refused";
    }
    return "refused";
}

int exit_code_of(Verdict verdict) {
    if (verdict == Verdict::verified) return exit_ok;
    return verdict == Verdict::consistent_unpinned ? exit_unpinned : exit_failed;
}

}  // namespace

Result<std::unique_ptr<sessions::format::BundleSource>> open_bundle(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        return std::make_unique<sessions::replay::DirectoryBundle>(path);
    LUCID_TRY(auto tar, sessions::replay::TarBundle::open(path));
    return std::make_unique<sessions::replay::TarBundle>(std::move(tar));
}

Result<crypto::age::Identity> read_identity(const std::string& path) {
    LUCID_TRY(auto text, core::runtime::read_file(path, small_file_bytes_max));
    const crypto::Secret wiped(std::move(text));
    return crypto::age::Identity::parse(as_text(wiped.expose()));
}

Result<sessions::format::Trust> read_trust(const std::string& text) {
    if (text.starts_with("0x")) {
        sessions::format::Trust trust;
        trust.chain_id = blockchain::chain::default_chain_id;
        LUCID_TRY(trust.genesis_hash, hash32_from_hex(std::string_view(text).substr(2)));
        return trust;
    }
    LUCID_TRY(const auto file, core::runtime::read_file(text, small_file_bytes_max));
    return sessions::format::Trust::from_json(file);
}

void print_report(Context& context, const sessions::format::VerifyReport& report) {
    context.exit_code = exit_code_of(report.verdict);
    if (context.json) {
        Json out = {{"ok", report.verdict != Verdict::refused},
                    {"verdict", verdict_text(report.verdict)},
                    {"opened", report.opened},
                    {"anchored", report.anchored},
                    {"events", report.events},
                    {"bytes", report.bytes},
                    {"checks", report.checks}};
        if (report.manifest) {
            out["session"] = report.manifest->session_id.hex();
            out["segments"] = report.manifest->tree_size;
            out["root"] = to_hex(report.manifest->root);
            out["end_state"] = report.manifest->complete ? "complete" : "partial";
            out["end_reason"] = report.manifest->reason;
        }
        if (report.bad) {
            out["bad"] = {{"file", report.bad->file},
                          {"begin", report.bad->begin},
                          {"end", report.bad->end},
                          {"rule", report.bad->rule}};
            if (report.bad->segment) out["bad"]["segment"] = *report.bad->segment;
        }
        fmt::print("{}\n", out.dump());
        return;
    }
    for (const auto& check : report.checks) fmt::print("  ok   {}\n", check);
    if (report.bad) {
        fmt::print("  BAD  {}: {}", report.bad->file, report.bad->rule);
        if (report.bad->segment) fmt::print(" (segment {})", *report.bad->segment);
        if (report.bad->end > report.bad->begin)
            fmt::print(" [bytes {}..{})", report.bad->begin, report.bad->end);
        fmt::print("\n");
    }
    if (report.manifest)
        fmt::print("session {} {}: {}\n", report.manifest->session_id.hex(),
                   report.manifest->complete ? "complete" : "partial", report.manifest->reason);
    fmt::print("{}\n", verdict_text(report.verdict));
    if (report.verdict == Verdict::consistent_unpinned)
        fmt::print(
            "  next: give a trust root, --trust trust.json of the node, taken out of band\n");
}

}  // namespace lucid::app
