// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the gateway in core needs from others: tickets with what they lead to, and a recorder.
/// Implemented over the vault, the ticket store and the recorder process in apps/lucid; by doubles
/// in tests. Calls come from several threads at once.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/ids/session_id.hpp>
#include <lucid/core/net/fd.hpp>
#include <lucid/rdp/gateway/tls_context.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace lucid::rdp::gateway {

/// What a client proves by NTLMv2 (MS-NLMP 3.3.2): that it knows a ticket's NT hash. Names are
/// UTF-16LE, exactly as the client sent them.
struct NtlmClaim {
    Bytes user_utf16;
    Bytes domain_utf16;
    ByteArray<8> server_challenge{};
    Bytes temp;  ///< NTLMv2_CLIENT_CHALLENGE, everything behind NTProofStr
    ByteArray<16> nt_proof{};
};

enum class HostSecurity { tls, nla };

struct Credential {
    std::string domain;
    std::string user;
    crypto::Secret password;  ///< UTF-8
};

/// What a ticket leads to.
struct Grant {
    std::string host;  ///< the name it is registered under
    std::string address;
    std::uint16_t port = 3389;
    HostSecurity security = HostSecurity::nla;
    HostTrust trust;
    Credential credential;
    /// JSON object as rdp/gateway/policy_json reads it.
    std::string policy;
    std::chrono::seconds idle_limit{0};   ///< 0: none
    std::chrono::seconds total_limit{0};  ///< 0: none
};

/// Where a host sends a session (MS-RDPBCGR 2.2.13.1), in the words of that host.
struct RedirectTarget {
    /// Names and addresses, the most exact first; none: the same host, by the token.
    std::vector<std::string> names;
};
/// Most names that one redirection may have.
inline constexpr std::size_t redirect_names_max = 20;

/// One connection's use of one ticket. Used by one thread.
class TicketLease {
  public:
    virtual ~TicketLease() = default;
    /// The ticket's name and whose it is, for log, status and recording.
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual const std::string& user() const = 0;
    /// The session that waits for this ticket's client to come back; none at a first login. Of a
    /// lease by find() it is unproven until redeem(), as all of it.
    [[nodiscard]] virtual std::optional<SessionId> resumes() const = 0;
    /// Where the ticket leads. Errc::not_found: its host is registered no more.
    virtual Result<Grant> grant() = 0;
    /// The registered host that one of the names means, with its own credential; its policy does
    /// not count. Errc::not_found: nobody registered such a host; Errc::refused: the ticket's host
    /// may not send sessions there.
    virtual Result<Grant> redirect(const RedirectTarget& /*target*/) {
        return fail(Errc::refused, "redirection");
    }
    /// Compares the plaintext (UTF-16LE) in constant time and spends the ticket for this session.
    virtual Result<void> redeem(const crypto::Secret& secret_utf16, const SessionId& session) = 0;
    /// The session's client is gone: for `window` the same ticket leads back to it.
    virtual Result<void> keep_for_return(const SessionId& session, std::chrono::seconds window) = 0;
    /// The session is over.
    virtual void end(const SessionId& session) = 0;
};

struct NtlmProof {
    std::unique_ptr<TicketLease> lease;
    crypto::Secret session_base_key;  ///< 16 bytes
};

/// Tickets. Unknown, wrong, spent and expired ones are all Errc::refused.
class TicketDesk {
  public:
    virtual ~TicketDesk() = default;
    /// Costs the same time whether the ticket exists or not.
    virtual Result<NtlmProof> verify_ntlm(const NtlmClaim& claim) = 0;
    /// TLS-only client legs: the ticket that a routing cookie names, unproven until redeem().
    virtual Result<std::unique_ptr<TicketLease>> find(const std::string& user) = 0;
};

/// What the recorder is told when a session starts.
struct RecordingRequest {
    SessionId id;
    std::string ticket;
    std::string user;  ///< owner of the recording
    std::string host;
    std::string client_address;
    std::string policy;
    std::uint64_t start_boottime_us = 0;
};

class RecorderPort {
  public:
    virtual ~RecorderPort() = default;
    /// Returns when the first envelope and the start record are on disk; the relay's end of the
    /// event pipe. Errc::peer_closed: no recorder runs at the moment.
    virtual Result<core::net::Fd> open(const RecordingRequest& request) = 0;
};

}  // namespace lucid::rdp::gateway
