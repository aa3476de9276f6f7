// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include "misbehaviour.hpp"

// A host before MCS: X.224, TLS, CredSSP. The client is told that the target refused, no ticket is
// spent and nothing is recorded.

namespace lucid::hostile {

namespace {

namespace proto = rdp::proto;
namespace credssp = proto::credssp;

Misbehaviour row(std::string name, Stage stage, Script script, std::string reason = "host") {
    Misbehaviour m;
    m.who = Who::host;
    m.host_security = HostSecurity::nla;
    m.name = "host_" + std::move(name);
    m.stage = stage;
    m.script = std::move(script);
    m.ends = Ends::unlogged;
    m.reason = std::move(reason);
    return m;
}

/// Reads the request and answers this.
Misbehaviour confirm(std::string name, Bytes answer, HostSecurity security = HostSecurity::nla) {
    auto m = row(
        "confirm_" + std::move(name), Stage::tcp,
        [answer = std::move(answer)](Party& p) -> Result<void> {
            LUCID_CHECK(p.wire().pdu());
            return p.wire().send(answer);
        },
        "host");
    m.host_security = security;
    return m;
}

Bytes selecting(std::uint32_t protocol) {
    proto::ConnectionConfirm c;
    c.selected_protocol = protocol;
    return proto::encode_connection_confirm(c);
}

Bytes failing(std::uint32_t code) {
    proto::ConnectionConfirm c;
    c.failure = static_cast<proto::NegotiationFailure>(code);
    return proto::encode_connection_confirm(c);
}

Misbehaviour tampered(std::string name, int number, std::function<void(Bytes&)> change) {
    auto m = row("credssp_" + std::move(name), Stage::login, stays_silent(), "refused the login");
    m.tamper = [number, change = std::move(change)](int n, Bytes& bytes) {
        if (n == number) change(bytes);
    };
    return m;
}

std::function<void(Bytes&)> request(std::function<void(credssp::TsRequest&)> change) {
    return [change = std::move(change)](Bytes& message) {
        auto decoded = credssp::decode_ts_request(message);
        if (!decoded) return;
        change(*decoded);
        message = credssp::encode_ts_request(*decoded);
    };
}

/// A field of the CHALLENGE.
std::function<void(Bytes&)> challenge_at(std::size_t offset, Bytes replacement) {
    return [offset, replacement = std::move(replacement)](Bytes& message) {
        message =
            damaged_behind(message, as_bytes(std::string_view("NTLMSSP")), offset - 7, replacement);
    };
}

std::vector<Misbehaviour> negotiations() {
    std::vector<Misbehaviour> rows = {
        confirm("http_answer",
                to_bytes(as_bytes(std::string_view("HTTP/1.1 400 Bad Request\r\n\r\n")))),
        confirm("fast_path", Bytes{0x00, 4, 1, 2}),
        confirm("length_below_seven", Bytes{3, 0, 0, 6, 1, 0xd0}),
        confirm("length_indicator_wrong", damaged(selecting(8), 4, 3)),
        confirm("is_a_request", damaged(selecting(8), 5, 0xe0)),
        confirm("type_unknown", damaged(selecting(8), 11, 7)),
        confirm("negotiation_length_9", damaged(selecting(8), 13, 9)),
        confirm("without_negotiation", Bytes{3, 0, 0, 11, 6, 0xd0, 0, 0, 0, 0, 0}),
        confirm("selects_rdp_security", selecting(0)),
        confirm("selects_tls_where_nla_is_registered", selecting(1)),
        confirm("selects_nla_where_tls_is_registered", selecting(2), HostSecurity::tls),
        confirm("selects_everything", selecting(0xffffffff)),
        confirm("failure_unknown", failing(0xffffffff)),
        confirm("of_200_kib", Bytes(200'000, 3)),
        confirm("with_hello_glued_to_it",
                [] {
                    auto b = selecting(8);
                    append(b, Bytes(200, 0x16));
                    return b;
                }()),
    };
    for (std::uint32_t code = 1; code <= 6; ++code)
        rows.push_back(confirm("failure_" + std::to_string(code), failing(code)));
    rows.push_back(row("speaks_first", Stage::tcp, says(selecting(8))));
    rows.push_back(
        row("sends_a_megabyte_for_a_confirm", Stage::tcp, repeats(Bytes(1000, 3), 1000)));
    return rows;
}

std::vector<Misbehaviour> tls_and_credssp() {
    constexpr int challenge = 0;
    constexpr int public_key = 1;
    constexpr int early_result = 2;
    auto pin =
        row("shows_another_key_in_credssp", Stage::login, stays_silent(), "refused the login");
    pin.tamper = [](int n, Bytes& bytes) {
        if (n == public_key) bytes.back() ^= 1;
    };
    return {
        row("tls_noise", Stage::x224, says_raw(Bytes(500, 0x91))),
        row("tls_fatal_alert", Stage::x224, says_raw(Bytes{0x15, 3, 3, 0, 2, 2, 40})),
        row("tls_record_length_65535", Stage::x224, says_raw(Bytes{0x16, 3, 3, 0xff, 0xff, 1, 2})),
        row("tls_server_hello_of_noise", Stage::x224,
            says_raw(Bytes{0x16, 3, 3, 0, 8, 2, 0, 0, 4, 3, 3, 9, 9})),
        row("tls_hello_request_flood", Stage::x224,
            repeats(Bytes{0x16, 3, 3, 0, 4, 0, 0, 0, 0}, 20'000)),
        row("tls_record_in_the_clear_behind_handshake", Stage::tls,
            says_raw(Bytes{0x17, 3, 3, 0, 4, 1, 2, 3, 4})),
        row("credssp_noise", Stage::tls, says(Bytes(300, 0x44)), "refused the login"),
        row("credssp_length_of_two_gigabytes", Stage::tls,
            says(Bytes{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff}), "refused the login"),
        row("credssp_empty", Stage::tls, says(Bytes{0x30, 0}), "refused the login"),
        row("credssp_junk_without_end", Stage::tls, repeats(Bytes(1024, 0x30), 1000),
            "refused the login"),
        row("rdp_instead_of_credssp", Stage::tls, says(Bytes{3, 0, 0, 9, 2, 0xf0, 0x80, 0x28, 0}),
            "refused the login"),
        tampered("version_2", challenge, request([](auto& r) { r.version = 2; })),
        tampered("error_code", challenge, request([](auto& r) { r.error_code = 0xc000006d; })),
        tampered("challenge_missing", challenge, request([](auto& r) { r.nego_token.reset(); })),
        tampered("challenge_cut", challenge, request([](auto& r) { r.nego_token->resize(40); })),
        tampered("challenge_of_type_3", challenge, challenge_at(8, Bytes{3})),
        tampered("challenge_without_flags", challenge, challenge_at(20, Bytes{0, 0, 0, 0})),
        tampered("challenge_info_beyond_the_end", challenge,
                 challenge_at(44, Bytes{0xff, 0xff, 0xff, 0xff})),
        tampered("challenge_info_without_end", challenge, challenge_at(40, Bytes{6, 0, 6, 0})),
        tampered("challenge_without_info", challenge, challenge_at(40, Bytes{0, 0, 0, 0})),
        tampered("challenge_name_beyond_the_end", challenge, challenge_at(12, Bytes{0xff, 0xff})),
        tampered("public_key_missing", public_key,
                 request([](auto& r) { r.pub_key_auth.reset(); })),
        tampered("public_key_cut", public_key, request([](auto& r) { r.pub_key_auth->resize(3); })),
        tampered("public_key_empty", public_key, request([](auto& r) { r.pub_key_auth->clear(); })),
        tampered("early_result_denied", early_result, [](Bytes& b) { b[0] = 5; }),
        std::move(pin),
    };
}

}  // namespace

std::vector<Misbehaviour> host_login_rows() {
    auto rows = negotiations();
    for (auto& m : tls_and_credssp()) rows.push_back(std::move(m));
    return rows;
}

}  // namespace lucid::hostile
