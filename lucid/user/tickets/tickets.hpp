// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One-time logins for RDP clients (architecture §4, Tickets): user name `lt-` + 10 base32
/// characters, a 160-bit secret shown once. Stored sealed: NT hash (NTLM's proof needs it) and
/// SHA-256 (the plaintext check), so a stolen table is not enough to log in.
///
/// issued → redeemed (a session runs) ⇄ lost (its client's connection broke: the same ticket leads
/// back to that session for 60 s, also when it has expired meanwhile) → spent.

#include <lucid/storage/catalog/catalog.hpp>
#include <lucid/user/tickets/ntlm_proof.hpp>
#include <lucid/user/vault/vault.hpp>

namespace lucid::user::tickets {

struct NewTicket {
    std::string name;
    crypto::Secret secret;  ///< ASCII, 32 characters; the only copy
    std::int64_t expires_s = 0;
};

/// A ticket whose NTLM proof fits.
struct Proven {
    std::string name;
    std::string host;
    std::string user;
    crypto::Secret session_base_key;
    /// Session that this ticket resumes; empty for a first login.
    std::string resumes;
};

class Tickets {
  public:
    static constexpr std::int64_t resume_window_s = 60;
    static constexpr std::int64_t lifetime_default_s = 3600;
    static constexpr std::int64_t lifetime_max_s = 7 * 24 * 3600;
    /// Failed proofs after which a ticket that was not used yet is revoked.
    static constexpr std::int64_t failures_max = 10;

    /// Both must outlive this.
    Tickets(storage::catalog::Catalog& catalog, const vault::Vault& vault)
        : catalog_(catalog), vault_(vault) {}

    Result<NewTicket> issue(const std::string& host, const std::string& user, std::int64_t now_s,
                            std::int64_t lifetime_s);

    /// Errc::refused for unknown, wrong, spent, expired and revoked tickets alike, after the same
    /// work.
    Result<Proven> prove(const NtlmClaim& claim, std::int64_t now_s);

    /// For TLS-only listeners, where the secret arrives in Client Info: the same refusals.
    Result<Proven> prove_plaintext(const std::string& name, ByteView secret_utf16,
                                   std::int64_t now_s);

    /// The plaintext check and the change of state; Errc::refused if another connection was
    /// quicker.
    Result<void> redeem(const Proven& proven, ByteView secret_utf16, const std::string& session_id);

    /// The session's connection was lost: the same ticket may resume it for a while.
    Result<void> keep_for_resume(const std::string& name, const std::string& session_id,
                                 std::int64_t now_s, std::int64_t window_s = resume_window_s);
    /// The session is over, whether its client was there or awaited.
    Result<void> spend(const std::string& name, const std::string& session_id);

    /// Whether this ticket may start a session or lead back to its own.
    [[nodiscard]] static bool is_usable(const storage::catalog::Ticket& ticket, std::int64_t now_s);

  private:
    struct Stored {
        ByteArray<16> nt_hash{};
        Hash32 sha256{};
    };
    Result<void> count_failure(const storage::catalog::Ticket& ticket);
    Result<Stored> open_secret(const storage::catalog::Ticket& ticket) const;
    storage::catalog::Catalog& catalog_;
    const vault::Vault& vault_;
};

}  // namespace lucid::user::tickets
