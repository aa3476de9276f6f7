// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <unistd.h>

#include "../open_node.hpp"
#include "../verdict.hpp"
#include "fsck.hpp"
#include <fmt/format.h>

namespace lucid::app::fsck {

namespace {

namespace fs = std::filesystem;
using storage::catalog::Catalog;
using storage::catalog::Salvaged;

constexpr const char* where = "catalog";
/// A catalog is its file and what SQLite keeps beside it.
constexpr const char* suffixes[] = {"", "-wal", "-shm"};

bool exists(const std::string& path) {
    std::error_code error;
    return fs::exists(path, error);
}

struct Complaint {
    std::string what;
    bool is_damage = true;  ///< false: another version, somebody else's file, locked
    std::string next;
};

Complaint of_error(const core::runtime::DataDir& data, const Error& error) {
    const bool damage = error.code == make_error_code(Errc::not_found) ||
                        error.code == make_error_code(Errc::bad_magic) ||
                        error.code == make_error_code(Errc::io_failed);
    return {error.message(), damage, mend_catalog(data, error)};
}

/// Why the catalog cannot be used; nothing when it can.
std::optional<Complaint> complaint(const core::runtime::DataDir& data) {
    auto catalog = Catalog::open_existing(data.catalog());
    if (!catalog) return of_error(data, catalog.error());
    const auto complaints = catalog->check_integrity();
    if (!complaints) return of_error(data, complaints.error());
    if (!complaints->empty()) return Complaint{"damaged: " + complaints->front(), true, ""};
    return std::nullopt;
}

/// A second name for each of its files; the first names go when the new catalog takes their place.
Result<std::string> keep_damaged(const core::runtime::DataDir& data) {
    auto base = data.catalog() + ".damaged";
    for (int n = 2; exists(base); ++n) base = fmt::format("{}.damaged-{}", data.catalog(), n);
    for (const auto* suffix : suffixes) {
        if (!exists(data.catalog() + suffix)) continue;
        if (::link((data.catalog() + suffix).c_str(), (base + suffix).c_str()) != 0)
            return fail_errno(errno, "keep the damaged catalog");
    }
    LUCID_CHECK(core::runtime::sync_directory(data.path()));
    return base;
}

/// People whose identities lie here still: better than nobody to seal to.
void add_local_people(const core::runtime::DataDir& data, Salvaged& rows) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(data.file("identities"), error)) {
        const auto name = entry.path().stem().string();
        const auto identity = read_identity(entry.path().string());
        const bool known = std::any_of(rows.users.begin(), rows.users.end(),
                                       [&](const auto& user) { return user.name == name; });
        if (identity && !known && storage::catalog::is_valid_name(name))
            rows.users.push_back(
                {name, identity->recipient().text(), "owner", core::runtime::wall_time_s()});
    }
}

void remove_beside(const std::string& path) {
    for (const auto* suffix : {"-wal", "-shm"}) (void)::unlink((path + suffix).c_str());
}

/// A whole new file, renamed over the old one at the end.
Result<void> make_anew(const core::runtime::DataDir& data, const Salvaged& rows) {
    const auto path = data.catalog() + ".new";
    (void)::unlink(path.c_str());
    remove_beside(path);
    {
        LUCID_TRY(auto catalog, Catalog::open(path));
        LUCID_CHECK(catalog.fill(rows));
    }
    LUCID_TRY(const auto content, Catalog::snapshot(path));
    (void)::unlink(path.c_str());
    remove_beside(path);
    // WHY: the log of the old file beside the new one would be taken for the new one's.
    remove_beside(data.catalog());
    return core::runtime::write_file_atomically(data.catalog(), content);
}

/// Also from what an interrupted repair had put aside already.
Salvaged salvage(const core::runtime::DataDir& data) {
    auto rows = Catalog::salvage(data.catalog());
    if (exists(data.catalog() + ".damaged") && !rows.lost.empty()) {
        auto older = Catalog::salvage(data.catalog() + ".damaged");
        const auto take = [](auto& to, auto& from) {
            if (to.empty()) to = std::move(from);
        };
        take(rows.users, older.users);
        take(rows.hosts, older.hosts);
        take(rows.tickets, older.tickets);
        take(rows.sessions, older.sessions);
        take(rows.holds, older.holds);
        take(rows.volumes, older.volumes);
    }
    return rows;
}

void report_losses(const Salvaged& rows, const std::vector<std::string>& lost, Report& report) {
    for (const auto& sentence : lost)
        report.findings.push_back({State::note, where, "not readable any more: " + sentence,
                                   "lucid restore a backup beside this directory and compare"});
    if (rows.hosts.empty() && !lost.empty())
        report.findings.push_back(
            {State::broken, where, "desktops and their passwords are lost", "lucid host add …"});
    const bool recovery = std::any_of(rows.users.begin(), rows.users.end(),
                                      [](const auto& user) { return user.role == "recovery"; });
    if (!recovery && !lost.empty())
        report.findings.push_back(
            {State::broken, where,
             "the recovery key's public half is lost: recordings from now on are not sealed to it",
             "lucid user add recovery --role recovery --recipient age1…"});
}

}  // namespace

std::optional<Catalog> check_catalog(const core::runtime::DataDir& data, const Options& options,
                                     Report& report) {
    const auto wrong = complaint(data);
    if (wrong && !wrong->is_damage) {
        report.findings.push_back({State::broken, where, wrong->what, wrong->next});
        return std::nullopt;
    }
    if (wrong && !options.repair) {
        report.findings.push_back({State::to_repair, where, wrong->what, "lucid fsck --repair"});
        return std::nullopt;
    }
    if (wrong) {
        auto rows = salvage(data);
        const auto lost = rows.lost;
        add_local_people(data, rows);
        const bool was_there = exists(data.catalog());
        const auto kept = was_there ? keep_damaged(data) : Result<std::string>("");
        const auto made = kept ? make_anew(data, rows) : fail(kept.error());
        if (!made) {
            report.findings.push_back({State::broken, where,
                                       wrong->what + "; not made anew: " + made.error().message(),
                                       "make room, then: lucid fsck --repair"});
            return std::nullopt;
        }
        report.findings.push_back(
            {State::repaired, where,
             fmt::format("{}; made anew with {} users, {} hosts, {} sessions{}", wrong->what,
                         rows.users.size(), rows.hosts.size(), rows.sessions.size(),
                         was_there ? "; the old one is " + *kept : ""),
             ""});
        report_losses(rows, lost, report);
    }
    auto catalog = Catalog::open_existing(data.catalog());
    if (!catalog) return std::nullopt;
    return std::move(*catalog);
}

}  // namespace lucid::app::fsck
