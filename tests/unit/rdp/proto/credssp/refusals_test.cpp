// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Each way in which either side of a login refuses the other, by the name it gives. (The honest
// login, and what damage does to it, are in login_test.cpp.)

#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/credssp/acceptor.hpp>
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/credssp/initiator.hpp>
#include <lucid/rdp/proto/credssp/pub_key_auth.hpp>
#include <lucid/rdp/proto/credssp/spnego.hpp>
#include <lucid/rdp/proto/credssp/ts_credentials.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto::credssp {
namespace {

const Bytes certificate_key(20, 7);

Bytes utf16(std::string_view text) {
    Bytes out;
    for (const char c : text) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

Bytes sealed_as_bytes(const ByteArray<ntlm_signature_bytes>& mic) {
    return {mic.begin(), mic.end()};
}

/// A client of an Acceptor that can be told to misbehave at each of its messages.
class Client {
  public:
    Client() : server_({{8, 7, 6, 5, 4, 3, 2, 1}, 133'000'000'000'000'000, certificate_key}) {}

    AcceptorAction send(const TsRequest& request) {
        return server_.receive(encode_ts_request(request));
    }
    AcceptorAction send_token(Bytes token) {
        TsRequest request;
        request.nego_token = std::move(token);
        return send(request);
    }
    AcceptorAction send_response(NegTokenResp response) {
        return send_token(encode_neg_token_resp(response));
    }

    /// The server's CHALLENGE to our raw or wrapped NEGOTIATE.
    void negotiate(bool spnego) {
        negotiate_ = encode_ntlm_negotiate({ntlm_flag::ours});
        auto action = send_token(spnego ? encode_neg_token_init(negotiate_) : negotiate_);
        take_challenge(action, spnego);
    }
    /// Offers another mechanism first, so that the server asks for NTLM and a mechListMIC.
    void negotiate_second_choice() {
        negotiate_ = encode_ntlm_negotiate({ntlm_flag::ours});
        auto action = send_token(init_of(second_choice_list(), negotiate_));
        ASSERT_TRUE(std::holds_alternative<Send>(action));
        const auto asked =
            *decode_neg_token_resp(*decode_ts_request(std::get<Send>(action).bytes)->nego_token);
        EXPECT_EQ(asked.state, NegState::request_mic);
        EXPECT_FALSE(asked.response_token);
        mech_list_ = second_choice_list();
        NegTokenResp first;
        first.response_token = negotiate_;
        action = send_response(first);
        take_challenge(action, true);
    }

    /// AUTHENTICATE for our CHALLENGE; `change` may spoil it before it is signed.
    template <class Change>
    Bytes authenticate(Change&& change) {
        const auto challenge = *decode_ntlm_challenge(challenge_);
        NtlmAuthenticate message;
        message.flags = challenge.flags;
        message.user_name = utf16("lt-abcdefghij");
        message.av_pairs = challenge.target_info;
        message.av_pairs.push_back({AvId::flags, Bytes{av_flag_mic_present, 0, 0, 0}});
        message.mic = ByteArray<16>{};
        change(message);
        message.temp = Bytes{1, 1};
        message.temp.resize(28);
        append(message.temp, encode_av_pairs(message.av_pairs));
        const auto key = ntowf_v2(utf16("secret"), message.user_name, {});
        message.nt_proof = crypto::hmac_md5(key, {challenge.server_challenge, message.temp});
        base_key_ = crypto::hmac_md5(key, message.nt_proof);
        session_key_.fill(5);
        message.encrypted_random_session_key = session_key_;
        crypto::Rc4(base_key_).apply(message.encrypted_random_session_key);
        if (message.mic)
            message.mic =
                ntlm_mic(session_key_, negotiate_, challenge_, encode_ntlm_authenticate(message));
        to_server_.emplace(session_key_, NtlmSeal::Direction::client_to_server);
        return encode_ntlm_authenticate(message);
    }
    Bytes authenticate() {
        return authenticate([](NtlmAuthenticate&) {});
    }

    AcceptorAction verified() { return server_.on_verified(crypto::Secret::copy_of(base_key_)); }

    /// Up to the moment when the server wants the credentials.
    void until_auth_info() {
        negotiate(false);
        TsRequest request;
        request.nego_token = authenticate();
        request.client_nonce.emplace().fill(4);
        request.pub_key_auth = wrap(client_server_hash(*request.client_nonce, certificate_key));
        ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(send(request)));
        ASSERT_TRUE(std::holds_alternative<Proven>(verified()));
        ASSERT_TRUE(std::holds_alternative<Send>(server_.on_dialed(std::nullopt)));
    }

    Bytes wrap(ByteView plaintext) { return to_server_->wrap(plaintext); }
    NtlmSeal& seal() { return *to_server_; }
    [[nodiscard]] const Bytes& mech_list() const { return mech_list_; }

    static Bytes second_choice_list() {
        // Kerberos (RFC 4121: 1.2.840.113554.1.2.2), then NTLM.
        const Bytes kerberos = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
        const auto ntlm = ntlm_mech_list();
        Bytes list = der::element(der::tag_oid, kerberos);
        append(list, ByteView(ntlm).subspan(2));
        return der::element(der::tag_sequence, list);
    }
    /// NegTokenInit with this list (empty: none) and mechToken.
    static Bytes init_of(ByteView mech_list, ByteView token) {
        Bytes fields = der::element(der::context(0), mech_list);
        append(fields, der::element(der::context(2), der::element(der::tag_octet_string, token)));
        Bytes body = der::element(der::tag_oid, Bytes{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02});
        append(body, der::element(der::context(0), der::element(der::tag_sequence, fields)));
        return der::element(der::application(0), body);
    }

  private:
    void take_challenge(AcceptorAction& action, bool spnego) {
        ASSERT_TRUE(std::holds_alternative<Send>(action));
        auto token = *decode_ts_request(std::get<Send>(action).bytes)->nego_token;
        challenge_ = spnego ? *decode_neg_token_resp(token)->response_token : token;
    }

    Acceptor server_;
    Bytes negotiate_;
    Bytes challenge_;
    Bytes mech_list_ = ntlm_mech_list();
    ByteArray<16> session_key_{};
    ByteArray<16> base_key_{};
    std::optional<NtlmSeal> to_server_;
};

/// What the server says when it refuses, or what it did instead.
std::string refusal(const AcceptorAction& action) {
    const auto* refuse = std::get_if<Refuse>(&action);
    return refuse != nullptr ? refuse->reason.context : "not refused";
}

TEST(AcceptorRefuses, a_client_that_sends_an_error_code) {
    TsRequest request;
    request.error_code = status_logon_failure;
    EXPECT_EQ(refusal(Client().send(request)), "client sent errorCode");
}

TEST(AcceptorRefuses, messages_without_the_token_of_their_turn) {
    EXPECT_EQ(refusal(Client().send({})), "negoToken");

    Client raw;
    raw.negotiate(false);
    EXPECT_EQ(refusal(raw.send({})), "negoToken");

    Client wrapped;
    wrapped.negotiate(true);
    EXPECT_EQ(refusal(wrapped.send_response({})), "responseToken");
}

TEST(AcceptorRefuses, whatever_follows_a_refusal) {
    Client client;
    EXPECT_EQ(refusal(client.send({})), "negoToken");
    EXPECT_EQ(refusal(client.send_token(encode_ntlm_negotiate({ntlm_flag::ours}))),
              "CredSSP message out of turn");
}

TEST(AcceptorRefuses, mechanisms_without_ntlm) {
    const auto kerberos = der::element(
        der::tag_sequence,
        der::element(der::tag_oid, Bytes{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}));
    EXPECT_EQ(refusal(Client().send_token(Client::init_of(kerberos, Bytes(4)))),
              "SPNEGO without NTLM");
}

TEST(AcceptorRefuses, another_negotiation_after_it_chose_ntlm) {
    const auto init = Client::init_of(Client::second_choice_list(), Bytes(4));
    Client raw;
    EXPECT_EQ(refusal(raw.send_token(init)), "not refused");
    EXPECT_EQ(refusal(raw.send_token(encode_ntlm_negotiate({ntlm_flag::ours}))), "negoToken");

    Client empty;
    EXPECT_EQ(refusal(empty.send_token(init)), "not refused");
    EXPECT_EQ(refusal(empty.send_response({})), "responseToken");
}

TEST(AcceptorRefuses, authenticate_without_required_flags_or_mic) {
    Client weak;
    weak.negotiate(false);
    EXPECT_EQ(refusal(weak.send_token(
                  weak.authenticate([](NtlmAuthenticate& m) { m.flags &= ~ntlm_flag::required; }))),
              "NTLM AUTHENTICATE flags");

    Client unsigned_one;
    unsigned_one.negotiate(false);
    EXPECT_EQ(refusal(unsigned_one.send_token(unsigned_one.authenticate([](NtlmAuthenticate& m) {
                  m.av_pairs.pop_back();
                  m.mic.reset();
              }))),
              "NTLM AUTHENTICATE without MIC");

    Client denied;
    denied.negotiate(false);
    EXPECT_EQ(refusal(denied.send_token(denied.authenticate([](NtlmAuthenticate& m) {
                  m.av_pairs.back().value = Bytes{1, 0, 0, 0};  // flags without "MIC present"
              }))),
              "NTLM AUTHENTICATE without MIC");
}

TEST(AcceptorRefuses, a_raw_login_without_binding_to_the_certificate) {
    Client client;
    client.negotiate(false);
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(client.send_token(client.authenticate())));
    EXPECT_EQ(refusal(client.verified()), "pubKeyAuth missing");
}

TEST(AcceptorRefuses, a_binding_without_nonce) {
    Client client;
    client.negotiate(false);
    TsRequest request;
    request.nego_token = client.authenticate();
    request.pub_key_auth = client.wrap(client_server_hash({}, certificate_key));
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(client.send(request)));
    EXPECT_EQ(refusal(client.verified()), "clientNonce missing");
}

TEST(AcceptorRefuses, a_wrong_or_missing_mech_list_mic) {
    Client wrong;
    wrong.negotiate(true);
    NegTokenResp response;
    response.response_token = wrong.authenticate();
    response.mech_list_mic = Bytes(16, 1);
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(wrong.send_response(response)));
    EXPECT_EQ(refusal(wrong.verified()), "mechListMIC");

    // A stripped list: the client signs the two mechanisms it offered, we saw only one.
    Client stripped;
    stripped.negotiate(true);
    response.response_token = stripped.authenticate();
    response.mech_list_mic =
        sealed_as_bytes(stripped.seal().sign_mech_list(Client::second_choice_list()));
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(stripped.send_response(response)));
    EXPECT_EQ(refusal(stripped.verified()), "mechListMIC");

    Client missing;
    missing.negotiate_second_choice();
    response.response_token = missing.authenticate();
    response.mech_list_mic.reset();
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(missing.send_response(response)));
    EXPECT_EQ(refusal(missing.verified()), "mechListMIC missing");
}

TEST(AcceptorAccepts, ntlm_as_second_choice_with_the_list_signed) {
    Client client;
    client.negotiate_second_choice();
    NegTokenResp response;
    response.response_token = client.authenticate();
    response.mech_list_mic = sealed_as_bytes(client.seal().sign_mech_list(client.mech_list()));
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(client.send_response(response)));
    ASSERT_TRUE(std::holds_alternative<Send>(client.verified()));
    TsRequest binding;
    binding.client_nonce.emplace().fill(4);
    binding.pub_key_auth = client.wrap(client_server_hash(*binding.client_nonce, certificate_key));
    EXPECT_TRUE(std::holds_alternative<Proven>(client.send(binding)));
}

TEST(AcceptorAccepts, ntlm_without_mech_list_mic_where_it_was_the_first_choice) {
    Client client;
    client.negotiate(true);
    NegTokenResp response;
    response.response_token = client.authenticate();
    ASSERT_TRUE(std::holds_alternative<VerifyNtlm>(client.send_response(response)));
    const auto action = client.verified();
    ASSERT_TRUE(std::holds_alternative<Send>(action));
    const auto answer =
        *decode_neg_token_resp(*decode_ts_request(std::get<Send>(action).bytes)->nego_token);
    EXPECT_EQ(answer.state, NegState::accept_completed);
    EXPECT_FALSE(answer.mech_list_mic);
    EXPECT_EQ(refusal(client.send({})), "pubKeyAuth missing");
}

TEST(AcceptorRefuses, credentials_that_are_missing_empty_or_of_another_user) {
    Client missing;
    missing.until_auth_info();
    EXPECT_EQ(refusal(missing.send({})), "authInfo missing");

    const auto delegate = [](std::string_view user, std::string_view password) {
        Client client;
        client.until_auth_info();
        TsPasswordCreds credentials;
        credentials.user_name = utf16(user);
        credentials.password = crypto::Secret(utf16(password));
        TsRequest request;
        request.auth_info = client.wrap(encode_ts_credentials(credentials).expose());
        return client.send(request);
    };
    EXPECT_EQ(refusal(delegate("lt-abcdefghij", "")), "delegated credentials are empty");
    EXPECT_EQ(refusal(delegate("somebody", "secret")), "delegated user is another one");
    EXPECT_TRUE(std::holds_alternative<Redeem>(delegate("lt-abcdefghij", "secret")));
}

/// The gateway's side towards a host.
class Login {
  public:
    Login() : client_(input()) { started_ = client_.start(); }

    std::string error(const TsRequest& request) {
        const auto action = client_.receive(encode_ts_request(request));
        return action ? "accepted" : action.error().context;
    }
    std::string challenge(const NtlmChallenge& message) {
        TsRequest request;
        request.nego_token = encode_ntlm_challenge(message);
        return error(request);
    }
    static NtlmChallenge good_challenge() {
        NtlmChallenge challenge;
        challenge.flags = ntlm_flag::ours;
        challenge.target_info = {{AvId::timestamp, Bytes(8, 1)},
                                 {AvId::flags, Bytes(4)},
                                 {AvId::target_name, utf16("x")},
                                 {AvId::channel_bindings, Bytes(16)}};
        return challenge;
    }

  private:
    static InitiatorInput input() {
        InitiatorInput input;
        input.user_name = utf16("alice");
        input.password = crypto::Secret(utf16("secret"));
        input.subject_public_key = certificate_key;
        input.session_key.fill(3);
        return input;
    }
    Initiator client_;
    Bytes started_;
};

TEST(InitiatorRefuses, a_host_that_leaves_out_what_it_must_send) {
    EXPECT_EQ(Login().error({}), "negoToken missing");
    Login login;
    EXPECT_EQ(login.challenge(Login::good_challenge()), "accepted");
    EXPECT_EQ(login.error({}), "pubKeyAuth missing");
}

TEST(InitiatorRefuses, weak_flags_and_a_challenge_without_a_timestamp) {
    auto weak = Login::good_challenge();
    weak.flags &= ~ntlm_flag::required;
    EXPECT_EQ(Login().challenge(weak), "NTLM CHALLENGE flags");
    auto timeless = Login::good_challenge();
    timeless.target_info.erase(timeless.target_info.begin());
    EXPECT_EQ(Login().challenge(timeless), "NTLM CHALLENGE timestamp");
    auto short_time = Login::good_challenge();
    short_time.target_info[0].value.resize(7);
    EXPECT_EQ(Login().challenge(short_time), "NTLM CHALLENGE timestamp");
}

TEST(InitiatorRefuses, a_host_that_proves_another_certificate) {
    Login login;
    ASSERT_EQ(login.challenge(Login::good_challenge()), "accepted");
    ByteArray<16> session_key;
    session_key.fill(3);
    NtlmSeal host(session_key, NtlmSeal::Direction::server_to_client);
    TsRequest request;
    request.pub_key_auth = host.wrap(server_client_hash({}, Bytes(20, 8)));
    EXPECT_EQ(login.error(request), "host pubKeyAuth");
}

TEST(InitiatorRefuses, messages_after_the_last) {
    Login login;
    ASSERT_EQ(login.challenge(Login::good_challenge()), "accepted");
    ByteArray<16> session_key;
    session_key.fill(3);
    NtlmSeal host(session_key, NtlmSeal::Direction::server_to_client);
    TsRequest request;
    request.pub_key_auth = host.wrap(server_client_hash({}, certificate_key));
    EXPECT_EQ(login.error(request), "accepted");
    EXPECT_EQ(login.error(request), "CredSSP message out of turn");
}

}  // namespace
}  // namespace lucid::rdp::proto::credssp
