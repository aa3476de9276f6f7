// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/rdp_traffic.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::rdp::gateway {

namespace {

/// Disconnect Provider Ultimatum reason rn-provider-initiated (T.125 §7).
constexpr unsigned provider_initiated = 1;

bool equal_ignoring_case(ByteView utf16, std::string_view ascii) {
    if (utf16.size() != 2 * ascii.size()) return false;
    const auto lower = [](std::uint8_t c) {
        return c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c + 32) : c;
    };
    for (std::size_t i = 0; i < ascii.size(); ++i)
        if (utf16[2 * i + 1] != 0 ||
            lower(utf16[2 * i]) != lower(static_cast<std::uint8_t>(ascii[i])))
            return false;
    return true;
}

}  // namespace

Result<std::unique_ptr<RdpTraffic>> RdpTraffic::make(CoreLink& core, EventPipe& pipe,
                                                     LoggedIn& session) {
    auto& grant = session.dialled.grant;
    relay::RelayInput input;
    input.client_requested_protocols = session.ready.requested_protocols;
    input.host_selected_protocol = session.host.protocol;
    input.client_authenticated = session.ready.authenticated;
    LUCID_TRY(const auto user, proto::utf16_of(as_bytes(grant.credential.user)));
    LUCID_TRY(const auto domain, proto::utf16_of(as_bytes(grant.credential.domain)));
    input.user_name = to_bytes(user.expose());
    input.domain_name = to_bytes(domain.expose());
    // An NLA host has the password from CredSSP already: one copy less on the wire.
    if (grant.security == HostSecurity::tls) {
        LUCID_TRY(input.password, proto::utf16_of(grant.credential.password.expose()));
    }
    grant.credential.password = {};
    input.host_cookie = std::move(session.dialled.host_cookie);
    LUCID_TRY(input.policy, relay::policy_from_json(grant.policy));
    return std::unique_ptr<RdpTraffic>(new RdpTraffic(core, pipe, std::move(input),
                                                      name_in_cookie(session.ready.cookie),
                                                      session.dialled.start_boottime_us));
}

RdpTraffic::RdpTraffic(CoreLink& core, EventPipe& pipe, relay::RelayInput input,
                       std::string ticket_name, std::uint64_t start_boottime_us)
    : core_(core),
      pipe_(pipe),
      limits_{std::chrono::minutes(input.policy.idle_limit_min),
              std::chrono::minutes(input.policy.total_limit_min)},
      ticket_name_(std::move(ticket_name)),
      start_boottime_us_(start_boottime_us),
      relay_(std::move(input), *this) {}

std::uint64_t RdpTraffic::now_us() const {
    const auto now = static_cast<std::uint64_t>(core::runtime::boottime_us());
    return now > start_boottime_us_ ? now - start_boottime_us_ : 0;
}

void RdpTraffic::note_return(const LoggedIn& session) {
    time_us_ = now_us();
    note("client back",
         fmt::format("connection {} from {}", session.dialled.leg, session.client_address));
}

std::optional<Ended> RdpTraffic::on_client(ByteView bytes, std::uint64_t time_us, Output& out) {
    time_us_ = time_us;
    relay_.set_time(time_us);
    out_ = &out;
    auto ended = feed(&relay::Relay::from_client, client_kept_, bytes, "client");
    // Client bytes that waited for the host's Connect-Response are looked at again by on_host().
    return ended ? ended : hand_verdicts();
}

std::optional<Ended> RdpTraffic::on_host(ByteView bytes, std::uint64_t time_us, Output& out) {
    time_us_ = time_us;
    relay_.set_time(time_us);
    out_ = &out;
    if (auto ended = feed(&relay::Relay::from_host, host_kept_, bytes, "host")) return ended;
    if (auto ended = hand_verdicts()) return ended;
    if (client_kept_.empty()) return std::nullopt;
    return feed(&relay::Relay::from_client, client_kept_, {}, "client");
}

void RdpTraffic::on_client_gone(std::uint64_t time_us, Output& out) {
    time_us_ = time_us;
    out_ = &out;
    client_gone_ = true;
    relay_.client_gone();
}

RedirectRequest RdpTraffic::redirect_request() const {
    const auto& to = *relay_.redirection();
    RedirectRequest request;
    request.routing_token = to.routing_token;
    auto& names = request.target.names;
    for (const auto& name : {to.fqdn, to.net_address, to.netbios_name})
        if (!name.empty()) names.push_back(name);
    names.insert(names.end(), to.net_addresses.begin(), to.net_addresses.end());
    return request;
}

Result<void> RdpTraffic::go_on_with(const std::string& from, Dialled& dialled,
                                    std::uint32_t protocol, Output& out) {
    auto& grant = dialled.grant;
    LUCID_TRY(const auto user, proto::utf16_of(as_bytes(grant.credential.user)));
    LUCID_TRY(const auto domain, proto::utf16_of(as_bytes(grant.credential.domain)));
    relay::NextHost next;
    next.selected_protocol = protocol;
    next.user_name = to_bytes(user.expose());
    next.domain_name = to_bytes(domain.expose());
    if (grant.security == HostSecurity::tls) {
        LUCID_TRY(next.password, proto::utf16_of(grant.credential.password.expose()));
    }
    grant.credential.password = {};
    next.host_cookie = std::move(dialled.host_cookie);
    time_us_ = now_us();
    host_kept_.clear();
    out_ = &out;
    relay_.go_on_with(std::move(next));
    note("redirected", fmt::format("from {} to {}", from, grant.host));
    return {};
}

pollfd RdpTraffic::helper() const {
    return {scanner_.attached() ? scanner_.fd() : -1, scanner_.events(), 0};
}

std::optional<Ended> RdpTraffic::on_helper(std::uint64_t time_us, Output& out) {
    time_us_ = time_us;
    relay_.set_time(time_us);
    out_ = &out;
    scanner_.on_ready(ScanPipe::Time::clock::now());
    return hand_verdicts();
}

std::optional<Ended> RdpTraffic::hand_verdicts() {
    // A verdict may make the machine ask about the next content.
    while (const auto said = scanner_.take()) relay_.on_verdict(said->id, said->result);
    if (core_.kill_reason().empty()) return std::nullopt;
    return Ended{"partial", core_.kill_reason()};
}

void RdpTraffic::on_end(std::uint64_t time_us) {
    time_us_ = time_us;
    relay_.end();
}

void RdpTraffic::scan(std::uint32_t id, std::shared_ptr<const Bytes> content) {
    const auto now = ScanPipe::Time::clock::now();
    // While the client is gone core's next word is an order, no answer.
    if (!scanner_.attached() && !client_gone_ && now >= next_attempt_) {
        next_attempt_ = now + scanner_pause;
        auto reply = core_.demand(ScanRequest{});
        if (reply && reply->fd.valid())
            scanner_.attach(std::move(reply->fd));
        else
            no_scanner_ = reply || reply.error().code != Errc::refused ? "core gives no scanner"
                                                                       : core_.refusal();
    }
    if (scanner_.attached())
        scanner_.put(id, std::move(content), now);
    else
        scanner_.say(id, {scan::proto::Verdict::unavailable, no_scanner_});
}

std::optional<Ended> RdpTraffic::feed(Step step, Bytes& kept, ByteView bytes, const char* who) {
    if (kept.empty()) {
        // The common case: nothing is left over, the bytes are used where they lie.
        const auto done = (relay_.*step)(bytes);
        if (!done) return ended_by(who, done.error());
        append(kept, bytes.subspan(*done));
        return std::nullopt;
    }
    append(kept, bytes);
    const auto done = (relay_.*step)(kept);
    if (!done) return ended_by(who, done.error());
    kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(*done));
    return std::nullopt;
}

Ended RdpTraffic::ended_by(const char* who, const Error& error) const {
    if (error.code == Errc::canceled && !core_.kill_reason().empty())
        return {"partial", core_.kill_reason()};
    if (error.code == Errc::refused)
        return {"partial", fmt::format("refused: {}", error.message())};
    return {"partial", fmt::format("protocol violation of the {}: {}", who, error.message())};
}

Bytes RdpTraffic::farewell() const {
    if (!relay_.active()) return {};
    return proto::encode_disconnect_provider_ultimatum(provider_initiated);
}

void RdpTraffic::to_client(ByteView bytes) {
    append(out_->to_client, bytes);
}

void RdpTraffic::to_host(ByteView bytes) {
    append(out_->to_host, bytes);
}

void RdpTraffic::record(relay::EventClass event_class, relay::EventKind kind, ByteView payload) {
    pipe_.put(static_cast<std::uint8_t>(event_class), static_cast<std::uint8_t>(kind), time_us_,
              payload);
}

void RdpTraffic::note(std::string_view what, std::string_view detail) {
    const nlohmann::json words = {{"detail", detail}, {"what", what}};
    const auto text = words.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    record(relay::EventClass::audit, relay::EventKind::note, as_bytes(text));
    if (++notes_told_ > notes_told_max) return;
    (void)core_.tell(EventRequest{std::string(what.substr(0, 64)),
                                  std::string(detail.substr(0, reason_bytes_max))});
}

void RdpTraffic::keep_host_cookie(const crypto::Secret& cookie) {
    if (++cookies_told_ > cookies_told_max) return;
    (void)core_.tell(HostCookieRequest{cookie.clone()});
}

Result<void> RdpTraffic::redeem(ByteView user_utf16, const crypto::Secret& secret_utf16) {
    if (!equal_ignoring_case(user_utf16, ticket_name_))
        return fail(Errc::refused, "client info names another ticket than the cookie");
    LUCID_CHECK(core_.demand(RedeemRequest{secret_utf16.clone()}));
    LUCID_TRY(auto reply, core_.demand(RecordRequest{}));
    if (!reply.fd.valid()) return fail(Errc::not_found, "event pipe");
    pipe_.not_before(now_us());
    pipe_.attach(std::move(reply.fd));
    return {};
}

}  // namespace lucid::rdp::gateway
