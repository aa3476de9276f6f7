// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The node's catalog: users, hosts, tickets, sessions. Values only; what they mean is decided in
/// the services. Secrets arrive here sealed (`user/vault`).

#include <lucid/common/ids/session_id.hpp>
#include <lucid/storage/catalog/database.hpp>

#include <vector>

namespace lucid::storage::catalog {

/// Names of users and hosts: 1–64 of a-z A-Z 0-9 . _ -, not starting with a dot or dash.
[[nodiscard]] bool is_valid_name(std::string_view name);

struct User {
    std::string name;
    std::string recipient;  ///< age1…
    std::string role;       ///< owner | auditor | recovery
    std::int64_t created_s = 0;
};

struct Host {
    std::string name;
    std::string address;
    std::uint16_t port = 3389;
    std::string security;    ///< tls | nla
    Bytes certificate_pin;   ///< SHA-256 of the certificate, DER; 32 bytes
    std::string policy;      ///< JSON of the policy
    std::string login_user;  ///< vaulted user name
    std::string login_domain;
    Bytes sealed_password;
    /// False where the host paints its own login box on a wrong password (xrdp over TLS).
    bool injection_enforced = false;
    std::int64_t created_s = 0;
};

struct Ticket {
    std::string name;  ///< lt-…
    std::string host;
    std::string user;
    Bytes sealed_secret;  ///< NT hash ‖ SHA-256
    std::int64_t created_s = 0;
    std::int64_t expires_s = 0;
    std::string state;  ///< issued | redeemed | lost | spent
    std::string session_id;
    std::int64_t resume_until_s = 0;
    std::int64_t failures = 0;
};

struct Session {
    std::string id;
    std::string host;
    std::string user;
    std::int64_t started_s = 0;
    std::int64_t ended_s = 0;
    std::string state;  ///< recording | complete | partial | missing (lucid fsck)
    std::string reason;
    std::int64_t segments = 0;
    std::string root;
    std::string manifest_hash;
    std::int64_t anchor_block = -1;  ///< -1: not anchored yet
    std::string anchor_transaction;
    std::string volume;  ///< id of the volume it was recorded on; empty: the data directory
    friend bool operator==(const Session&, const Session&) = default;
};

/// A volume that recordings were put on, and where it was then.
struct KnownVolume {
    std::string id;
    std::string path;
};

/// A recording that must not be pruned, and why.
struct Hold {
    std::string session_id;
    std::string reason;
    std::int64_t since_s = 0;
};

/// What could be read of a damaged catalog.
struct Salvaged {
    std::vector<User> users;
    std::vector<Host> hosts;
    std::vector<Ticket> tickets;
    std::vector<Session> sessions;
    std::vector<Hold> holds;
    std::vector<KnownVolume> volumes;
    /// "hosts: …", a sentence for each table that did not come whole; empty when all did.
    std::vector<std::string> lost;
};

class Catalog {
  public:
    /// Opens and, in a new file, makes the tables. Errc::bad_version for another schema.
    static Result<Catalog> open(const std::string& path);
    /// The same, but Errc::not_found where there is no file: an empty catalog in place of a lost
    /// one would hide the loss.
    static Result<Catalog> open_existing(const std::string& path);

    /// Brings an older schema to this one in one transaction; nothing to do is fine.
    /// Errc::bad_version for a newer one.
    static Result<void> upgrade(const std::string& path);
    /// The file as of one moment, whoever writes to it meanwhile: what a backup keeps.
    static Result<Bytes> snapshot(const std::string& path);

    /// Row by row until it breaks off. The file is not changed but for its write-ahead log.
    static Salvaged salvage(const std::string& path);
    /// Puts all of it in, in one transaction; what is there already stays.
    Result<void> fill(const Salvaged& rows);

    /// What SQLite complains of in file and references, one sentence each; empty when intact.
    Result<std::vector<std::string>> check_integrity();

    Result<void> add_user(const User& user);
    Result<std::vector<User>> users();

    Result<void> add_host(const Host& host);
    Result<std::optional<Host>> host(const std::string& name);
    Result<std::vector<Host>> hosts();
    Result<bool> remove_host(const std::string& name);
    Result<bool> set_host_pin(const std::string& name, ByteView pin);

    Result<void> add_ticket(const Ticket& ticket);
    Result<std::vector<Ticket>> tickets();
    Result<std::optional<Ticket>> ticket(const std::string& name);
    /// Moves a ticket from one state to another, only if it is in `from`: two connections cannot
    /// both redeem it. Gives false if it was not.
    Result<bool> move_ticket(const std::string& name, const std::string& from,
                             const std::string& to, const std::string& session_id,
                             std::int64_t resume_until_s);
    Result<void> count_ticket_failure(const std::string& name);

    Result<void> put_session(const Session& session);
    Result<std::optional<Session>> session(const std::string& id);
    /// Newest first.
    Result<std::vector<Session>> sessions();
    /// The one session whose id starts with `prefix`; Errc::not_found, or Errc::bad_value if
    /// several.
    Result<Session> find_session(const std::string& prefix);
    Result<bool> set_anchor(const std::string& id, std::int64_t block,
                            const std::string& transaction);

    Result<void> put_volume(const KnownVolume& volume);
    Result<std::vector<KnownVolume>> volumes();

    /// Again for the same session: the new reason stands.
    Result<void> put_hold(const Hold& hold);
    /// False when there was none.
    Result<bool> remove_hold(const std::string& session_id);
    Result<std::vector<Hold>> holds();

  private:
    explicit Catalog(Database database) : database_(std::move(database)) {}
    Database database_;
};

inline constexpr std::int64_t catalog_schema_version = 3;

}  // namespace lucid::storage::catalog
