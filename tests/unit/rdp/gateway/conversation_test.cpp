// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/conversation.hpp>

#include <sys/socket.h>

#include "certificates.hpp"
#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

Bytes utf16(std::string_view ascii) {
    Bytes out;
    for (const char c : ascii) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

struct DeskState {
    Endpoint host;
    bool registered = true;
    std::optional<SessionId> redeemed_for;
    std::optional<SessionId> ended;
    std::optional<SessionId> lost;
};

class LeaseDouble : public TicketLease {
  public:
    explicit LeaseDouble(DeskState& state) : state_(state) {}
    const std::string& name() const override { return name_; }
    const std::string& user() const override { return user_; }
    Result<Grant> grant() override {
        if (!state_.registered) return fail(Errc::not_found, "host");
        Grant out;
        out.host = "desk";
        out.address = state_.host.address;
        out.port = state_.host.port;
        out.policy = "{}";
        return out;
    }
    Result<Grant> redirect(const RedirectTarget& target) override {
        if (target.names.front() == "forbidden") return fail(Errc::refused, "redirection");
        if (target.names.front() != "desk2") return fail(Errc::not_found, "host");
        LUCID_TRY(auto out, grant());
        out.host = "desk2";
        out.policy = R"({"drive":true})";
        return out;
    }
    Result<void> redeem(const crypto::Secret& given, const SessionId& session) override {
        if (to_bytes(given.expose()) != utf16("the secret")) return fail(Errc::refused, "ticket");
        state_.redeemed_for = session;
        return {};
    }
    std::optional<SessionId> resumes() const override { return state_.lost; }
    Result<void> keep_for_return(const SessionId& session, std::chrono::seconds) override {
        state_.lost = session;
        return {};
    }
    void end(const SessionId& session) override { state_.ended = session; }

  private:
    DeskState& state_;
    std::string name_ = "lt-good";
    std::string user_ = "alice";
};

class DeskDouble : public TicketDesk, public DeskState {
  public:
    Result<NtlmProof> verify_ntlm(const NtlmClaim& claim) override {
        if (claim.user_utf16 != utf16("lt-good")) return fail(Errc::refused, "ticket");
        return NtlmProof{std::make_unique<LeaseDouble>(*this), crypto::Secret(Bytes(16, 5))};
    }
    Result<std::unique_ptr<TicketLease>> find(const std::string& user) override {
        if (user != "lt-good") return fail(Errc::refused, "ticket");
        return std::make_unique<LeaseDouble>(*this);
    }
};

class RecorderDouble : public RecorderPort {
  public:
    bool running = true;
    std::optional<RecordingRequest> opened;
    core::net::Fd own_end;

    Result<core::net::Fd> open(const RecordingRequest& request) override {
        if (!running) return fail(Errc::peer_closed, "recorder");
        opened = request;
        int fds[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        own_end = core::net::Fd(fds[0]);
        return core::net::Fd(fds[1]);
    }
};

class ScannerDouble : public core::ports::ContentScanner {
  public:
    bool running = true;
    Result<core::net::Fd> open() override {
        if (!running) return fail(Errc::peer_closed, "scanner");
        int fds[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        own_end_ = core::net::Fd(fds[0]);
        return core::net::Fd(fds[1]);
    }

  private:
    core::net::Fd own_end_;
};

class ConversationTest : public testing::Test {
  protected:
    ConversationTest()
        : identity(test::make_identity("gateway.test")),
          signer(*LocalSigner::from_pem(identity.key_pem)),
          listener(*listen_tcp({"127.0.0.1", 0})) {
        desk.host = *endpoint_of(listener.get(), false);
    }

    static NtlmClaim claim(const std::string& user) {
        NtlmClaim out;
        out.user_utf16 = utf16(user);
        return out;
    }
    static RedeemRequest redeem(std::string_view text) {
        return RedeemRequest{crypto::Secret(utf16(text))};
    }
    template <class Expected>
    void expect(Conversation& talk, Request request) {
        auto reply = talk.answer(std::move(request));
        ASSERT_TRUE(reply) << reply.error().message();
        ASSERT_TRUE(reply->answer);
        EXPECT_TRUE(std::holds_alternative<Expected>(*reply->answer)) << reply->note;
        last = std::move(*reply);
    }

    test::Identity identity;
    LocalSigner signer;
    core::net::Fd listener;
    DeskDouble desk;
    RecorderDouble recorder;
    ConversationContext context{desk, recorder, signer, false, std::chrono::milliseconds(2000)};
    Conversation::Reply last;
};

TEST_F(ConversationTest, a_redirection_keeps_session_and_policy) {
    Conversation talk(context, "192.0.2.1");
    expect<SessionBaseKey>(talk, claim("lt-good"));
    expect<Dialled>(talk, DialRequest{});
    const auto id = talk.view().id;
    expect<Done>(talk, redeem("the secret"));
    expect<Done>(talk, RecordRequest{});
    expect<Dialled>(talk, RedirectRequest{{{"desk2"}}, "Cookie: msts=1"});
    const auto& dialled = std::get<Dialled>(*last.answer);
    EXPECT_TRUE(last.fd.valid());
    EXPECT_EQ(dialled.grant.host, "desk2");
    EXPECT_EQ(dialled.grant.policy, "{}");
    EXPECT_EQ(dialled.routing_token, "Cookie: msts=1");
    EXPECT_EQ(dialled.session_id, id);
    EXPECT_EQ(talk.view().host, "desk2");
    expect<Refusal>(talk, RedirectRequest{{{"forbidden"}}, ""});
    EXPECT_NE(last.note.find("policy"), std::string::npos);
    expect<Refusal>(talk, RedirectRequest{{{"unknown"}}, ""});
    expect<Refusal>(talk, RedirectRequest{{{"desk2"}}, ""});
    EXPECT_NE(last.note.find("too often"), std::string::npos);
}

TEST_F(ConversationTest, a_host_cookie_belongs_to_a_recorded_session) {
    Conversation talk(context, "192.0.2.1");
    const auto cookie = [] { return HostCookieRequest{crypto::Secret(Bytes(28, 1))}; };
    EXPECT_FALSE(talk.answer(cookie()));
    expect<SessionBaseKey>(talk, claim("lt-good"));
    expect<Dialled>(talk, DialRequest{});
    expect<Done>(talk, redeem("the secret"));
    expect<Done>(talk, RecordRequest{});
    for (int i = 0; i < Conversation::cookies_max; ++i) EXPECT_TRUE(talk.answer(cookie()));
    EXPECT_FALSE(talk.answer(cookie()));
}

TEST_F(ConversationTest, nothing_is_redirected_before_the_recording) {
    Conversation talk(context, "192.0.2.1");
    EXPECT_FALSE(talk.answer(RedirectRequest{{{"desk2"}}, ""}));
    expect<SessionBaseKey>(talk, claim("lt-good"));
    EXPECT_FALSE(talk.answer(RedirectRequest{{{"desk2"}}, ""}));
    expect<Dialled>(talk, DialRequest{});
    EXPECT_FALSE(talk.answer(RedirectRequest{{{"desk2"}}, ""}));
}

TEST_F(ConversationTest, the_way_to_a_session) {
    Conversation talk(context, "192.0.2.1");
    expect<Signature>(talk, SignRequest{"ecdsa", Bytes(32, 1)});
    expect<SessionBaseKey>(talk, claim("lt-good"));
    expect<Dialled>(talk, DialRequest{});
    EXPECT_TRUE(last.fd.valid());
    EXPECT_EQ(endpoint_of(last.fd.get(), true)->port, desk.host.port);
    expect<Done>(talk, redeem("the secret"));
    expect<Done>(talk, RecordRequest{});
    EXPECT_TRUE(last.fd.valid());
    EXPECT_EQ(talk.view().stage, Stage::recording);
    ASSERT_TRUE(recorder.opened);
    EXPECT_EQ(recorder.opened->id, *talk.view().id);
    EXPECT_EQ(recorder.opened->host, "desk");
    EXPECT_EQ(recorder.opened->user, "alice");
    EXPECT_EQ(desk.redeemed_for, talk.view().id);
    expect<Done>(talk, EndRequest{"complete", "client closed"});
    EXPECT_EQ(talk.view().end_state, "complete");
    talk.close("late");
    EXPECT_EQ(talk.view().end_reason, "client closed");
}

TEST_F(ConversationTest, the_ticket_is_given_back_with_the_session_it_was_for) {
    std::optional<SessionId> id;
    {
        Conversation talk(context, "192.0.2.1");
        expect<SessionBaseKey>(talk, claim("lt-good"));
        expect<Dialled>(talk, DialRequest{});
        id = talk.view().id;
    }
    EXPECT_TRUE(id);
    EXPECT_EQ(desk.ended, id);
}

TEST_F(ConversationTest, nothing_is_answered_out_of_order) {
    const auto refused = [&](auto&&... requests) {
        Conversation talk(context, "192.0.2.1");
        Result<Conversation::Reply> reply = Conversation::Reply{};
        ((reply = talk.answer(std::move(requests))), ...);
        return !reply && reply.error().code == Errc::refused;
    };
    EXPECT_TRUE(refused(Request(DialRequest{})));
    EXPECT_TRUE(refused(Request(redeem("the secret"))));
    EXPECT_TRUE(refused(Request(RecordRequest{})));
    EXPECT_TRUE(refused(Request(claim("lt-good")), Request(RecordRequest{})));
    EXPECT_TRUE(
        refused(Request(claim("lt-good")), Request(DialRequest{}), Request(RecordRequest{})));
    EXPECT_TRUE(refused(Request(claim("lt-good")), Request(DialRequest{}), Request(DialRequest{})));
    EXPECT_TRUE(refused(Request(claim("lt-good")), Request(SignRequest{"ecdsa", Bytes(32, 1)})));
    EXPECT_TRUE(refused(Request(ScanRequest{})));
    EXPECT_TRUE(refused(Request(claim("lt-good")), Request(DialRequest{}),
                        Request(redeem("the secret")), Request(ScanRequest{})));
    EXPECT_TRUE(refused(Request(EndRequest{"finished", ""})));
    EXPECT_TRUE(refused(Request(EndRequest{"partial", ""}), Request(EndRequest{"complete", ""})));
}

TEST_F(ConversationTest, a_recorded_session_may_ask_for_a_scanner_so_often) {
    Conversation talk(context, "192.0.2.1");
    expect<SessionBaseKey>(talk, claim("lt-good"));
    expect<Dialled>(talk, DialRequest{});
    expect<Done>(talk, redeem("the secret"));
    expect<Done>(talk, RecordRequest{});
    expect<Refusal>(talk, ScanRequest{});
    ScannerDouble scanner;
    context.scanner = &scanner;
    expect<Done>(talk, ScanRequest{});
    EXPECT_TRUE(last.fd.valid());
    scanner.running = false;
    expect<Refusal>(talk, ScanRequest{});
    for (int i = 3; i < Conversation::scan_pipes_max; ++i) expect<Refusal>(talk, ScanRequest{});
    EXPECT_FALSE(talk.answer(ScanRequest{}));
}

TEST_F(ConversationTest, attempts_are_counted) {
    Conversation talk(context, "192.0.2.1");
    expect<Signature>(talk, SignRequest{"ecdsa", Bytes(32, 1)});
    expect<Signature>(talk, SignRequest{"ecdsa", Bytes(32, 1)});
    EXPECT_FALSE(talk.answer(SignRequest{"ecdsa", Bytes(32, 1)}));
    Conversation guesser(context, "192.0.2.1");
    expect<Refusal>(guesser, claim("lt-bad"));
    EXPECT_TRUE(last.failed_login);
    EXPECT_FALSE(guesser.answer(claim("lt-good")));
}

TEST_F(ConversationTest, a_wrong_secret_is_refused_and_no_recording_starts) {
    Conversation talk(context, "192.0.2.1");
    expect<SessionBaseKey>(talk, claim("lt-good"));
    expect<Dialled>(talk, DialRequest{});
    expect<Refusal>(talk, redeem("guess"));
    EXPECT_TRUE(last.failed_login);
    EXPECT_FALSE(talk.answer(RecordRequest{}));
    EXPECT_FALSE(recorder.opened);
}

TEST_F(ConversationTest, a_ticket_by_cookie_needs_the_tls_only_option) {
    Conversation strict(context, "192.0.2.1");
    EXPECT_FALSE(strict.answer(RouteRequest{"lt-good"}));
    context.allow_tls_only = true;
    Conversation lax(context, "192.0.2.1");
    expect<Done>(lax, RouteRequest{"lt-good"});
    Conversation unknown(context, "192.0.2.1");
    expect<Refusal>(unknown, RouteRequest{"lt-bad"});
}

TEST_F(ConversationTest, refusals_say_what_is_wrong) {
    {
        Conversation talk(context, "192.0.2.1");
        desk.registered = false;
        expect<SessionBaseKey>(talk, claim("lt-good"));
        expect<Refusal>(talk, DialRequest{});
        EXPECT_NE(last.note.find("no host for this ticket"), std::string::npos) << last.note;
        desk.registered = true;
    }
    {
        Conversation talk(context, "192.0.2.1");
        listener.reset();
        expect<SessionBaseKey>(talk, claim("lt-good"));
        expect<Refusal>(talk, DialRequest{});
        EXPECT_NE(last.note.find("Connection refused"), std::string::npos) << last.note;
    }
}

TEST_F(ConversationTest, without_a_recorder_there_is_no_session) {
    Conversation talk(context, "192.0.2.1");
    recorder.running = false;
    expect<SessionBaseKey>(talk, claim("lt-good"));
    expect<Dialled>(talk, DialRequest{});
    expect<Done>(talk, redeem("the secret"));
    expect<Refusal>(talk, RecordRequest{});
    EXPECT_NE(last.note.find("no recorder, no session"), std::string::npos) << last.note;
}

TEST_F(ConversationTest, a_relay_that_vanishes_leaves_a_partial_session) {
    Conversation talk(context, "192.0.2.1");
    talk.close("relay killed by signal 9");
    EXPECT_EQ(talk.view().stage, Stage::ended);
    EXPECT_EQ(talk.view().end_state, "partial");
}

}  // namespace
}  // namespace lucid::rdp::gateway
