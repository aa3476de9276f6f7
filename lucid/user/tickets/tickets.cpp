// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/user/tickets/tickets.hpp>

#include <algorithm>

namespace lucid::user::tickets {
namespace {

constexpr std::string_view vault_purpose = "ticket";
constexpr std::string_view name_prefix = "lt-";
constexpr std::size_t name_random_characters = 10;
constexpr std::size_t secret_random_bytes = 20;
constexpr std::size_t stored_bytes = 16 + 32;

/// ASCII of UTF-16LE text; empty if it is anything else.
std::string ascii_of(ByteView utf16) {
    std::string out;
    if (utf16.size() % 2 != 0) return {};
    for (std::size_t i = 0; i < utf16.size(); i += 2) {
        if (utf16[i + 1] != 0 || utf16[i] >= 0x80) return {};
        out += static_cast<char>(utf16[i]);
    }
    return out;
}

/// Clients change the case of user names; ticket names are lower case.
std::string ticket_name_of(ByteView utf16) {
    auto name = ascii_of(utf16);
    for (auto& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return name;
}

Hash32 sha256_of_secret(ByteView secret_utf16) {
    auto text = ascii_of(secret_utf16);
    const auto hash = crypto::sha256(as_bytes(text));
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return hash;
}

}  // namespace

Result<NewTicket> Tickets::issue(const std::string& host, const std::string& user,
                                 std::int64_t now_s, std::int64_t lifetime_s) {
    LUCID_TRY(const auto found, catalog_.host(host));
    if (!found) return fail(Errc::not_found, "host");
    if (lifetime_s < 1 || lifetime_s > lifetime_max_s)
        return fail(Errc::bad_value, "ticket lifetime", static_cast<std::uint64_t>(lifetime_s));
    NewTicket made;
    const auto random_name = crypto::random_array<7>();
    made.name = std::string(name_prefix) + to_base32(random_name).substr(0, name_random_characters);
    auto random_secret = crypto::random_array<secret_random_bytes>();
    made.secret = crypto::Secret::copy_of(as_bytes(to_base32(random_secret)));
    crypto::wipe(random_secret);
    made.expires_s = now_s + lifetime_s;

    Bytes stored;
    append(stored, nt_hash(as_text(made.secret.expose())));
    append(stored, crypto::sha256(made.secret.expose()));
    storage::catalog::Ticket ticket;
    ticket.name = made.name;
    ticket.host = host;
    ticket.user = user;
    ticket.sealed_secret = vault_.seal(vault_purpose, made.name, stored);
    ticket.created_s = now_s;
    ticket.expires_s = made.expires_s;
    ticket.state = "issued";
    crypto::wipe(stored);
    LUCID_CHECK(catalog_.add_ticket(ticket));
    return made;
}

Result<Tickets::Stored> Tickets::open_secret(const storage::catalog::Ticket& ticket) const {
    LUCID_TRY(const auto opened,
              vault_.open_sealed(vault_purpose, ticket.name, ticket.sealed_secret));
    if (opened.size() != stored_bytes)
        return fail(Errc::bad_length, "ticket secret", opened.size());
    Stored stored;
    std::copy_n(opened.expose().begin(), 16, stored.nt_hash.begin());
    std::copy_n(opened.expose().begin() + 16, 32, stored.sha256.begin());
    return stored;
}

bool Tickets::is_usable(const storage::catalog::Ticket& ticket, std::int64_t now_s) {
    if (ticket.failures >= failures_max) return false;
    if (ticket.state == "issued") return now_s < ticket.expires_s;
    return ticket.state == "lost" && now_s < ticket.resume_until_s;
}

Result<void> Tickets::count_failure(const storage::catalog::Ticket& ticket) {
    // Whoever knows a running session's ticket by name only must not be able to lock its client
    // out.
    if (ticket.state != "issued") return {};
    return catalog_.count_ticket_failure(ticket.name);
}

Result<Proven> Tickets::prove(const NtlmClaim& claim, std::int64_t now_s) {
    const auto name = ticket_name_of(claim.user_utf16);
    LUCID_TRY(const auto ticket, catalog_.ticket(name));
    // The same work for a name nobody has: its proof is checked against a random hash.
    Stored stored;
    stored.nt_hash = crypto::random_array<16>();
    if (ticket) {
        LUCID_TRY(stored, open_secret(*ticket));
    }
    auto key = verify_ntlm(stored.nt_hash, claim);
    if (!ticket) return fail(Errc::refused, "ticket");
    if (!key) {
        LUCID_CHECK(count_failure(*ticket));
        return fail(Errc::refused, "ticket");
    }
    if (!is_usable(*ticket, now_s)) return fail(Errc::refused, "ticket");
    return Proven{name, ticket->host, ticket->user, std::move(*key),
                  ticket->state == "lost" ? ticket->session_id : std::string()};
}

Result<Proven> Tickets::prove_plaintext(const std::string& name, ByteView secret_utf16,
                                        std::int64_t now_s) {
    LUCID_TRY(const auto ticket, catalog_.ticket(name));
    Stored stored;
    stored.sha256 = crypto::random_array<32>();
    if (ticket) {
        LUCID_TRY(stored, open_secret(*ticket));
    }
    const bool fits = crypto::equal_constant_time(stored.sha256, sha256_of_secret(secret_utf16));
    if (!ticket) return fail(Errc::refused, "ticket");
    if (!fits) {
        LUCID_CHECK(count_failure(*ticket));
        return fail(Errc::refused, "ticket");
    }
    if (!is_usable(*ticket, now_s)) return fail(Errc::refused, "ticket");
    return Proven{name,
                  ticket->host,
                  ticket->user,
                  {},
                  ticket->state == "lost" ? ticket->session_id : std::string()};
}

Result<void> Tickets::redeem(const Proven& proven, ByteView secret_utf16,
                             const std::string& session_id) {
    LUCID_TRY(const auto ticket, catalog_.ticket(proven.name));
    if (!ticket) return fail(Errc::refused, "ticket");
    LUCID_TRY(const auto stored, open_secret(*ticket));
    if (!crypto::equal_constant_time(stored.sha256, sha256_of_secret(secret_utf16))) {
        LUCID_CHECK(catalog_.count_ticket_failure(proven.name));
        return fail(Errc::refused, "ticket");
    }
    const auto* from = proven.resumes.empty() ? "issued" : "lost";
    LUCID_TRY(const bool moved, catalog_.move_ticket(proven.name, from, "redeemed", session_id, 0));
    if (!moved) return fail(Errc::refused, "ticket");
    return {};
}

Result<void> Tickets::keep_for_resume(const std::string& name, const std::string& session_id,
                                      std::int64_t now_s, std::int64_t window_s) {
    LUCID_TRY(const bool moved,
              catalog_.move_ticket(name, "redeemed", "lost", session_id, now_s + window_s));
    if (!moved) return fail(Errc::refused, "ticket");
    return {};
}

Result<void> Tickets::spend(const std::string& name, const std::string& session_id) {
    LUCID_TRY(const bool moved, catalog_.move_ticket(name, "redeemed", "spent", session_id, 0));
    if (!moved) LUCID_CHECK(catalog_.move_ticket(name, "lost", "spent", session_id, 0));
    return {};
}

}  // namespace lucid::user::tickets
