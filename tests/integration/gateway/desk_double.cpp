// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "desk_double.hpp"

#include <lucid/user/tickets/ntlm_proof.hpp>

namespace lucid::rdp::gateway::test {

Bytes utf16(std::string_view ascii) {
    Bytes out;
    for (const char c : ascii) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

std::string ascii_of(ByteView utf16) {
    std::string out;
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2) out += static_cast<char>(utf16[i]);
    return out;
}

class DeskDouble::Lease : public TicketLease {
  public:
    Lease(DeskDouble& desk, std::string name) : desk_(desk), name_(std::move(name)) {}
    const std::string& name() const override { return name_; }
    const std::string& user() const override { return user_; }
    Result<Grant> grant() override {
        const std::lock_guard lock(desk_.mutex_);
        if (!desk_.host_known) return fail(Errc::not_found, "host");
        const auto& own = desk_.tickets_.at(name_).host;
        return grant_of(own ? *own : desk_.host);
    }
    Result<Grant> redirect(const RedirectTarget& target) override {
        const std::lock_guard lock(desk_.mutex_);
        for (const auto& name : target.names)
            if (const auto found = desk_.redirects.find(name); found != desk_.redirects.end())
                return grant_of(found->second);
        return fail(Errc::not_found, "host");
    }
    static Grant grant_of(const HostRecord& record) {
        Grant grant;
        grant.host = record.name;
        grant.address = record.address;
        grant.port = record.port;
        grant.security = record.security;
        grant.trust = record.trust;
        grant.credential = {"", record.user, crypto::Secret::copy_of(as_bytes(record.password))};
        grant.policy = record.policy;
        grant.idle_limit = record.idle_limit;
        grant.total_limit = record.total_limit;
        return grant;
    }
    Result<void> redeem(const crypto::Secret& secret_utf16, const SessionId&) override {
        const std::lock_guard lock(desk_.mutex_);
        auto& ticket = desk_.tickets_.at(name_);
        if (!ticket.usable() || to_bytes(secret_utf16.expose()) != utf16(ticket.secret))
            return fail(Errc::refused, "ticket");
        ticket.spent = true;
        ticket.lost.reset();
        return {};
    }
    std::optional<SessionId> resumes() const override {
        const std::lock_guard lock(desk_.mutex_);
        return desk_.tickets_.at(name_).lost;
    }
    Result<void> keep_for_return(const SessionId& session, std::chrono::seconds) override {
        const std::lock_guard lock(desk_.mutex_);
        desk_.tickets_.at(name_).lost = session;
        return {};
    }
    void end(const SessionId&) override {
        const std::lock_guard lock(desk_.mutex_);
        desk_.tickets_.at(name_).lost.reset();
    }

  private:
    DeskDouble& desk_;
    std::string name_;
    std::string user_ = "owner";
};

void DeskDouble::add(const std::string& name, const std::string& secret,
                     std::optional<HostRecord> own_host) {
    const std::lock_guard lock(mutex_);
    tickets_[name] = {secret, false, false, std::nullopt, std::move(own_host)};
}

void DeskDouble::expire(const std::string& name) {
    const std::lock_guard lock(mutex_);
    tickets_.at(name).expired = true;
}

void DeskDouble::move_host(std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    host.port = port;
}

void DeskDouble::set_policy(const std::string& policy) {
    const std::lock_guard lock(mutex_);
    host.policy = policy;
}

bool DeskDouble::spent(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return tickets_.at(name).spent;
}

Result<NtlmProof> DeskDouble::verify_ntlm(const NtlmClaim& claim) {
    const auto name = ascii_of(claim.user_utf16);
    const std::lock_guard lock(mutex_);
    const auto found = tickets_.find(name);
    if (found == tickets_.end() || !found->second.usable()) return fail(Errc::refused, "ticket");
    const user::tickets::NtlmClaim asked{claim.user_utf16, claim.domain_utf16,
                                         claim.server_challenge, claim.temp, claim.nt_proof};
    auto key = user::tickets::verify_ntlm(user::tickets::nt_hash(found->second.secret), asked);
    if (!key) return fail(Errc::refused, "ticket");
    return NtlmProof{std::make_unique<Lease>(*this, name), std::move(*key)};
}

Result<std::unique_ptr<TicketLease>> DeskDouble::find(const std::string& user) {
    const std::lock_guard lock(mutex_);
    const auto found = tickets_.find(user);
    if (found == tickets_.end() || !found->second.usable()) return fail(Errc::refused, "ticket");
    return std::make_unique<Lease>(*this, user);
}

}  // namespace lucid::rdp::gateway::test
