// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/catalog/catalog.hpp>

#include <algorithm>
#include <cerrno>
#include <span>
#include <sys/stat.h>

namespace lucid::storage::catalog {
namespace {

constexpr std::size_t name_bytes_max = 64;

constexpr const char* schema_1[] = {
    "CREATE TABLE users(name TEXT PRIMARY KEY, recipient TEXT NOT NULL, role TEXT NOT NULL, "
    "created_s INTEGER NOT NULL) STRICT",
    "CREATE TABLE hosts(name TEXT PRIMARY KEY, address TEXT NOT NULL, port INTEGER NOT NULL, "
    "security TEXT NOT NULL, pin BLOB NOT NULL, policy TEXT NOT NULL, login_user TEXT NOT NULL, "
    "login_domain TEXT NOT NULL, sealed_password BLOB NOT NULL, injection_enforced INTEGER NOT "
    "NULL, created_s INTEGER NOT NULL) STRICT",
    "CREATE TABLE tickets(name TEXT PRIMARY KEY, host TEXT NOT NULL, user TEXT NOT NULL, "
    "sealed_secret BLOB NOT NULL, created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL, state "
    "TEXT NOT NULL, session_id TEXT NOT NULL, resume_until_s INTEGER NOT NULL, failures INTEGER "
    "NOT NULL) STRICT",
    "CREATE TABLE sessions(id TEXT PRIMARY KEY, host TEXT NOT NULL, user TEXT NOT NULL, started_s "
    "INTEGER NOT NULL, ended_s INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, "
    "segments INTEGER NOT NULL, root TEXT NOT NULL, manifest_hash TEXT NOT NULL, anchor_block "
    "INTEGER NOT NULL, anchor_transaction TEXT NOT NULL) STRICT",
};
constexpr const char* schema_2[] = {
    "CREATE TABLE holds(session_id TEXT PRIMARY KEY, reason TEXT NOT NULL, since_s INTEGER NOT "
    "NULL) STRICT",
};
constexpr const char* schema_3[] = {
    "CREATE TABLE volumes(id TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT",
    "ALTER TABLE sessions ADD COLUMN volume TEXT NOT NULL DEFAULT ''",
};
/// What leads from version n to n + 1.
constexpr std::span<const char* const> steps[catalog_schema_version] = {schema_1, schema_2,
                                                                        schema_3};

constexpr const char* user_columns = "SELECT name, recipient, role, created_s FROM users ";
User user_of(const Row& r) {
    return {r.text(0), r.text(1), r.text(2), r.integer(3)};
}

constexpr const char* hold_columns = "SELECT session_id, reason, since_s FROM holds ";
Hold hold_of(const Row& r) {
    return {r.text(0), r.text(1), r.integer(2)};
}

constexpr const char* host_columns =
    "SELECT name, address, port, security, pin, policy, login_user, login_domain, sealed_password, "
    "injection_enforced, created_s FROM hosts ";
Host host_of(const Row& row) {
    return {row.text(0),         row.text(1),    static_cast<std::uint16_t>(row.integer(2)),
            row.text(3),         row.blob(4),    row.text(5),
            row.text(6),         row.text(7),    row.blob(8),
            row.integer(9) != 0, row.integer(10)};
}

constexpr const char* ticket_columns =
    "SELECT name, host, user, sealed_secret, created_s, expires_s, state, session_id, "
    "resume_until_s, failures FROM tickets ";
Ticket ticket_of(const Row& r) {
    return {r.text(0),    r.text(1), r.text(2), r.blob(3),    r.integer(4),
            r.integer(5), r.text(6), r.text(7), r.integer(8), r.integer(9)};
}

constexpr const char* session_columns =
    "SELECT id, host, user, started_s, ended_s, state, reason, segments, root, manifest_hash, "
    "anchor_block, anchor_transaction, volume FROM sessions ";
Session session_of(const Row& row) {
    return {row.text(0),     row.text(1),  row.text(2),    row.integer(3), row.integer(4),
            row.text(5),     row.text(6),  row.integer(7), row.text(8),    row.text(9),
            row.integer(10), row.text(11), row.text(12)};
}

Result<std::int64_t> schema_version(Database& database) {
    std::int64_t version = 0;
    LUCID_CHECK(database.query("PRAGMA user_version", {},
                               [&](const Row& row) { version = row.integer(0); }));
    return version;
}

/// All of it or nothing: a process that is killed in here leaves the old schema. What stands around
/// the steps fails with the device, or when somebody keeps the file locked (busy timeout).
Result<void> migrate(Database& database, std::int64_t from) {
    LUCID_CHECK(database.execute("BEGIN IMMEDIATE"));
    const auto run = [&]() -> Result<void> {
        // Somebody else may have been faster.
        LUCID_TRY(auto version, schema_version(database));
        if (version < from) return fail(Errc::internal, "catalog schema");
        for (; version < catalog_schema_version; ++version)
            for (const auto* statement : steps[version]) LUCID_CHECK(database.execute(statement));
        const auto set = "PRAGMA user_version = " + std::to_string(catalog_schema_version);
        LUCID_CHECK(database.execute(set.c_str()));
        LUCID_CHECK(database.execute("COMMIT"));
        return {};
    };
    auto done = run();
    if (!done) (void)database.execute("ROLLBACK");
    return done;
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
    LUCID_TRY(const auto version, schema_version(database));
    if (version == 0) {
        LUCID_CHECK(migrate(database, 0));
    } else if (version != catalog_schema_version) {
        return fail(Errc::bad_version, "catalog schema", static_cast<std::uint64_t>(version));
    }
    return Catalog(std::move(database));
}

Result<void> Catalog::upgrade(const std::string& path) {
    LUCID_TRY(auto database, Database::open(path));
    LUCID_TRY(const auto version, schema_version(database));
    if (version > catalog_schema_version)
        return fail(Errc::bad_version, "catalog schema", static_cast<std::uint64_t>(version));
    if (version == catalog_schema_version) return {};
    return migrate(database, version);
}

Result<Bytes> Catalog::snapshot(const std::string& path) {
    LUCID_TRY(const auto database, Database::open(path));
    return database.serialize();
}

Result<Catalog> Catalog::open_existing(const std::string& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return fail(Errc::not_found, "catalog");
        return fail_errno(errno, "catalog");
    }
    return open(path);
}

Salvaged Catalog::salvage(const std::string& path) {
    Salvaged out;
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        out.lost.emplace_back("the whole file: it is not there");
        return out;
    }
    auto database = Database::open(path);
    if (!database) {
        out.lost.push_back("the whole file: " + database.error().message());
        return out;
    }
    const auto read = [&](const char* table, const std::string& statement, const auto& visit) {
        const auto done = database->query(statement.c_str(), {}, visit);
        if (!done) out.lost.push_back(std::string(table) + ": " + done.error().message());
    };
    read("users", sql(user_columns, ""),
         [&](const Row& row) { out.users.push_back(user_of(row)); });
    read("hosts", sql(host_columns, ""),
         [&](const Row& row) { out.hosts.push_back(host_of(row)); });
    read("tickets", sql(ticket_columns, ""),
         [&](const Row& row) { out.tickets.push_back(ticket_of(row)); });
    read("sessions", sql(session_columns, ""),
         [&](const Row& row) { out.sessions.push_back(session_of(row)); });
    read("holds", sql(hold_columns, ""),
         [&](const Row& row) { out.holds.push_back(hold_of(row)); });
    read("volumes", "SELECT id, path FROM volumes",
         [&](const Row& row) { out.volumes.push_back({row.text(0), row.text(1)}); });
    return out;
}

Result<void> Catalog::fill(const Salvaged& rows) {
    const auto fine = [](const Result<void>& done) {
        return done || done.error().code == make_error_code(Errc::already_exists);
    };
    const auto put = [&]() -> Result<void> {
        for (const auto& user : rows.users)
            if (const auto done = add_user(user); !fine(done)) return done;
        for (const auto& host : rows.hosts)
            if (const auto done = add_host(host); !fine(done)) return done;
        for (const auto& ticket : rows.tickets)
            if (const auto done = add_ticket(ticket); !fine(done)) return done;
        for (const auto& session : rows.sessions) LUCID_CHECK(put_session(session));
        for (const auto& hold : rows.holds) LUCID_CHECK(put_hold(hold));
        for (const auto& volume : rows.volumes) LUCID_CHECK(put_volume(volume));
        LUCID_CHECK(database_.execute("COMMIT"));
        return {};
    };
    LUCID_CHECK(database_.execute("BEGIN IMMEDIATE"));
    auto done = put();
    if (!done) (void)database_.execute("ROLLBACK");
    return done;
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
    LUCID_CHECK(database_.query(sql(user_columns, "ORDER BY name").c_str(), {},
                                [&](const Row& row) { out.push_back(user_of(row)); }));
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
    LUCID_CHECK(database_.query(sql(ticket_columns, "WHERE name = ?").c_str(), {name},
                                [&](const Row& row) { found = ticket_of(row); }));
    return found;
}

Result<std::vector<Ticket>> Catalog::tickets() {
    std::vector<Ticket> out;
    LUCID_CHECK(database_.query(sql(ticket_columns, "ORDER BY name").c_str(), {},
                                [&](const Row& row) { out.push_back(ticket_of(row)); }));
    return out;
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
        "INSERT INTO sessions VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET "
        "ended_s = excluded.ended_s, state = excluded.state, reason = excluded.reason, "
        "segments = excluded.segments, root = excluded.root, "
        "manifest_hash = excluded.manifest_hash, volume = excluded.volume",
        {s.id, s.host, s.user, s.started_s, s.ended_s, s.state, s.reason, s.segments, s.root,
         s.manifest_hash, s.anchor_block, s.anchor_transaction, s.volume}));
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

Result<void> Catalog::put_volume(const KnownVolume& volume) {
    LUCID_CHECK(database_.execute(
        "INSERT INTO volumes VALUES(?,?) ON CONFLICT(id) DO UPDATE SET path = excluded.path",
        {volume.id, volume.path}));
    return {};
}

Result<std::vector<KnownVolume>> Catalog::volumes() {
    std::vector<KnownVolume> out;
    LUCID_CHECK(database_.query("SELECT id, path FROM volumes ORDER BY path", {},
                                [&](const Row& r) { out.push_back({r.text(0), r.text(1)}); }));
    return out;
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
    LUCID_CHECK(database_.query(sql(hold_columns, "ORDER BY since_s").c_str(), {},
                                [&](const Row& row) { out.push_back(hold_of(row)); }));
    return out;
}

}  // namespace lucid::storage::catalog
