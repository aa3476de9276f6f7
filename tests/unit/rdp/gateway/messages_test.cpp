// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/messages.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

Bytes frame(std::string_view text) {
    return to_bytes(as_bytes(text));
}

std::vector<Request> samples() {
    std::vector<Request> out;
    out.emplace_back(SignRequest{"ecdsa", Bytes(32, 7)});
    NtlmClaim claim;
    claim.user_utf16 = Bytes(26, 65);
    claim.domain_utf16 = Bytes(8, 66);
    claim.temp = Bytes(80, 3);
    out.emplace_back(std::move(claim));
    out.emplace_back(RouteRequest{"lt-abcdefghij"});
    out.emplace_back(DialRequest{});
    out.emplace_back(RedeemRequest{crypto::Secret::copy_of(as_bytes("secret"))});
    out.emplace_back(RecordRequest{});
    out.emplace_back(RedirectRequest{{{"desk2.example", "10.0.0.5"}}, "Cookie: msts=1"});
    out.emplace_back(RedirectRequest{});
    out.emplace_back(HostCookieRequest{crypto::Secret(Bytes(28, 9))});
    out.emplace_back(ScanRequest{});
    out.emplace_back(EventRequest{"connected", "x"});
    out.emplace_back(EndRequest{"complete", "client closed"});
    return out;
}

TEST(Messages, every_request_survives_the_round_trip) {
    for (const auto& request : samples()) {
        const auto bytes = encode(request);
        const auto decoded = decode_request(bytes);
        ASSERT_TRUE(decoded) << as_text(bytes);
        EXPECT_EQ(decoded->index(), request.index());
        EXPECT_EQ(encode(*decoded), bytes);
    }
}

TEST(Messages, no_request_is_accepted_when_cut_short) {
    for (const auto& request : samples()) {
        const auto bytes = encode(request);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_FALSE(decode_request(ByteView(bytes).first(size)));
    }
}

TEST(Messages, names_of_a_redirection_at_and_past_their_limits) {
    for (const std::size_t count : {redirect_names_max, redirect_names_max + 1}) {
        const RedirectRequest request{{std::vector<std::string>(count, "desk")}, ""};
        EXPECT_EQ(decode_request(encode(Request(request))).has_value(),
                  count == redirect_names_max);
    }
    for (const std::size_t length : {std::size_t{1024}, std::size_t{1025}}) {
        const RedirectRequest request{{{std::string(length, 'a')}}, ""};
        EXPECT_EQ(decode_request(encode(Request(request))).has_value(), length == 1024);
    }
}

TEST(Messages, damaged_requests_never_do_more_than_fail) {
    for (const auto& request : samples()) {
        const auto bytes = encode(request);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            auto damaged = bytes;
            damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
            (void)decode_request(damaged);
        }
    }
}

TEST(Messages, wrong_types_sizes_and_ops_are_refused) {
    for (
        const auto* text : {
            "",
            "[]",
            "null",
            "{}",
            R"({"op":7})",
            R"({"op":"format disk"})",
            R"({"op":"sign","scheme":"ecdsa"})",
            R"({"op":"sign","scheme":"ecdsa","digest":"0"})",
            R"({"op":"sign","scheme":"ecdsa","digest":17})",
            R"({"op":"redeem","secret":"zz"})",
            R"({"op":"host_cookie","cookie":"00"})",
            R"({"op":"redirect","token":""})",
            R"({"op":"redirect","names":[7],"token":""})",
            R"({"op":"redirect","names":"desk","token":""})",
            R"({"op":"redirect","names":[]})",
            R"({"op":"verify_ntlm","user":"u","domain":"","server_challenge":"00","temp":"","nt_proof":""})",
        })
        EXPECT_FALSE(decode_request(frame(text))) << text;
}

TEST(Messages, a_lost_connection_names_its_side) {
    const auto decoded = decode_request(encode(Request(LostRequest{"reset", true})));
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(std::get<LostRequest>(*decoded).host);
    EXPECT_EQ(std::get<LostRequest>(*decoded).reason, "reset");
    EXPECT_FALSE(decode_request(frame(R"({"op":"lost","who":"both","reason":""})")));
    EXPECT_TRUE(decode_request(encode(Request(HandedOverRequest{}))));
}

TEST(Messages, limits_hold_at_their_edge) {
    EXPECT_TRUE(decode_request(
        encode(Request(EndRequest{"partial", std::string(3 * reason_bytes_max, 'x')}))));
    EXPECT_FALSE(decode_request(
        encode(Request(EndRequest{"partial", std::string(3 * reason_bytes_max + 1, 'x')}))));
    EXPECT_TRUE(decode_request(encode(Request(SignRequest{"ecdsa", Bytes(64, 1)}))));
    EXPECT_FALSE(decode_request(encode(Request(SignRequest{"ecdsa", Bytes(65, 1)}))));
    auto padded = encode(Request(DialRequest{}));
    padded.resize(request_bytes_max, ' ');
    EXPECT_TRUE(decode_request(padded));
    padded.push_back(' ');
    EXPECT_EQ(decode_request(padded).error().code, Errc::limit_exceeded);
}

TEST(Messages, what_a_client_claims_may_be_as_long_as_its_messages) {
    NtlmClaim claim;
    claim.user_utf16 = Bytes(16 * 1024, 'u');
    EXPECT_TRUE(decode_request(encode(Request(claim))));
    claim.user_utf16.push_back('u');
    EXPECT_FALSE(decode_request(encode(Request(claim))));
    const Bytes secret(64 * 1024, 's');
    EXPECT_TRUE(decode_request(encode(Request(RedeemRequest{crypto::Secret::copy_of(secret)}))));
}

TEST(Messages, texts_that_are_not_utf8_grow_and_still_fit) {
    const std::string longest(reason_bytes_max, '\xff');
    EXPECT_TRUE(decode_request(encode(Request(EventRequest{"x", longest}))));
    EXPECT_TRUE(decode_request(encode(Request(EndRequest{"partial", longest}))));
    EXPECT_FALSE(decode_request(encode(Request(EventRequest{"x", longest + longest}))));
}

TEST(Messages, texts_that_are_not_utf8_are_carried_without_throwing) {
    EXPECT_TRUE(decode_request(encode(Request(RouteRequest{"\xff\xfe"}))));
}

TEST(Messages, a_dial_answer_carries_everything_the_relay_needs) {
    Dialled dialled;
    dialled.grant.host = "desk";
    dialled.grant.address = "10.0.0.5";
    dialled.grant.port = 3390;
    dialled.grant.security = HostSecurity::tls;
    dialled.grant.trust.certificate_pin = Hash32{1, 2, 3};
    dialled.grant.credential = {"WORK", "alice", crypto::Secret::copy_of(as_bytes("pässword"))};
    dialled.grant.policy = R"({"a":1})";
    dialled.grant.idle_limit = std::chrono::seconds(60);
    dialled.grant.total_limit = std::chrono::seconds(600);
    dialled.session_id.bytes[31] = 9;
    dialled.start_boottime_us = 123456789;
    dialled.leg = 3;
    dialled.resumable = true;
    const auto bytes = encode(Answer(std::move(dialled)));
    auto decoded = decode_answer(bytes);
    ASSERT_TRUE(decoded);
    const auto& got = std::get<Dialled>(*decoded);
    EXPECT_EQ(got.grant.security, HostSecurity::tls);
    EXPECT_EQ((*got.grant.trust.certificate_pin)[2], 3);
    EXPECT_EQ(as_text(got.grant.credential.password.expose()), "pässword");
    EXPECT_EQ(got.grant.total_limit.count(), 600);
    EXPECT_EQ(got.session_id.bytes[31], 9);
    EXPECT_EQ(got.start_boottime_us, 123456789U);
    EXPECT_EQ(got.leg, 3U);
    EXPECT_TRUE(got.resumable);
    EXPECT_EQ(encode(*decoded), bytes);
}

TEST(Messages, answers_and_welcome_survive_the_round_trip) {
    std::vector<Answer> answers;
    answers.emplace_back(Refusal{"no"});
    answers.emplace_back(Kill{"operator"});
    answers.emplace_back(Finish{"nobody"});
    answers.emplace_back(HandOver{});
    answers.emplace_back(Signature{Bytes(70, 1)});
    answers.emplace_back(SessionBaseKey{crypto::Secret(Bytes(16, 1))});
    answers.emplace_back(Done{});
    for (const auto& answer : answers) {
        const auto decoded = decode_answer(encode(answer));
        ASSERT_TRUE(decoded);
        EXPECT_EQ(decoded->index(), answer.index());
    }
    Welcome welcome{"PEM", true, "10.0.0.9", std::chrono::milliseconds(1234)};
    const auto decoded = decode_welcome(encode(welcome));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->login_deadline.count(), 1234);
    EXPECT_TRUE(decoded->allow_tls_only);
    EXPECT_FALSE(decode_welcome(frame("{}")));
}

}  // namespace
}  // namespace lucid::rdp::gateway
