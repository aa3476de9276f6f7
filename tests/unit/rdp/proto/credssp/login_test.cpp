// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/credssp/acceptor.hpp>
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/credssp/initiator.hpp>
#include <lucid/rdp/proto/credssp/pub_key_auth.hpp>
#include <lucid/rdp/proto/credssp/spnego.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto::credssp {
namespace {

Bytes utf16(std::string_view text) {
    Bytes out;
    for (const char c : text) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

InitiatorInput client_input(std::string_view password, Bytes key = Bytes(20, 7)) {
    InitiatorInput input;
    input.user_name = utf16("lt-abcdefghij");
    input.domain_name = utf16("Dom");
    input.password = crypto::Secret(utf16(password));
    input.subject_public_key = std::move(key);
    input.client_challenge = {1, 2, 3, 4, 5, 6, 7, 8};
    input.nonce.fill(9);
    input.session_key.fill(3);
    input.target_name = "TERMSRV/gateway";
    return input;
}

AcceptorInput server_input() {
    AcceptorInput input;
    input.server_challenge = {8, 7, 6, 5, 4, 3, 2, 1};
    input.filetime = 133'000'000'000'000'000;
    input.subject_public_key = Bytes(20, 7);
    return input;
}

/// What the ticket keeper answers.
std::optional<crypto::Secret> verify(const VerifyNtlm& claim, std::string_view password) {
    const auto key = ntowf_v2(utf16(password), claim.user_name, claim.domain_name);
    if (crypto::hmac_md5(key, {claim.server_challenge, claim.temp}) != claim.nt_proof)
        return std::nullopt;
    return crypto::Secret::copy_of(crypto::hmac_md5(key, claim.nt_proof));
}

struct Outcome {
    std::optional<Redeem> redeem;
    std::optional<Error> server_error;
    std::optional<Error> client_error;
};

/// Whole login in memory; `tamper` may change each message on its way.
template <class Tamper>
Outcome log_in(std::string_view password, std::string_view expected, Bytes key_seen,
               std::optional<std::uint32_t> host_refusal, Tamper&& tamper) {
    Acceptor server(server_input());
    Initiator client(client_input(password, std::move(key_seen)));
    Outcome outcome;
    Bytes to_server = client.start();
    for (int turn = 0; turn < 10; ++turn) {
        tamper(to_server, true);
        auto action = server.receive(to_server);
        if (auto* claim = std::get_if<VerifyNtlm>(&action))
            action = server.on_verified(verify(*claim, expected));
        if (std::holds_alternative<Proven>(action)) action = server.on_dialed(host_refusal);
        if (auto* redeem = std::get_if<Redeem>(&action)) {
            outcome.redeem = std::move(*redeem);
            return outcome;
        }
        Bytes to_client;
        if (auto* refusal = std::get_if<Refuse>(&action)) {
            outcome.server_error = refusal->reason;
            to_client = refusal->bytes;
        } else {
            to_client = std::get<Send>(action).bytes;
        }
        tamper(to_client, false);
        auto answer = client.receive(to_client);
        if (!answer) {
            outcome.client_error = answer.error();
            return outcome;
        }
        if (auto* delegated = std::get_if<Delegated>(&*answer)) to_server = delegated->bytes;
        if (auto* send = std::get_if<InitiatorSend>(&*answer)) to_server = send->bytes;
    }
    return outcome;
}
constexpr auto untouched = [](Bytes&, bool) {};

TEST(Login, delegates_user_and_secret_in_plaintext) {
    const auto outcome = log_in("secret", "secret", Bytes(20, 7), std::nullopt, untouched);
    ASSERT_TRUE(outcome.redeem);
    EXPECT_EQ(outcome.redeem->user_name, utf16("lt-abcdefghij"));
    EXPECT_TRUE(crypto::equal_constant_time(outcome.redeem->password.expose(), utf16("secret")));
}

TEST(Login, wrong_secret_is_a_logon_failure) {
    const auto outcome = log_in("wrong", "secret", Bytes(20, 7), std::nullopt, untouched);
    EXPECT_FALSE(outcome.redeem);
    ASSERT_TRUE(outcome.client_error);
    EXPECT_EQ(outcome.client_error->offset, status_logon_failure);
}

TEST(Login, ntlm_offered_without_its_first_message_is_asked_for) {
    const auto list = der::element(der::context(0), ntlm_mech_list());
    Bytes body = der::element(der::tag_oid, Bytes{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02});
    append(body, der::element(der::context(0), der::element(der::tag_sequence, list)));
    Acceptor server(server_input());
    const auto answer = [&](Bytes token) {
        TsRequest request;
        request.nego_token = std::move(token);
        const auto action = server.receive(encode_ts_request(request));
        const auto* sent = std::get_if<Send>(&action);
        EXPECT_TRUE(sent);
        return sent ? *decode_neg_token_resp(*decode_ts_request(sent->bytes)->nego_token)
                    : NegTokenResp{};
    };
    const auto asked = answer(der::element(der::application(0), body));
    EXPECT_EQ(asked.state, NegState::request_mic);
    EXPECT_TRUE(asked.ntlm_chosen);
    EXPECT_FALSE(asked.response_token);
    NegTokenResp first;
    first.response_token = encode_ntlm_negotiate({ntlm_flag::ours});
    const auto challenge = answer(encode_neg_token_resp(first));
    ASSERT_TRUE(challenge.response_token);
    EXPECT_TRUE(decode_ntlm_challenge(*challenge.response_token));
}

TEST(Login, another_certificate_is_noticed) {
    const auto outcome = log_in("secret", "secret", Bytes(20, 8), std::nullopt, untouched);
    EXPECT_FALSE(outcome.redeem);
    ASSERT_TRUE(outcome.server_error);
    EXPECT_STREQ(outcome.server_error->context, "pubKeyAuth");
}

TEST(Login, a_host_that_refuses_is_told_before_pub_key_auth) {
    const auto outcome = log_in("secret", "secret", Bytes(20, 7), status_access_denied, untouched);
    ASSERT_TRUE(outcome.client_error);
    EXPECT_EQ(outcome.client_error->offset, status_access_denied);
}

TEST(Login, no_flipped_bit_of_any_message_gets_through) {
    // Bits that carry no meaning may flip; then the login must still be the honest one, and nothing
    // may crash. A flip that the MIC or a binding covers must end it.
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (std::size_t message = 0; message < 5; ++message) {
        for (std::size_t bit = 0; bit < 400 * 8; bit += 5) {
            std::size_t index = 0;
            bool flipped = false;
            const auto outcome =
                log_in("secret", "secret", Bytes(20, 7), std::nullopt, [&](Bytes& bytes, bool) {
                    if (index++ == message && bit / 8 < bytes.size()) {
                        bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
                        flipped = true;
                    }
                });
            if (!flipped) continue;
            if (!outcome.redeem) {
                ++refused;
                continue;
            }
            ++accepted;
            EXPECT_EQ(outcome.redeem->user_name, utf16("lt-abcdefghij"));
            EXPECT_TRUE(
                crypto::equal_constant_time(outcome.redeem->password.expose(), utf16("secret")));
        }
    }
    EXPECT_GT(refused, 10 * accepted);
}

TEST(Login, every_truncation_is_refused) {
    for (std::size_t message = 0; message < 5; ++message) {
        for (std::size_t length = 0; length < 400; ++length) {
            std::size_t index = 0;
            bool cut = false;
            const auto outcome =
                log_in("secret", "secret", Bytes(20, 7), std::nullopt, [&](Bytes& bytes, bool) {
                    if (index++ == message && length < bytes.size()) {
                        bytes.resize(length);
                        cut = true;
                    }
                });
            if (cut) EXPECT_FALSE(outcome.redeem) << message << " " << length;
        }
    }
}

TEST(Login, old_versions_are_refused) {
    for (const std::uint32_t version : {2U, 3U, 4U}) {
        Acceptor server(server_input());
        TsRequest request;
        request.version = version;
        request.nego_token = encode_ntlm_negotiate({ntlm_flag::ours});
        auto action = server.receive(encode_ts_request(request));
        ASSERT_TRUE(std::holds_alternative<Refuse>(action));
        EXPECT_STREQ(std::get<Refuse>(action).reason.context, "CredSSP version");
    }
}

TEST(Login, each_required_flag_is_required) {
    for (unsigned bit = 0; bit < 32; ++bit) {
        const auto flag = std::uint32_t{1} << bit;
        if ((ntlm_flag::required & flag) == 0) continue;
        Acceptor server(server_input());
        TsRequest request;
        request.nego_token = encode_ntlm_negotiate({ntlm_flag::ours & ~flag});
        EXPECT_TRUE(std::holds_alternative<Refuse>(server.receive(encode_ts_request(request))));
    }
}

/// A Windows-like client: SPNEGO around NTLM, mechListMIC, pubKeyAuth in a message of its own.
TEST(Login, spnego_with_mech_list_mic_works) {
    Acceptor server(server_input());
    const auto negotiate = encode_ntlm_negotiate({ntlm_flag::ours});
    Bytes mech_list = ntlm_mech_list();
    Bytes init = encode_neg_token_init(negotiate);
    TsRequest request;
    request.nego_token = init;
    auto action = server.receive(encode_ts_request(request));
    ASSERT_TRUE(std::holds_alternative<Send>(action));
    const auto answer = *decode_ts_request(std::get<Send>(action).bytes);
    const auto response = *decode_neg_token_resp(*answer.nego_token);
    EXPECT_EQ(response.state, NegState::accept_incomplete);
    const auto challenge = *decode_ntlm_challenge(*response.response_token);

    NtlmAuthenticate authenticate;
    authenticate.flags = challenge.flags;
    authenticate.user_name = utf16("lt-abcdefghij");
    authenticate.av_pairs = challenge.target_info;
    authenticate.av_pairs.push_back({AvId::flags, Bytes{2, 0, 0, 0}});
    authenticate.temp = Bytes{1, 1, 0, 0, 0, 0, 0, 0};
    authenticate.temp.resize(28);
    append(authenticate.temp, encode_av_pairs(authenticate.av_pairs));
    const auto key = ntowf_v2(utf16("secret"), authenticate.user_name, {});
    authenticate.nt_proof = crypto::hmac_md5(key, {challenge.server_challenge, authenticate.temp});
    const auto base = crypto::hmac_md5(key, authenticate.nt_proof);
    ByteArray<16> exported;
    exported.fill(5);
    authenticate.encrypted_random_session_key = exported;
    crypto::Rc4(base).apply(authenticate.encrypted_random_session_key);
    authenticate.mic = ByteArray<16>{};
    authenticate.mic = ntlm_mic(exported, negotiate, *response.response_token,
                                encode_ntlm_authenticate(authenticate));
    NtlmSeal to_server(exported, NtlmSeal::Direction::client_to_server);
    NtlmSeal from_server(exported, NtlmSeal::Direction::server_to_client);
    const auto mic = to_server.sign_mech_list(mech_list);
    NegTokenResp wrapped;
    wrapped.response_token = encode_ntlm_authenticate(authenticate);
    wrapped.mech_list_mic = Bytes(mic.begin(), mic.end());
    TsRequest second;
    second.nego_token = encode_neg_token_resp(wrapped);
    action = server.receive(encode_ts_request(second));
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(action));
    action = server.on_verified(verify(std::get<VerifyNtlm>(action), "secret"));
    ASSERT_TRUE(std::holds_alternative<Send>(action));
    const auto completed =
        *decode_neg_token_resp(*decode_ts_request(std::get<Send>(action).bytes)->nego_token);
    EXPECT_EQ(completed.state, NegState::accept_completed);
    EXPECT_TRUE(from_server.verify_mech_list(mech_list, *completed.mech_list_mic));

    TsRequest third;
    third.client_nonce.emplace().fill(4);
    third.pub_key_auth = to_server.wrap(client_server_hash(*third.client_nonce, Bytes(20, 7)));
    action = server.receive(encode_ts_request(third));
    ASSERT_TRUE(std::holds_alternative<Proven>(action));
    action = server.on_dialed(std::nullopt);
    const auto hash =
        from_server.unwrap(*decode_ts_request(std::get<Send>(action).bytes)->pub_key_auth);
    ASSERT_TRUE(hash);
}

}  // namespace
}  // namespace lucid::rdp::proto::credssp
