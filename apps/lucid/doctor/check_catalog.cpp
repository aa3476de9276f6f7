// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/catalog/catalog.hpp>
#include <lucid/user/vault/vault.hpp>

#include <algorithm>

#include "../open_node.hpp"
#include "finding.hpp"
#include <fmt/format.h>

namespace lucid::app::doctor {

namespace {

void check_sealed(const core::runtime::DataDir& data, storage::catalog::Catalog& catalog,
                  Findings& findings) {
    const auto vault = user::vault::Vault::open(data.key("vault.key"));
    if (!vault)
        return findings.broken("vault", data.key("vault.key") + ": " + vault.error().message(),
                               mend_secret_file(data.key("vault.key"), vault.error()));
    const auto hosts = catalog.hosts();
    if (!hosts) return findings.broken("catalog", hosts.error().message(), "lucid fsck --repair");
    std::size_t bad = 0;
    for (const auto& host : *hosts) {
        if (vault->open_sealed(host_password_purpose, host.name, host.sealed_password)) continue;
        ++bad;
        findings.broken("vault", "the password of host " + host.name + " does not open",
                        fmt::format("lucid host rm {0}; lucid host add {0} {1}:{2} --user {3} "
                                    "--password-stdin",
                                    host.name, host.address, host.port, host.login_user));
    }
    if (bad == 0)
        findings.good("vault", fmt::format("opens, with the passwords of {} hosts", hosts->size()));
}

}  // namespace

void check_catalog(const core::runtime::DataDir& data, Findings& findings) {
    auto catalog = storage::catalog::Catalog::open_existing(data.catalog());
    if (!catalog)
        return findings.broken("catalog", data.catalog() + ": " + catalog.error().message(),
                               mend_catalog(data, catalog.error()));
    const auto complaints = catalog->check_integrity();
    if (!complaints)
        return findings.broken("catalog", data.catalog() + ": " + complaints.error().message(),
                               mend_catalog(data, complaints.error()));
    for (const auto& complaint : *complaints)
        findings.broken("catalog", "damaged: " + complaint, "lucid fsck --repair");
    const auto users = catalog->users();
    const auto sessions = catalog->sessions();
    if (complaints->empty() && users && sessions)
        findings.good("catalog", fmt::format("intact, {} users, {} sessions", users->size(),
                                             sessions->size()));
    if (users && users->empty())
        findings.broken("catalog", "nobody to seal recordings to: no session starts",
                        "lucid user add NAME --recipient age1…");
    const bool recovery = users && std::any_of(users->begin(), users->end(), [](const auto& user) {
                              return user.role == "recovery";
                          });
    if (users && !recovery)
        findings.note("catalog",
                      "nobody has the role recovery: recordings and backups are not "
                      "sealed to a recovery key",
                      "lucid user add recovery --role recovery --recipient age1…");
    check_sealed(data, *catalog, findings);
}

}  // namespace lucid::app::doctor
