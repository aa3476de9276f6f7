// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/catalog/catalog.hpp>

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>

namespace lucid::storage::catalog {
namespace {

constexpr std::size_t name_bytes_max = 64;

constexpr const char* schema[] = {
    "CREATE TABLE IF NOT EXISTS users(name TEXT PRIMARY KEY, recipient TEXT NOT NULL, role TEXT "
    "NOT "
    "NULL, created_s INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS hosts(name TEXT PRIMARY KEY, address TEXT NOT NULL, port INTEGER "
    "NOT "
    "NULL, security TEXT NOT NULL, pin BLOB NOT NULL, policy TEXT NOT NULL, login_user TEXT NOT "
    "NULL, "
    "login_domain TEXT NOT NULL, sealed_password BLOB NOT NULL, injection_enforced INTEGER NOT "
    "NULL, "
    "created_s INTEGER NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS tickets(name TEXT PRIMARY KEY, host TEXT NOT NULL, user TEXT NOT "
    "NULL, "
    "sealed_secret BLOB NOT NULL, created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL, state "
    "TEXT "
    "NOT NULL, session_id TEXT NOT NULL, resume_until_s INTEGER NOT NULL, failures INTEGER NOT "
    "NULL) "
    "STRICT",
    "CREATE TABLE IF NOT EXISTS sessions(id TEXT PRIMARY KEY, host TEXT NOT NULL, user TEXT NOT "
    "NULL, "
    "started_s INTEGER NOT NULL, ended_s INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT "
    "NULL, "
    "segments INTEGER NOT NULL, root TEXT NOT NULL, manifest_hash TEXT NOT NULL, anchor_block "
    "INTEGER "
    "NOT NULL, anchor_transaction TEXT NOT NULL) STRICT",
    // Since version 2.
    ("CREATE TABLE IF NOT EXISTS holds(session_id TEXT PRIMARY KEY, reason TEXT NOT NULL, "
     "since_s INTEGER NOT NULL) STRICT"),
};

constexpr const char* host_columns =
    "SELECT name, address, port, security, pin, policy, login_user, login_domain, sealed_password, "
    "injection_enforced, created_s FROM hosts ";
Host host_of(const Row& row) {
    return {row.text(0),         row.text(1),    static_cast<std::uint16_t>(row.integer(2)),
            row.text(3),         row.blob(4),    row.text(5),
            row.text(6),         row.text(7),    row.blob(8),
            row.integer(9) != 0, row.integer(10)};
}

constexpr const char* session_columns =
    "SELECT id, host, user, started_s, ended_s, state, reason, segments, root, manifest_hash, "
    "anchor_block, anchor_transaction FROM sessions ";
Session session_of(const Row& row) {
    return {row.text(0),    row.text(1), row.text(2),     row.integer(3),
            row.integer(4), row.text(5), row.text(6),     row.integer(7),
            row.text(8),    row.text(9), row.integer(10), row.text(11)};
}

std::string sql(const char* columns, const char* rest) {
    return std::string(columns) + rest;
}

}  // namespace

bool is_valid_name(std::string_view name) {
    if (name.empty() || name.size() > name_bytes_max) return false;
    if (name.front() == '.' || name.front() == '-') return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

Result<Catalog> Catalog::open(const std::string& path) {
    LUCID_TRY(auto database, Database::open(path));
    std::int64_t version = 0;
    LUCID_CHECK(database.query("PRAGMA user_version", {},
                               [&](const Row& row) { version = row.integer(0); }));
    if (version > catalog_schema_version)
        return fail(Errc::bad_version, "catalog schema", static_cast<std::uint64_t>(version));
    if (version < catalog_schema_version) {
        for (const auto* statement : schema) LUCID_CHECK(database.execute(statement));
        LUCID_CHECK(database.execute("PRAGMA user_version = 2"));
    }
    return Catalog(std::move(database));
}

Result<Catalog> Catalog::open_existing(const std::string& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return fail(Errc::not_found, "catalog");
        return fail_errno(errno, "catalog");
    }
    return open(path);
}

Result<std::vector<std::string>> Catalog::check_integrity() {
    std::vector<std::string> complaints;
    LUCID_CHECK(database_.query("PRAGMA integrity_check(20)", {}, [&](const Row& row) {
        if (row.text(0) != "ok") complaints.push_back(row.text(0));
    }));
    LUCID_CHECK(database_.query("PRAGMA foreign_key_check", {}, [&](const Row& row) {
        complaints.push_back("a row of " + row.text(0) + " names a missing row of " + row.text(2));
    }));
    return complaints;
}

Result<void> Catalog::add_user(const User& user) {
    if (!is_valid_name(user.name)) return fail(Errc::bad_value, "user name");
    LUCID_CHECK(database_.execute("INSERT INTO users VALUES(?,?,?,?)",
                                  {user.name, user.recipient, user.role, user.created_s}));
    return {};
}

Result<std::vector<User>> Catalog::users() {
    std::vector<User> out;
    LUCID_CHECK(database_.query(
        "SELECT name, recipient, role, created_s FROM users ORDER BY name", {},
        [&](const Row& r) { out.push_back({r.text(0), r.text(1), r.text(2), r.integer(3)}); }));
    return out;
}

Result<void> Catalog::add_host(const Host& host) {
    if (!is_valid_name(host.name)) return fail(Errc::bad_value, "host name");
    LUCID_CHECK(database_.execute(
        "INSERT INTO hosts VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        {host.name, host.address, std::int64_t{host.port}, host.security, host.certificate_pin,
         host.policy, host.login_user, host.login_domain, host.sealed_password,
         std::int64_t{host.injection_enforced}, host.created_s}));
    return {};
}

Result<std::optional<Host>> Catalog::host(const std::string& name) {
    std::optional<Host> found;
    LUCID_CHECK(database_.query(sql(host_columns, "WHERE name = ?").c_str(), {name},
                                [&](const Row& row) { found = host_of(row); }));
    return found;
}

Result<std::vector<Host>> Catalog::hosts() {
    std::vector<Host> out;
    LUCID_CHECK(database_.query(sql(host_columns, "ORDER BY name").c_str(), {},
                                [&](const Row& row) { out.push_back(host_of(row)); }));
    return out;
}

Result<bool> Catalog::remove_host(const std::string& name) {
    LUCID_TRY(const auto changed, database_.execute("DELETE FROM hosts WHERE name = ?", {name}));
    return changed > 0;
}

Result<bool> Catalog::set_host_pin(const std::string& name, ByteView pin) {
    LUCID_TRY(const auto changed,
              database_.execute("UPDATE hosts SET pin = ? WHERE name = ?", {to_bytes(pin), name}));
    return changed > 0;
}

Result<void> Catalog::add_ticket(const Ticket& t) {
    LUCID_CHECK(
        database_.execute("INSERT INTO tickets VALUES(?,?,?,?,?,?,?,?,?,?)",
                          {t.name, t.host, t.user, t.sealed_secret, t.created_s, t.expires_s,
                           t.state, t.session_id, t.resume_until_s, t.failures}));
    return {};
}

Result<std::optional<Ticket>> Catalog::ticket(const std::string& name) {
    std::optional<Ticket> found;
    LUCID_CHECK(database_.query(
        "SELECT name, host, user, sealed_secret, created_s, expires_s, state, session_id, "
        "resume_until_s, failures FROM tickets WHERE name = ?",
        {name}, [&](const Row& r) {
            found = Ticket{r.text(0),    r.text(1), r.text(2), r.blob(3),    r.integer(4),
                           r.integer(5), r.text(6), r.text(7), r.integer(8), r.integer(9)};
        }));
    return found;
}

Result<bool> Catalog::move_ticket(const std::string& name, const std::string& from,
                                  const std::string& to, const std::string& session_id,
                                  std::int64_t resume_until_s) {
    LUCID_TRY(const auto changed,
              database_.execute("UPDATE tickets SET state = ?, session_id = ?, resume_until_s = ? "
                                "WHERE name = ? AND state = ?",
                                {to, session_id, resume_until_s, name, from}));
    return changed == 1;
}

Result<void> Catalog::count_ticket_failure(const std::string& name) {
    LUCID_CHECK(
        database_.execute("UPDATE tickets SET failures = failures + 1 WHERE name = ?", {name}));
    return {};
}

Result<void> Catalog::put_session(const Session& s) {
    LUCID_CHECK(database_.execute(
        "INSERT INTO sessions VALUES(?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET "
        "ended_s = excluded.ended_s, state = excluded.state, reason = excluded.reason, "
        "segments = excluded.segments, root = excluded.root, "
        "manifest_hash = excluded.manifest_hash",
        {s.id, s.host, s.user, s.started_s, s.ended_s, s.state, s.reason, s.segments, s.root,
         s.manifest_hash, s.anchor_block, s.anchor_transaction}));
    return {};
}

Result<std::optional<Session>> Catalog::session(const std::string& id) {
    std::optional<Session> found;
    LUCID_CHECK(database_.query(sql(session_columns, "WHERE id = ?").c_str(), {id},
                                [&](const Row& row) { found = session_of(row); }));
    return found;
}

Result<std::vector<Session>> Catalog::sessions() {
    std::vector<Session> out;
    LUCID_CHECK(database_.query(sql(session_columns, "ORDER BY started_s DESC, rowid DESC").c_str(),
                                {}, [&](const Row& row) { out.push_back(session_of(row)); }));
    return out;
}

Result<Session> Catalog::find_session(const std::string& prefix) {
    if (prefix.empty() || prefix.find_first_not_of("0123456789abcdef") != std::string::npos)
        return fail(Errc::not_found, "session");
    std::vector<Session> found;
    LUCID_CHECK(database_.query(sql(session_columns, "WHERE id GLOB ? LIMIT 2").c_str(),
                                {prefix + "*"},
                                [&](const Row& row) { found.push_back(session_of(row)); }));
    if (found.empty()) return fail(Errc::not_found, "session");
    if (found.size() > 1) return fail(Errc::bad_value, "several sessions start so");
    return found.front();
}

Result<bool> Catalog::set_anchor(const std::string& id, std::int64_t block,
                                 const std::string& transaction) {
    LUCID_TRY(const auto changed,
              database_.execute(
                  "UPDATE sessions SET anchor_block = ?, anchor_transaction = ? WHERE id = ?",
                  {block, transaction, id}));
    return changed > 0;
}

Result<void> Catalog::put_hold(const Hold& hold) {
    LUCID_CHECK(database_.execute(
        "INSERT INTO holds VALUES(?,?,?) ON CONFLICT(session_id) DO UPDATE SET reason = "
        "excluded.reason",
        {hold.session_id, hold.reason, hold.since_s}));
    return {};
}

Result<bool> Catalog::remove_hold(const std::string& session_id) {
    LUCID_TRY(const auto changed,
              database_.execute("DELETE FROM holds WHERE session_id = ?", {session_id}));
    return changed == 1;
}

Result<std::vector<Hold>> Catalog::holds() {
    std::vector<Hold> out;
    LUCID_CHECK(database_.query(
        "SELECT session_id, reason, since_s FROM holds ORDER BY since_s", {},
        [&](const Row& r) { out.push_back({r.text(0), r.text(1), r.integer(2)}); }));
    return out;
}

}  // namespace lucid::storage::catalog
