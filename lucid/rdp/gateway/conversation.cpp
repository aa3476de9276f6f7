// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/conversation.hpp>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

namespace {

Conversation::Reply refusal(std::string reason) {
    Conversation::Reply reply;
    reply.note = reason;
    reply.answer = Refusal{std::move(reason)};
    return reply;
}

Conversation::Reply done(Answer answer) {
    Conversation::Reply reply;
    reply.answer = std::move(answer);
    return reply;
}

tl::unexpected<Error> out_of_order(const char* op) {
    return fail(Errc::refused, op);
}

/// Why a host cannot be reached, in words for people.
std::string dial_failure(const Grant& grant, const Error& error) {
    const auto where = Endpoint{grant.address, grant.port}.text();
    if (error.code == Errc::not_found)
        return fmt::format("host {} ({}): its name does not resolve", grant.host, where);
    if (error.code == Errc::timed_out)
        return fmt::format("host {} ({}): no answer in time", grant.host, where);
    return fmt::format("host {} ({}): {}", grant.host, where, error.code.message());
}

}  // namespace

const char* to_text(Stage stage) {
    switch (stage) {
        case Stage::handshake:
            return "handshake";
        case Stage::proven:
            return "proven";
        case Stage::dialled:
            return "dialled";
        case Stage::redeemed:
            return "starting";
        case Stage::recording:
            return "recording";
        case Stage::lost:
            return "lost";
        case Stage::ended:
            return "ended";
    }
    return "unknown";
}

Conversation::Conversation(const ConversationContext& context, std::string client_address)
    : context_(context) {
    view_.client_address = std::move(client_address);
}

Conversation::~Conversation() {
    give_back();
}

void Conversation::give_back() {
    const auto lease = std::move(lease_);
    if (!lease || !view_.id) return;
    if (holds_pipe_ && handed_over_) {
        context_.live->release(*view_.id);
    } else if (holds_pipe_ && context_.live != nullptr) {
        context_.live->close(*view_.id);
        lease->end(*view_.id);
    } else if (resumes_ && context_.live->find(*view_.id)) {
        // A return that failed half way may be tried again.
        if (redeemed_) (void)lease->keep_for_return(*view_.id, context_.resume_window);
    } else {
        lease->end(*view_.id);
    }
}

Conversation::Reply Conversation::take(std::unique_ptr<TicketLease> lease, Answer answer) {
    view_.stage = Stage::proven;
    view_.ticket = lease->name();
    view_.user = lease->user();
    if (context_.resumable()) view_.id = lease->resumes();
    resumes_ = view_.id.has_value();
    lease_ = std::move(lease);
    return done(std::move(answer));
}

Result<Conversation::Reply> Conversation::answer(Request request) {
    return std::visit([this](const auto& r) { return on(r); }, request);
}

void Conversation::close(const std::string& reason) {
    give_back();
    if (view_.stage == Stage::ended) return;
    view_.stage = Stage::ended;
    view_.end_state = "partial";
    view_.end_reason = reason;
}

Result<Conversation::Reply> Conversation::on(const SignRequest& request) {
    if (view_.stage != Stage::handshake || ++signatures_ > signatures_max)
        return out_of_order("sign");
    view_.hello = true;
    if (request.scheme != scheme_ecdsa) return refusal("unknown signature scheme");
    LUCID_TRY(auto der, context_.signer.sign(request.digest));
    return done(Signature{std::move(der)});
}

Result<Conversation::Reply> Conversation::on(const NtlmClaim& request) {
    if (view_.stage != Stage::handshake || ++verifications_ > verifications_max)
        return out_of_order("verify_ntlm");
    auto proof = context_.desk.verify_ntlm(request);
    if (!proof) {
        auto reply = refusal("ticket refused: " + proof.error().message());
        reply.failed_login = true;
        return reply;
    }
    return take(std::move(proof->lease), SessionBaseKey{std::move(proof->session_base_key)});
}

Result<Conversation::Reply> Conversation::on(const RouteRequest& request) {
    if (!context_.allow_tls_only || view_.stage != Stage::handshake ||
        ++verifications_ > verifications_max)
        return out_of_order("route");
    auto lease = context_.desk.find(request.user);
    if (!lease) {
        auto reply = refusal("ticket refused: " + lease.error().message());
        reply.failed_login = true;
        return reply;
    }
    return take(std::move(*lease), Done{});
}

Result<Conversation::Reply> Conversation::on(const DialRequest& /*request*/) {
    if (view_.stage != Stage::proven) return out_of_order("dial");
    auto grant = lease_->grant();
    if (!grant) return refusal("no host for this ticket: " + grant.error().message());
    view_.host = grant->host;
    std::optional<LiveSessions::Facts> facts;
    if (resumes_) {
        facts = context_.live->find(*view_.id);
        if (!facts || facts->host != grant->host) return refusal("the session is over");
        // What the recording's manifest names, whatever was changed since.
        grant->policy = facts->policy;
        view_.leg = facts->legs + 1;
    }
    auto socket = connect_tcp({grant->address, grant->port}, context_.dial_limit);
    if (!socket) return refusal(dial_failure(*grant, socket.error()));
    view_.stage = Stage::dialled;
    if (!view_.id) view_.id = SessionId{crypto::random_array<32>()};
    view_.start_boottime_us =
        facts ? facts->start_boottime_us : static_cast<std::uint64_t>(core::runtime::boottime_us());
    policy_ = grant->policy;
    return connected(std::move(*grant), std::move(*socket), "");
}

Conversation::Reply Conversation::connected(Grant grant, core::net::Fd socket,
                                            std::string routing_token) const {
    Dialled dialled;
    dialled.grant = std::move(grant);
    dialled.session_id = *view_.id;
    dialled.start_boottime_us = view_.start_boottime_us;
    dialled.leg = view_.leg;
    dialled.resumable = context_.resumable();
    dialled.routing_token = std::move(routing_token);
    if (resumes_) dialled.host_cookie = context_.live->take_cookie(*view_.id, dialled.grant.host);
    auto reply = done(std::move(dialled));
    reply.fd = std::move(socket);
    return reply;
}

Result<Conversation::Reply> Conversation::on(const RedirectRequest& request) {
    if (view_.stage != Stage::recording) return out_of_order("redirect");
    if (++redirections_ > redirections_max) return refusal("redirected too often");
    auto grant = request.target.names.empty() ? lease_->grant() : lease_->redirect(request.target);
    if (!grant)
        return refusal(grant.error().code == Errc::not_found ? "no host of that name is registered"
                                                             : "its policy does not allow it");
    // The session stays what its recording's manifest names.
    grant->policy = policy_;
    auto socket = connect_tcp({grant->address, grant->port}, context_.dial_limit);
    if (!socket) return refusal(dial_failure(*grant, socket.error()));
    auto note = fmt::format("redirected from {} to {}", view_.host, grant->host);
    view_.host = grant->host;
    auto reply = connected(std::move(*grant), std::move(*socket), request.routing_token);
    reply.note = std::move(note);
    return reply;
}

Result<Conversation::Reply> Conversation::on(const RedeemRequest& request) {
    if (view_.stage != Stage::dialled) return out_of_order("redeem");
    const auto redeemed = lease_->redeem(request.secret, *view_.id);
    if (!redeemed) {
        auto reply = refusal("ticket refused: " + redeemed.error().message());
        reply.failed_login = true;
        return reply;
    }
    redeemed_ = true;
    view_.stage = Stage::redeemed;
    return done(Done{});
}

Result<core::net::Fd> Conversation::open_recording() {
    if (resumes_) return context_.live->take_over(*view_.id, hand_over_limit);
    RecordingRequest request;
    request.id = *view_.id;
    request.ticket = view_.ticket;
    request.user = view_.user;
    request.host = view_.host;
    request.client_address = view_.client_address;
    request.policy = policy_;
    request.start_boottime_us = view_.start_boottime_us;
    LUCID_TRY(auto pipe, context_.recorder.open(request));
    if (context_.live != nullptr)
        LUCID_CHECK(context_.live->open(
            *view_.id, {view_.start_boottime_us, view_.host, policy_, 1}, pipe.get()));
    return pipe;
}

Result<Conversation::Reply> Conversation::on(const RecordRequest& /*request*/) {
    if (view_.stage != Stage::redeemed) return out_of_order("record");
    auto pipe = open_recording();
    if (!pipe)
        return refusal(
            (resumes_ ? "the session cannot be resumed: " : "no recorder, no session: ") +
            pipe.error().message());
    holds_pipe_ = true;
    view_.stage = Stage::recording;
    auto reply = done(Done{});
    reply.fd = std::move(*pipe);
    reply.note = resumes_ ? fmt::format("client back, connection {}", view_.leg) : "recording";
    return reply;
}

Result<Conversation::Reply> Conversation::on(const HostCookieRequest& request) {
    if (view_.stage != Stage::recording || ++cookies_ > cookies_max)
        return out_of_order("host_cookie");
    if (context_.resumable())
        context_.live->keep_cookie(*view_.id, view_.host, request.cookie.clone());
    return Reply{};
}

Result<Conversation::Reply> Conversation::on(const ScanRequest& /*request*/) {
    if ((view_.stage != Stage::recording && view_.stage != Stage::lost) ||
        ++scan_pipes_ > scan_pipes_max)
        return out_of_order("scan");
    if (context_.scanner == nullptr) return refusal("no scanner is configured");
    auto pipe = context_.scanner->open();
    if (!pipe) return refusal("the scanner does not run");
    auto reply = done(Done{});
    reply.fd = std::move(*pipe);
    return reply;
}

Result<Conversation::Reply> Conversation::on(const EventRequest& request) {
    if (++events_ > events_max) return out_of_order("event");
    Reply reply;
    reply.note = request.what + ": " + request.detail;
    return reply;
}

Result<Conversation::Reply> Conversation::on(const LostRequest& request) {
    if (view_.stage != Stage::recording) return out_of_order("lost");
    if (!context_.resumable()) return refusal("sessions here do not wait for their client");
    if (const auto lost = context_.live->lose(*view_.id, request.host); !lost)
        return refusal("the session does not wait: " + lost.error().message());
    if (const auto kept = lease_->keep_for_return(*view_.id, context_.resume_window); !kept)
        return refusal("the ticket cannot be kept: " + kept.error().message());
    view_.stage = Stage::lost;
    auto reply = done(Done{});
    reply.note = fmt::format("{} lost: {}", request.host ? "host" : "client", request.reason);
    return reply;
}

Result<Conversation::Reply> Conversation::on(const HandedOverRequest& /*request*/) {
    if (view_.stage != Stage::lost || !context_.live->handing_over(*view_.id))
        return out_of_order("handed_over");
    handed_over_ = true;
    view_.stage = Stage::ended;
    view_.end_state = "handed over";
    view_.end_reason = "the client is back";
    return Reply{};
}

Result<Conversation::Reply> Conversation::on(const EndRequest& request) {
    if (view_.stage == Stage::ended) return out_of_order("end");
    if (request.state != "complete" && request.state != "partial") return out_of_order("end state");
    view_.end_state = request.state;
    view_.end_reason = request.reason;
    view_.stage = Stage::ended;
    auto reply = done(Done{});
    reply.note = fmt::format("ended {}: {}", request.state, request.reason);
    return reply;
}

}  // namespace lucid::rdp::gateway
