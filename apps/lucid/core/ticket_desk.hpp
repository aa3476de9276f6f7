// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The gateway's TicketDesk over catalog, vault and ticket store.

#include <lucid/core/runtime/config.hpp>
#include <lucid/rdp/gateway/ports.hpp>
#include <lucid/user/tickets/tickets.hpp>

#include <mutex>

namespace lucid::app {

class TicketDesk : public rdp::gateway::TicketDesk {
  public:
    /// Both must outlive the desk; `config` gives the session limits.
    TicketDesk(storage::catalog::Catalog catalog, user::vault::Vault vault,
               const core::runtime::Config& config);

    Result<rdp::gateway::NtlmProof> verify_ntlm(const rdp::gateway::NtlmClaim& claim) override;
    Result<std::unique_ptr<rdp::gateway::TicketLease>> find(const std::string& user) override;

  private:
    class Lease;
    std::mutex mutex_;  ///< one catalog connection for all threads
    storage::catalog::Catalog catalog_;
    user::vault::Vault vault_;
    user::tickets::Tickets tickets_;
    core::runtime::Config config_;
};

}  // namespace lucid::app
