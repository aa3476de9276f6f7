// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/policy.hpp>
#include <lucid/scan/service/ask_clamd.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include "finding.hpp"
#include <fmt/format.h>

namespace lucid::app::doctor {

namespace {

constexpr std::chrono::milliseconds patience{5'000};

/// Names of hosts whose policy wants files scanned, separated by commas.
std::string hosts_that_scan(const core::runtime::DataDir& data) {
    auto catalog = storage::catalog::Catalog::open_existing(data.catalog());
    const auto hosts = catalog ? catalog->hosts() : fail(catalog.error());
    std::string names;
    if (!hosts) return names;  // check_catalog() has said so
    for (const auto& host : *hosts) {
        const auto policy = rdp::relay::policy_from_json(host.policy);
        if (policy && policy->scan_files) names += (names.empty() ? "" : ", ") + host.name;
    }
    return names;
}

}  // namespace

void check_scanner(const core::runtime::DataDir& data, Findings& findings) {
    const auto wanted = hosts_that_scan(data);
    const auto& clamd = data.config().clamd;
    if (clamd.empty()) {
        if (!wanted.empty())
            findings.broken("scanner",
                            "no scanner is configured, so no file passes to or from " + wanted,
                            fmt::format("apt-get install clamav-daemon; then in {}, section "
                                        "[scanner]: clamd = \"unix:/run/clamav/clamd.ctl\"",
                                        data.file("lucid.toml")));
        return;
    }
    const auto address = scan::service::ScannerAddress::parse(clamd);
    const auto version = address ? scan::service::ask_version(*address, patience)
                                 : Result<std::string>(fail(address.error()));
    if (version) return findings.good("scanner", clamd + ": " + *version);
    const auto what = clamd + ": " + version.error().message();
    if (version.error().code == std::errc::permission_denied)
        return findings.broken("scanner", what,
                               "usermod -aG clamav lucid; systemctl restart lucid");
    if (wanted.empty())
        return findings.note("scanner", what + "; no policy wants files scanned",
                             "systemctl enable --now clamav-daemon");
    findings.broken("scanner", what + "; files to and from " + wanted + " are refused",
                    "systemctl enable --now clamav-daemon");
}

}  // namespace lucid::app::doctor
