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

namespace lucid::rdp::gateway {

/// What a client proves by NTLMv2 (MS-NLMP 3.3.2): that it knows a ticket's NT hash.
struct NtlmClaim {
    std::string user;
    std::string domain;  ///< exactly as the client sent it
    ByteArray<8> server_challenge{};
    Bytes temp;  ///< NTLMv2_CLIENT_CHALLENGE, everything behind NTProofStr
    ByteArray<16> nt_proof{};
};

/// A ticket whose NTLM proof fitted. `ticket` is the desk's own handle.
struct NtlmProof {
    std::string ticket;
    crypto::Secret session_base_key;  ///< 16 bytes
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

/// Tickets. Every refusal looks the same to the client; `reason` texts are for log and status.
class TicketDesk {
  public:
    virtual ~TicketDesk() = default;
    /// Errc::refused for unknown, wrong, spent and expired alike; costs the same time for each.
    virtual Result<NtlmProof> verify_ntlm(const NtlmClaim& claim) = 0;
    /// TLS-only client legs: the ticket a routing cookie names, unproven until redeem().
    virtual Result<std::string> find(const std::string& user) = 0;
    /// Where a ticket leads. Errc::not_found: its host is registered no more.
    virtual Result<Grant> grant(const std::string& ticket) = 0;
    /// Compares the secret in constant time and spends the ticket.
    virtual Result<void> redeem(const std::string& ticket, const crypto::Secret& secret,
                                const std::string& client_address) = 0;
};

/// What the recorder is told when a session starts.
struct RecordingRequest {
    SessionId id;
    std::string ticket;
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
