// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "ticket_desk.hpp"

#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/relay/policy.hpp>

#include <algorithm>
#include <strings.h>

#include "../open_node.hpp"

namespace lucid::app {

using rdp::gateway::Grant;
using rdp::gateway::HostSecurity;
using user::tickets::Proven;

namespace {

/// Host names and addresses, as DNS compares them.
bool same_name(const std::string& a, const std::string& b) {
    return ::strcasecmp(a.c_str(), b.c_str()) == 0;
}

}  // namespace

class TicketDesk::Lease : public rdp::gateway::TicketLease {
  public:
    Lease(TicketDesk& desk, Proven proven, bool by_name_only)
        : desk_(desk), proven_(std::move(proven)), by_name_only_(by_name_only) {}

    const std::string& name() const override { return proven_.name; }
    const std::string& user() const override { return proven_.user; }
    std::optional<SessionId> resumes() const override;
    Result<Grant> grant() override;
    Result<Grant> redirect(const rdp::gateway::RedirectTarget& target) override;
    Result<void> redeem(const crypto::Secret& secret_utf16, const SessionId& session) override;
    Result<void> keep_for_return(const SessionId& session, std::chrono::seconds window) override;
    void end(const SessionId& session) override;

  private:
    Result<Grant> grant_of(const storage::catalog::Host& host);

    TicketDesk& desk_;
    Proven proven_;
    bool by_name_only_;  ///< a TLS-only client: nothing is proven before redeem()
    bool redeemed_ = false;
};

std::optional<SessionId> TicketDesk::Lease::resumes() const {
    const auto id = SessionId::from_hex(proven_.resumes);
    return id ? std::optional(*id) : std::nullopt;
}

Result<void> TicketDesk::Lease::keep_for_return(const SessionId& session,
                                                std::chrono::seconds window) {
    const std::lock_guard lock(desk_.mutex_);
    return desk_.tickets_.keep_for_resume(proven_.name, session.hex(), core::runtime::wall_time_s(),
                                          window.count());
}

Result<Grant> TicketDesk::Lease::grant() {
    const std::lock_guard lock(desk_.mutex_);
    LUCID_TRY(const auto host, desk_.catalog_.host(proven_.host));
    if (!host) return fail(Errc::not_found, "host");
    return grant_of(*host);
}

Result<Grant> TicketDesk::Lease::redirect(const rdp::gateway::RedirectTarget& target) {
    const std::lock_guard lock(desk_.mutex_);
    LUCID_TRY(const auto from, desk_.catalog_.host(proven_.host));
    if (!from) return fail(Errc::not_found, "host");
    LUCID_TRY(const auto policy, rdp::relay::policy_from_json(from->policy));
    LUCID_TRY(const auto hosts, desk_.catalog_.hosts());
    bool registered = false;
    for (const auto& name : target.names)
        for (const auto& host : hosts) {
            if (!same_name(host.address, name)) continue;
            registered = true;
            if (rdp::relay::allows_redirection(policy, host.name)) return grant_of(host);
        }
    return registered ? fail(Errc::refused, "redirection") : fail(Errc::not_found, "host");
}

Result<Grant> TicketDesk::Lease::grant_of(const storage::catalog::Host& host) {
    if (host.certificate_pin.size() != 32)
        return fail(Errc::bad_length, "certificate pin of the host", host.certificate_pin.size());
    Grant grant;
    grant.host = host.name;
    grant.address = host.address;
    grant.port = host.port;
    grant.security = host.security == "tls" ? HostSecurity::tls : HostSecurity::nla;
    Hash32 pin;
    std::copy(host.certificate_pin.begin(), host.certificate_pin.end(), pin.begin());
    grant.trust.certificate_pin = pin;
    grant.trust.name = host.address;
    grant.credential.domain = host.login_domain;
    grant.credential.user = host.login_user;
    LUCID_TRY(grant.credential.password,
              desk_.vault_.open_sealed(host_password_purpose, host.name, host.sealed_password));
    grant.policy = host.policy;
    grant.idle_limit = desk_.config_.idle_limit;
    grant.total_limit = desk_.config_.total_limit;
    return grant;
}

Result<void> TicketDesk::Lease::redeem(const crypto::Secret& secret_utf16,
                                       const SessionId& session) {
    const std::lock_guard lock(desk_.mutex_);
    if (by_name_only_) {
        LUCID_TRY(proven_, desk_.tickets_.prove_plaintext(proven_.name, secret_utf16.expose(),
                                                          core::runtime::wall_time_s()));
    }
    LUCID_CHECK(desk_.tickets_.redeem(proven_, secret_utf16.expose(), session.hex()));
    redeemed_ = true;
    return {};
}

void TicketDesk::Lease::end(const SessionId& session) {
    if (!redeemed_) return;
    const std::lock_guard lock(desk_.mutex_);
    // A failure leaves the ticket "redeemed", which admits nobody either.
    (void)desk_.tickets_.spend(proven_.name, session.hex());
}

TicketDesk::TicketDesk(storage::catalog::Catalog catalog, user::vault::Vault vault,
                       const core::runtime::Config& config)
    : catalog_(std::move(catalog)),
      vault_(std::move(vault)),
      tickets_(catalog_, vault_),
      config_(config) {}

Result<rdp::gateway::NtlmProof> TicketDesk::verify_ntlm(const rdp::gateway::NtlmClaim& claim) {
    user::tickets::NtlmClaim asked;
    asked.user_utf16 = claim.user_utf16;
    asked.domain_utf16 = claim.domain_utf16;
    asked.server_challenge = claim.server_challenge;
    asked.temp = claim.temp;
    asked.nt_proof = claim.nt_proof;
    const std::lock_guard lock(mutex_);
    LUCID_TRY(auto proven, tickets_.prove(asked, core::runtime::wall_time_s()));
    rdp::gateway::NtlmProof proof;
    proof.session_base_key = std::move(proven.session_base_key);
    proof.lease = std::make_unique<Lease>(*this, std::move(proven), false);
    return proof;
}

Result<std::unique_ptr<rdp::gateway::TicketLease>> TicketDesk::find(const std::string& user) {
    const std::lock_guard lock(mutex_);
    LUCID_TRY(const auto ticket, catalog_.ticket(user));
    if (!ticket || !user::tickets::Tickets::is_usable(*ticket, core::runtime::wall_time_s()))
        return fail(Errc::refused, "ticket");
    Proven unproven;
    unproven.name = ticket->name;
    unproven.host = ticket->host;
    unproven.user = ticket->user;
    if (ticket->state == "lost") unproven.resumes = ticket->session_id;
    return std::make_unique<Lease>(*this, std::move(unproven), true);
}

}  // namespace lucid::app
