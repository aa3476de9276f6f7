// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/credssp/spnego.hpp>

#include "misbehaviour.hpp"

// The client's CredSSP messages: TSRequest, SPNEGO and NTLM.

namespace lucid::hostile {

namespace {

namespace credssp = rdp::proto::credssp;
namespace der = credssp::der;

constexpr int negotiate_message = 0;
constexpr int authenticate_message = 1;
constexpr int credentials_message = 2;

Misbehaviour row(std::string name, std::string reason) {
    Misbehaviour m;
    m.name = "credssp_" + std::move(name);
    m.stage = Stage::tls;
    m.ends = Ends::unlogged;
    m.reason = std::move(reason);
    return m;
}

/// Instead of the first message.
Misbehaviour first(std::string name, Bytes bytes, std::string reason = "login refused") {
    auto m = row(std::move(name), std::move(reason));
    m.script = says(std::move(bytes));
    return m;
}

Bytes ts(ByteView fields) {
    return der::element(der::tag_sequence, fields);
}
Bytes version(std::uint32_t number) {
    return der::element(der::context(0), der::integer(number));
}
Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) append(all, part);
    return all;
}
Bytes octets(unsigned n, ByteView content) {
    return der::element(der::context(n), der::element(der::tag_octet_string, content));
}
Bytes token(ByteView bytes) {
    return der::element(
        der::context(1),
        der::element(der::tag_sequence, der::element(der::tag_sequence, octets(0, bytes))));
}
Bytes request_with_token(ByteView bytes) {
    return ts(joined({version(6), token(bytes)}));
}
Bytes ntlm_negotiate(std::uint32_t flags = credssp::ntlm_flag::ours) {
    return credssp::encode_ntlm_negotiate({flags});
}

Bytes spnego_init(ByteView mech_types, ByteView more = {}) {
    Bytes fields = der::element(der::context(0), mech_types);
    append(fields, more);
    Bytes body = der::element(der::tag_oid, Bytes{0x2b, 6, 1, 5, 5, 2});
    append(body, der::element(der::context(0), der::element(der::tag_sequence, fields)));
    return der::element(der::application(0), body);
}

/// A good login with one message changed.
Misbehaviour tampered(std::string name, int number, std::function<void(Bytes&)> change,
                      std::string reason = "login refused") {
    auto m = row(std::move(name), std::move(reason));
    m.stage = Stage::login;
    m.script = stays_silent();
    m.tamper = [number, change = std::move(change)](int n, Bytes& bytes) {
        if (n == number) change(bytes);
    };
    return m;
}

/// Bytes of the NTLM message inside a TSRequest are changed where they lie.
std::function<void(Bytes&)> at(std::size_t offset, Bytes replacement) {
    return [offset, replacement = std::move(replacement)](Bytes& message) {
        message =
            damaged_behind(message, as_bytes(std::string_view("NTLMSSP")), offset - 7, replacement);
    };
}

std::function<void(Bytes&)> last_byte() {
    return [](Bytes& message) { message.back() ^= 1; };
}

/// Changes the decoded TSRequest.
std::function<void(Bytes&)> request(std::function<void(credssp::TsRequest&)> change) {
    return [change = std::move(change)](Bytes& message) {
        auto decoded = credssp::decode_ts_request(message);
        if (!decoded) return;
        change(*decoded);
        message = credssp::encode_ts_request(*decoded);
    };
}

/// Changes the decoded AUTHENTICATE; its MIC and proof fit no more.
std::function<void(Bytes&)> authenticate(std::function<void(credssp::NtlmAuthenticate&)> change) {
    return request([change = std::move(change)](credssp::TsRequest& r) {
        auto decoded = credssp::decode_ntlm_authenticate(*r.nego_token);
        if (!decoded) return;
        change(*decoded);
        r.nego_token = credssp::encode_ntlm_authenticate(*decoded);
    });
}

std::vector<Misbehaviour> first_messages() {
    const Bytes kerberos = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2};
    const auto mechs = [](int count, ByteView oid) {
        Bytes all;
        for (int i = 0; i < count; ++i) append(all, der::element(der::tag_oid, oid));
        return der::element(der::tag_sequence, all);
    };
    auto bad_signature = ntlm_negotiate();
    bad_signature[0] = 'X';
    auto third_type = ntlm_negotiate();
    third_type[8] = 3;
    return {
        first("is_no_sequence", Bytes{0x04, 4, 1, 2, 3, 4}),
        first("indefinite_length", Bytes{0x30, 0x80, 0xa0, 3, 2, 1, 6, 0, 0}),
        first("length_of_five_bytes", Bytes{0x30, 0x85, 1, 0, 0, 0, 0}),
        first("length_of_two_gigabytes", Bytes{0x30, 0x84, 0x80, 0, 0, 0}),
        first("length_above_the_limit", Bytes{0x30, 0x83, 1, 0, 1}),
        first("length_not_minimal", Bytes{0x30, 0x81, 5, 0xa0, 3, 2, 1, 6}),
        first("empty", ts({})),
        first("without_version", ts(token(ntlm_negotiate()))),
        first("version_1", ts(joined({version(1), token(ntlm_negotiate())}))),
        first("version_4", ts(joined({version(4), token(ntlm_negotiate())}))),
        first("version_of_nine_bytes",
              ts(der::element(der::context(0), der::element(der::tag_integer, Bytes(9, 1))))),
        first("version_negative",
              ts(der::element(der::context(0), der::element(der::tag_integer, Bytes{0xff})))),
        first("without_token", ts(version(6))),
        first("empty_list_of_tokens",
              ts(joined({version(6), der::element(der::context(1), ts({}))}))),
        first("two_tokens",
              ts(joined({version(6),
                         der::element(der::context(1), ts(joined({ts(octets(0, Bytes(4))),
                                                                  ts(octets(0, Bytes(4)))})))}))),
        first("fields_out_of_order", ts(joined({token(ntlm_negotiate()), version(6)}))),
        first("unknown_field",
              ts(joined({version(6), token(ntlm_negotiate()), octets(9, Bytes(3))}))),
        first("error_code",
              ts(joined({version(6), der::element(der::context(4), der::integer(5))}))),
        first("error_code_of_nine_bytes",
              ts(joined({version(6), der::element(der::context(4),
                                                  der::element(der::tag_integer, Bytes(9)))}))),
        first("nonce_of_31_bytes",
              ts(joined({version(6), token(ntlm_negotiate()), octets(5, Bytes(31))}))),
        first("credentials_first", ts(joined({version(6), octets(2, Bytes(40))}))),
        first("public_key_first", ts(joined({version(6), octets(3, Bytes(40))}))),
        first("token_empty", request_with_token({})),
        first("token_is_noise", request_with_token(Bytes(600, 0x3c))),
        first("ntlm_signature_wrong", request_with_token(bad_signature)),
        first("ntlm_authenticate_first", request_with_token(third_type)),
        first("ntlm_cut", request_with_token(ByteView(ntlm_negotiate()).first(14))),
        first("ntlm_without_flags", request_with_token(ntlm_negotiate(0))),
        first("ntlm_without_sealing", request_with_token(ntlm_negotiate(
                                          credssp::ntlm_flag::ours & ~credssp::ntlm_flag::seal))),
        first("ntlm_of_20_000_bytes", request_with_token([] {
                  auto b = ntlm_negotiate();
                  b.resize(20'000);
                  return b;
              }())),
        first("spnego_without_ntlm", request_with_token(spnego_init(mechs(1, kerberos)))),
        first("spnego_without_mechanisms", request_with_token(spnego_init(mechs(0, kerberos)))),
        first("spnego_with_1000_mechanisms",
              request_with_token(spnego_init(mechs(1000, kerberos)))),
        first("spnego_cut",
              request_with_token(ByteView(spnego_init(mechs(1, kerberos))).first(12))),
        first("spnego_of_another_mechanism",
              request_with_token(
                  der::element(der::application(0), der::element(der::tag_oid, kerberos)))),
        first("spnego_answer_first", request_with_token(credssp::encode_neg_token_resp({}))),
        first("a_megabyte_of_nested_sequences",
              [] {
                  Bytes b;
                  for (int i = 0; i < 17'000; ++i) append(b, Bytes{0x30, 0x82, 0xff, 0xf0});
                  return b;
              }()),
        first("one_byte_only", Bytes{0x30}, too_long),
        first("half_a_request", Bytes{0x30, 0x82, 0x10, 0, 0xa0, 3, 2, 1, 6}, too_long),
    };
}

std::vector<Misbehaviour> later_messages() {
    const auto user = [](std::size_t bytes) {
        return authenticate([bytes](auto& m) { m.user_name = Bytes(bytes, 'u'); });
    };
    return {
        tampered("negotiate_twice", negotiate_message, [](Bytes& b) { append(b, Bytes(b)); }),
        tampered("authenticate_is_negotiate_again", authenticate_message,
                 [](Bytes& b) { b = request_with_token(ntlm_negotiate()); }),
        tampered("authenticate_cut", authenticate_message,
                 request([](auto& r) { r.nego_token->resize(70); })),
        tampered("authenticate_without_token", authenticate_message,
                 request([](auto& r) { r.nego_token.reset(); })),
        tampered("authenticate_with_ntlmv1", authenticate_message, at(20, Bytes{24, 0, 24, 0})),
        tampered("authenticate_field_beyond_the_end", authenticate_message,
                 at(24, Bytes{0xff, 0xff, 0xff, 0x7f})),
        tampered("authenticate_field_offset_wraps", authenticate_message,
                 at(40, Bytes{0xf0, 0xff, 0xff, 0xff})),
        tampered("authenticate_user_longer_than_message", authenticate_message,
                 at(36, Bytes{0xff, 0xff})),
        tampered("authenticate_session_key_of_15_bytes", authenticate_message,
                 at(52, Bytes{15, 0})),
        tampered("authenticate_anonymous", authenticate_message,
                 authenticate([](auto& m) { m.flags |= credssp::ntlm_flag::anonymous; })),
        tampered("authenticate_without_key_exchange", authenticate_message,
                 authenticate([](auto& m) { m.flags &= ~credssp::ntlm_flag::key_exchange; })),
        tampered("authenticate_mic_wrong", authenticate_message,
                 at(credssp::mic_offset, Bytes(16, 0x11))),
        tampered("authenticate_proof_wrong", authenticate_message,
                 authenticate([](auto& m) { m.nt_proof[0] ^= 1; })),
        tampered("authenticate_unknown_user", authenticate_message,
                 authenticate([](auto& m) { m.user_name = Bytes{'x', 0}; })),
        tampered("authenticate_user_of_odd_length", authenticate_message, user(7)),
        tampered("authenticate_user_of_1024_bytes", authenticate_message, user(1024)),
        tampered("authenticate_user_of_4000_bytes", authenticate_message, user(4000)),
        tampered("authenticate_without_user", authenticate_message, user(0)),
        tampered("authenticate_pairs_without_end", authenticate_message,
                 authenticate([](auto& m) { m.temp.resize(m.temp.size() - 8); })),
        tampered("public_key_missing", authenticate_message,
                 request([](auto& r) { r.pub_key_auth.reset(); })),
        tampered("public_key_cut", authenticate_message,
                 request([](auto& r) { r.pub_key_auth->resize(10); })),
        tampered("public_key_damaged", authenticate_message,
                 request([](auto& r) { r.pub_key_auth->back() ^= 1; })),
        tampered("nonce_missing", authenticate_message,
                 request([](auto& r) { r.client_nonce.reset(); })),
        tampered("nonce_of_another", authenticate_message,
                 request([](auto& r) { (*r.client_nonce)[0] ^= 1; })),
        tampered("credentials_missing", credentials_message,
                 request([](auto& r) { r.auth_info.reset(); })),
        tampered("credentials_damaged", credentials_message,
                 request([](auto& r) { r.auth_info->back() ^= 1; })),
        tampered("credentials_empty", credentials_message,
                 request([](auto& r) { r.auth_info->clear(); })),
        tampered("credentials_message_damaged", credentials_message, [](Bytes& b) { b[0] = 0x31; }),
        tampered("credentials_with_error_code", credentials_message,
                 request([](auto& r) { r.error_code = 0xc0000022; })),
        tampered("nonce_damaged_on_the_wire", authenticate_message, last_byte()),
    };
}

}  // namespace

std::vector<Misbehaviour> credssp_rows() {
    auto rows = first_messages();
    for (auto& m : later_messages()) rows.push_back(std::move(m));
    auto flood = row("junk_without_end", "login refused");
    flood.script = repeats(Bytes(1024, 0x30), 1000);
    rows.push_back(std::move(flood));
    return rows;
}

}  // namespace lucid::hostile
