// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Tickets in memory: name, secret, state, and the one host they all lead to.

#include <lucid/rdp/gateway/ports.hpp>

#include <atomic>
#include <map>
#include <mutex>

namespace lucid::rdp::gateway::test {

/// Everything of a Grant but the secret's type.
struct HostRecord {
    std::string name = "desk";
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    HostSecurity security = HostSecurity::nla;
    HostTrust trust;
    std::string user = "alice";
    std::string password = "Passw0rd!";
    std::string policy = "{}";
    std::chrono::seconds idle_limit{0};
    std::chrono::seconds total_limit{0};
};

class DeskDouble : public TicketDesk {
  public:
    struct Ticket {
        std::string secret;
        bool spent = false;
        bool expired = false;
        [[nodiscard]] bool usable() const { return lost || (!spent && !expired); }
        std::optional<SessionId> lost;   ///< the session that waits for this ticket
        std::optional<HostRecord> host;  ///< another one than everybody's
    };
    HostRecord host;
    /// Where it may send sessions on to, by any of the names.
    std::map<std::string, HostRecord> redirects;
    bool host_known = true;

    void add(const std::string& name, const std::string& secret,
             std::optional<HostRecord> own_host = std::nullopt);
    void expire(const std::string& name);
    /// `host.port` while connections may ask for it.
    void move_host(std::uint16_t port);
    /// `host.policy` while connections may ask for it.
    void set_policy(const std::string& policy);
    [[nodiscard]] bool spent(const std::string& name) const;

    Result<NtlmProof> verify_ntlm(const NtlmClaim& claim) override;
    Result<std::unique_ptr<TicketLease>> find(const std::string& user) override;

  private:
    class Lease;
    mutable std::mutex mutex_;
    std::map<std::string, Ticket> tickets_;
};

[[nodiscard]] Bytes utf16(std::string_view ascii);
[[nodiscard]] std::string ascii_of(ByteView utf16);

}  // namespace lucid::rdp::gateway::test
