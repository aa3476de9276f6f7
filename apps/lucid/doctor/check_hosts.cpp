// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/gateway/host_probe.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include "../open_node.hpp"
#include "finding.hpp"
#include <fmt/format.h>

namespace lucid::app::doctor {

namespace {

namespace gateway = rdp::gateway;

void check_host(const storage::catalog::Host& host, Findings& findings) {
    const auto at = fmt::format("{} ({}:{})", host.name, host.address, host.port);
    const auto probe = gateway::probe_host(
        host.address, host.port,
        host.security == "nla" ? gateway::HostSecurity::nla : gateway::HostSecurity::tls, nullptr);
    if (probe) {
        if (to_bytes(probe->fingerprint) == host.certificate_pin)
            return findings.good("host", at + ": reached, certificate is the pinned one");
        return findings.broken(
            "host", at + " shows another certificate, sha256 " + to_hex(probe->fingerprint),
            "if you changed it yourself: lucid host pin " + host.name);
    }
    const auto& error = probe.error();
    if (error.code == make_error_code(Errc::not_found))
        return findings.broken("host", at + ": that name has no address",
                               "getent hosts " + host.address);
    findings.broken("host", at + ": " + error.message(),
                    error.code.category() == std::generic_category() ||
                            error.code == make_error_code(Errc::timed_out)
                        ? "start the desktop's RDP server, or let this machine through to it"
                        : "lucid host test " + host.name);
}

}  // namespace

void check_hosts(const core::runtime::DataDir& data, Findings& findings) {
    auto catalog = storage::catalog::Catalog::open_existing(data.catalog());
    const auto hosts = catalog ? catalog->hosts() : fail(catalog.error());
    if (!hosts) return;  // check_catalog() has said so
    if (hosts->empty())
        findings.note("host", "none is registered",
                      "lucid host add NAME ADDRESS --user USER --password-stdin");
    for (const auto& host : *hosts) check_host(host, findings);
}

}  // namespace lucid::app::doctor
