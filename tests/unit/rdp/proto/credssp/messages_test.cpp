// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/credssp/ntlm_crypto.hpp>
#include <lucid/rdp/proto/credssp/ntlm_messages.hpp>
#include <lucid/rdp/proto/credssp/spnego.hpp>
#include <lucid/rdp/proto/credssp/ts_credentials.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto::credssp {
namespace {

/// Each decoder must refuse every proper prefix of a good message.
template <class Decode>
void expect_no_prefix_decodes(ByteView good, Decode&& decode) {
    ASSERT_TRUE(decode(good));
    for (std::size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(decode(good.first(n))) << n;
}

TsRequest full_request() {
    TsRequest request;
    request.nego_token = Bytes(200, 1);
    request.auth_info = Bytes{2};
    request.pub_key_auth = Bytes(48, 3);
    request.error_code = status_logon_failure;
    request.client_nonce.emplace().fill(4);
    return request;
}

TEST(TsRequest, round_trips_and_refuses_prefixes) {
    const auto bytes = encode_ts_request(full_request());
    const auto decoded = decode_ts_request(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(encode_ts_request(*decoded), bytes);
    expect_no_prefix_decodes(bytes, [](ByteView b) { return decode_ts_request(b).has_value(); });
}

TEST(TsRequest, error_code_is_a_signed_four_octet_integer) {
    TsRequest request;
    request.error_code = status_logon_failure;
    EXPECT_EQ(to_hex(encode_ts_request(request)), "300da003020106a4060204c000006d");
}

TEST(TsRequest, refuses_what_der_forbids) {
    for (const auto* bad : {"30800201060000", "308105a003020106", "3006a00402020006",
                            "300ea003020106a4070205"
                            "00c000006d00",
                            "3006a003020106ff", "3003020106"}) {
        const auto bytes = from_hex(bad);
        ASSERT_TRUE(bytes) << bad;
        EXPECT_FALSE(decode_ts_request(*bytes)) << bad;
    }
    EXPECT_EQ(decode_ts_request(Bytes(ts_request_bytes_max + 1)).error().code,
              make_error_code(Errc::limit_exceeded));
}

/// Version 6 and the field [n] with this content.
Result<TsRequest> decode_with_field(unsigned n, ByteView content) {
    Bytes body = der::element(der::context(0), der::integer(6));
    append(body, der::element(der::context(n), content));
    return decode_ts_request(der::element(der::tag_sequence, body));
}

TEST(TsRequest, error_code_has_one_to_four_octets_and_a_sign) {
    const auto decode = [](Bytes octets) {
        return decode_with_field(4, der::element(der::tag_integer, octets));
    };
    EXPECT_EQ(decode({0x01})->error_code, 1U);
    EXPECT_EQ(decode({0xc0, 0, 0, 0x6d})->error_code, status_logon_failure);
    EXPECT_EQ(decode({0, 0xc0, 0, 0, 0x6d})->error_code, status_logon_failure);
    for (const auto& bad : {Bytes{}, Bytes{1, 0xc0, 0, 0, 0x6d}, Bytes(6)})
        EXPECT_STREQ(decode(bad).error().context, "errorCode");
}

TEST(TsRequest, nego_tokens_hold_a_token_and_the_nonce_32_bytes) {
    EXPECT_STREQ(
        decode_with_field(1, der::element(der::tag_sequence, der::element(der::tag_sequence, {})))
            .error()
            .context,
        "negoToken");
    for (const std::size_t length : {31U, 33U})
        EXPECT_STREQ(decode_with_field(5, der::element(der::tag_octet_string, Bytes(length)))
                         .error()
                         .context,
                     "clientNonce");
}

TEST(Der, integers_are_minimal_and_round_trip) {
    for (const std::uint32_t value : {0U, 1U, 0x7fU, 0x80U, 0xffU, 0x100U, 0x1234U, 0x8000U,
                                      0x7fffffffU, 0x80000000U, 0xffffffffU}) {
        const auto bytes = der::integer(value);
        Reader r(bytes);
        EXPECT_EQ(*der::take_unsigned(r, "value"), value);
        EXPECT_TRUE(r.empty());
    }
    EXPECT_EQ(to_hex(der::integer(0)), "020100");
    EXPECT_EQ(to_hex(der::integer(0x80)), "02020080");
    for (const auto* bad : {"0200", "020180", "02020001", "02050100000000", "0206000000000000"}) {
        const auto bytes = *from_hex(bad);
        Reader r(bytes);
        EXPECT_FALSE(der::take_unsigned(r, "value")) << bad;
    }
}

TEST(Der, lengths_take_up_to_three_bytes) {
    for (const std::size_t length : {0x7fU, 0x80U, 0xffU, 0x100U, 0xffffU, 0x10000U}) {
        const auto bytes = der::element(der::tag_octet_string, Bytes(length, 1));
        Reader r(bytes);
        EXPECT_EQ(der::take(r, der::tag_octet_string, "field")->size(), length);
        EXPECT_TRUE(r.empty());
    }
}

TEST(Der, peeks_without_reading_ahead) {
    EXPECT_FALSE(*der::peek_element({}, 0x30, 100));
    EXPECT_FALSE(*der::peek_element(Bytes{0x30}, 0x30, 100));
    EXPECT_FALSE(*der::peek_element(Bytes{0x30, 0x82, 0x01}, 0x30, 1000));
    EXPECT_EQ(**der::peek_element(Bytes{0x30, 0x05}, 0x30, 100), 7U);
    EXPECT_FALSE(der::peek_element(Bytes{0x31, 0x05}, 0x30, 100));
    EXPECT_FALSE(der::peek_element(Bytes{0x30, 0x64}, 0x30, 100));
    EXPECT_FALSE(der::peek_element(Bytes{0x30, 0x80}, 0x30, 100));
    EXPECT_FALSE(der::peek_element(Bytes{0x30, 0x81, 0x05}, 0x30, 100));
}

TEST(TsCredentials, round_trips_and_refuses_prefixes_and_smart_cards) {
    TsPasswordCreds creds;
    creds.domain_name = Bytes{'D', 0};
    creds.user_name = Bytes{'u', 0};
    creds.password = crypto::Secret(Bytes(200, 'p'));
    const auto bytes = encode_ts_credentials(creds);
    const auto decoded = decode_ts_credentials(bytes.expose());
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->user_name, creds.user_name);
    expect_no_prefix_decodes(bytes.expose(),
                             [](ByteView b) { return decode_ts_credentials(b).has_value(); });
    auto card = to_bytes(bytes.expose());
    const auto at = std::find(card.begin(), card.end(), 0x02) - card.begin() + 2;
    card[static_cast<std::size_t>(at)] = 2;
    EXPECT_EQ(decode_ts_credentials(card).error().code, make_error_code(Errc::unsupported));
}

TEST(TsCredentials, text_is_whole_utf16_units) {
    TsPasswordCreds creds;
    creds.user_name = Bytes{'u', 0, 'x'};
    EXPECT_STREQ(decode_ts_credentials(encode_ts_credentials(creds).expose()).error().context,
                 "userName");
}

TEST(NtlmMessages, are_bounded) {
    const Bytes large(ntlm_message_bytes_max + 1);
    EXPECT_STREQ(decode_ntlm_negotiate(large).error().context, "NTLM NEGOTIATE");
    EXPECT_STREQ(decode_ntlm_challenge(large).error().context, "NTLM CHALLENGE");
    EXPECT_STREQ(decode_ntlm_authenticate(large).error().context, "NTLM AUTHENTICATE");
    EXPECT_EQ(decode_ntlm_challenge(large).error().code, make_error_code(Errc::limit_exceeded));
}

TEST(NtlmMessages, round_trip_and_refuse_prefixes) {
    NtlmChallenge challenge;
    challenge.flags = ntlm_flag::ours;
    challenge.server_challenge = {1, 2, 3, 4, 5, 6, 7, 8};
    challenge.target_name = Bytes{'S', 0};
    challenge.target_info = {{AvId::timestamp, Bytes(8, 1)}};
    const auto bytes = encode_ntlm_challenge(challenge);
    EXPECT_EQ(decode_ntlm_challenge(bytes)->server_challenge, challenge.server_challenge);
    expect_no_prefix_decodes(bytes,
                             [](ByteView b) { return decode_ntlm_challenge(b).has_value(); });

    NtlmAuthenticate authenticate;
    authenticate.flags = ntlm_flag::ours;
    authenticate.user_name = Bytes{'u', 0};
    authenticate.temp = Bytes(28);
    authenticate.temp[0] = authenticate.temp[1] = 1;
    append(authenticate.temp, encode_av_pairs({{AvId::flags, Bytes{2, 0, 0, 0}}}));
    authenticate.mic.emplace().fill(7);
    const auto message = encode_ntlm_authenticate(authenticate);
    const auto decoded = decode_ntlm_authenticate(message);
    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_EQ(decoded->mic, authenticate.mic);
    EXPECT_EQ(decoded->user_name, authenticate.user_name);
    expect_no_prefix_decodes(message,
                             [](ByteView b) { return decode_ntlm_authenticate(b).has_value(); });
}

TEST(NtlmMessages, refuse_ntlm_v1_and_anonymous) {
    NtlmAuthenticate authenticate;
    authenticate.temp = Bytes(8);  // a 24-byte NTLMv1 response in all
    EXPECT_EQ(decode_ntlm_authenticate(encode_ntlm_authenticate(authenticate)).error().code,
              make_error_code(Errc::unsupported));
    authenticate.flags = ntlm_flag::anonymous;
    EXPECT_FALSE(decode_ntlm_authenticate(encode_ntlm_authenticate(authenticate)));
}

TEST(NtlmMessages, a_session_key_has_16_bytes) {
    NtlmAuthenticate authenticate;
    authenticate.temp = Bytes(28);
    authenticate.temp[0] = authenticate.temp[1] = 1;
    append(authenticate.temp, encode_av_pairs({}));
    auto message = encode_ntlm_authenticate(authenticate);
    ASSERT_TRUE(decode_ntlm_authenticate(message));
    message[52] = 15;  // EncryptedRandomSessionKeyFields.Len (MS-NLMP 2.2.1.3)
    EXPECT_STREQ(decode_ntlm_authenticate(message).error().context, "session key");
}

TEST(NtowfV2, upper_cases_the_user_as_latin_1_does) {
    const auto hash = [](Bytes user) { return ntowf_v2(Bytes{'p', 0}, user, {}); };
    EXPECT_EQ(hash({'a', 0, 0xe9, 0}), hash({'A', 0, 0xc9, 0}));
    for (const std::uint8_t alone : Bytes{0xf7, 0xff})  // the division sign, y with diaeresis
        EXPECT_NE(hash({alone, 0}), hash({static_cast<std::uint8_t>(alone - 0x20), 0}));
    EXPECT_NE(hash({'a', 1}), hash({'A', 1}));
}

TEST(AvPairs, are_bounded) {
    AvPairs pairs(av_pairs_max, {AvId::single_host, {}});
    ByteView rest;
    EXPECT_TRUE(decode_av_pairs(encode_av_pairs(pairs), rest));
    pairs.push_back({AvId::single_host, {}});
    EXPECT_EQ(decode_av_pairs(encode_av_pairs(pairs), rest).error().code,
              make_error_code(Errc::limit_exceeded));
}

TEST(Spnego, round_trips_and_refuses_prefixes) {
    const auto init = encode_neg_token_init(Bytes(40, 1));
    EXPECT_TRUE(is_spnego(init));
    EXPECT_TRUE(decode_neg_token_init(init)->ntlm_first);
    expect_no_prefix_decodes(init, [](ByteView b) { return decode_neg_token_init(b).has_value(); });
    NegTokenResp response;
    response.state = NegState::accept_completed;
    response.ntlm_chosen = true;
    response.response_token = Bytes(3, 1);
    response.mech_list_mic = Bytes(16, 2);
    const auto bytes = encode_neg_token_resp(response);
    EXPECT_EQ(encode_neg_token_resp(*decode_neg_token_resp(bytes)), bytes);
    expect_no_prefix_decodes(bytes,
                             [](ByteView b) { return decode_neg_token_resp(b).has_value(); });
}

Bytes token_with_mechs(std::size_t others, bool ntlm) {
    Bytes list;
    for (std::size_t i = 0; i < others; ++i)
        append(list, der::element(der::tag_oid, Bytes{0x2a, static_cast<std::uint8_t>(i)}));
    if (ntlm) append(list, ByteView(ntlm_mech_list()).subspan(2));
    Bytes body = der::element(der::tag_oid, Bytes{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02});
    const auto fields = der::element(der::context(0), der::element(der::tag_sequence, list));
    append(body, der::element(der::context(0), der::element(der::tag_sequence, fields)));
    return der::element(der::application(0), body);
}

TEST(Spnego, says_whether_ntlm_is_offered_and_first) {
    EXPECT_FALSE(is_spnego({}));
    EXPECT_FALSE(is_spnego(as_bytes("NTLMSSP")));
    EXPECT_TRUE(is_spnego(Bytes{0xa1}));
    EXPECT_FALSE(decode_neg_token_init(token_with_mechs(1, false))->ntlm_offered);
    const auto second = decode_neg_token_init(token_with_mechs(1, true));
    EXPECT_TRUE(second->ntlm_offered);
    EXPECT_FALSE(second->ntlm_first);
    EXPECT_FALSE(second->mech_token);
    EXPECT_TRUE(decode_neg_token_init(token_with_mechs(mech_types_max - 1, true)));
    EXPECT_EQ(decode_neg_token_init(token_with_mechs(mech_types_max, true)).error().code,
              make_error_code(Errc::limit_exceeded));
}

TEST(Spnego, refuses_other_mechanisms_and_states) {
    auto init = token_with_mechs(0, true);
    init[4] ^= 1;  // the OID of SPNEGO
    EXPECT_STREQ(decode_neg_token_init(init).error().context, "SPNEGO mechanism");

    const auto decode = [](unsigned n, std::uint8_t tag, Bytes content) {
        return decode_neg_token_resp(
            der::element(der::context(1),
                         der::element(der::tag_sequence,
                                      der::element(der::context(n), der::element(tag, content)))));
    };
    EXPECT_EQ(decode(0, der::tag_enumerated, {3})->state, NegState::request_mic);
    for (const auto& bad : {Bytes{4}, Bytes{}, Bytes{0, 0}})
        EXPECT_STREQ(decode(0, der::tag_enumerated, bad).error().context, "negState");
    EXPECT_STREQ(decode(1, der::tag_oid, {0x2a}).error().context, "supportedMech");
}

// MS-NLMP 4.2.4.4: sealing "Plaintext" with the random session key of 4.2.1 (0x55 sixteen times),
// sequence 0.
TEST(NtlmSeal, matches_ms_nlmp) {
    const Bytes key(16, 0x55);
    NtlmSeal seal(key, NtlmSeal::Direction::client_to_server);
    const Bytes plaintext = *from_hex("50006c00610069006e007400650078007400");
    EXPECT_EQ(to_hex(seal.wrap(plaintext)),
              "01000000"
              "7fb38ec5c55d4976"
              "00000000"
              "54e50165bf1936dc996020c1811b0f06fb5f");
}

TEST(NtlmSeal, refuses_replay_reordering_and_damage) {
    const Bytes key(16, 0x55);
    NtlmSeal out(key, NtlmSeal::Direction::server_to_client);
    const auto first = out.wrap(as_bytes("one"));
    const auto second = out.wrap(as_bytes("two"));
    {
        NtlmSeal in(key, NtlmSeal::Direction::server_to_client);
        EXPECT_TRUE(in.unwrap(first));
        EXPECT_FALSE(in.unwrap(first));
    }
    {
        NtlmSeal in(key, NtlmSeal::Direction::server_to_client);
        EXPECT_FALSE(in.unwrap(second));
    }
    for (std::size_t bit = 0; bit < first.size() * 8; ++bit) {
        auto damaged = first;
        damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        NtlmSeal in(key, NtlmSeal::Direction::server_to_client);
        EXPECT_FALSE(in.unwrap(damaged)) << bit;
    }
    EXPECT_FALSE(NtlmSeal(key, NtlmSeal::Direction::server_to_client).unwrap(Bytes(15)));
}

}  // namespace
}  // namespace lucid::rdp::proto::credssp
