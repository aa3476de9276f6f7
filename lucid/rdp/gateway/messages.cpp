// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/gateway/messages.hpp>
#include <lucid/rdp/proto/credssp/ntlm_messages.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>

#include <limits>

#include <nlohmann/json.hpp>

namespace lucid::rdp::gateway {

namespace {

using Json = nlohmann::json;

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

/// A text of at most reason_bytes_max; what is no UTF-8 in it has become three bytes each.
constexpr std::size_t told_bytes_max = 3 * reason_bytes_max;

/// Wipes a JSON text value that held a secret.
void wipe_text(Json& value) {
    auto& text = value.get_ref<std::string&>();
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

Bytes dump(const Json& value) {
    // Peers' texts may be any bytes: what is not UTF-8 is replaced instead of thrown at.
    const auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return to_bytes(as_bytes(text));
}

Result<Json> parse(ByteView frame) {
    auto value = Json::parse(frame.begin(), frame.end(), nullptr, false);
    if (value.is_discarded() || !value.is_object()) return fail(Errc::bad_value, "local frame");
    return value;
}

Result<std::string> text(const Json& object, const char* field, std::size_t bytes_max) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_string()) return fail(Errc::bad_value, field);
    const auto& value = found->get_ref<const std::string&>();
    if (value.size() > bytes_max) return fail(Errc::limit_exceeded, field, value.size());
    return value;
}

Result<Bytes> hex(const Json& object, const char* field, std::size_t bytes_max) {
    LUCID_TRY(const auto digits, text(object, field, 2 * bytes_max));
    return from_hex(digits);
}

template <std::size_t N>
Result<ByteArray<N>> hex_array(const Json& object, const char* field) {
    LUCID_TRY(const auto bytes, hex(object, field, N));
    if (bytes.size() != N) return fail(Errc::bad_length, field, bytes.size());
    ByteArray<N> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

Result<std::uint64_t> number(const Json& object, const char* field, std::uint64_t max) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_number_unsigned()) return fail(Errc::bad_value, field);
    const auto value = found->get<std::uint64_t>();
    if (value > max) return fail(Errc::limit_exceeded, field, value);
    return value;
}

Result<bool> flag(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_boolean()) return fail(Errc::bad_value, field);
    return found->get<bool>();
}

constexpr std::size_t name_bytes_max = 1024;
/// What a client names itself and knows is as long as its messages allow: a wrong ticket, not a
/// broken relay.
constexpr std::size_t claimed_name_bytes_max = proto::credssp::ntlm_message_bytes_max;
constexpr std::size_t secret_bytes_max = proto::credssp::ts_request_bytes_max;
constexpr std::size_t host_cookie_bytes = 28;
constexpr std::size_t challenge_bytes_max = 64 * 1024;
constexpr std::size_t document_bytes_max = 1024 * 1024;

Json to_json(const Request& request) {
    return std::visit(
        Overloaded{
            [](const SignRequest& r) {
                return Json{{"op", "sign"}, {"scheme", r.scheme}, {"digest", to_hex(r.digest)}};
            },
            [](const NtlmClaim& r) {
                return Json{{"op", "verify_ntlm"},
                            {"user", to_hex(r.user_utf16)},
                            {"domain", to_hex(r.domain_utf16)},
                            {"server_challenge", to_hex(r.server_challenge)},
                            {"temp", to_hex(r.temp)},
                            {"nt_proof", to_hex(r.nt_proof)}};
            },
            [](const RouteRequest& r) { return Json{{"op", "route"}, {"user", r.user}}; },
            [](const DialRequest&) { return Json{{"op", "dial"}}; },
            [](const RedeemRequest& r) {
                return Json{{"op", "redeem"}, {"secret", to_hex(r.secret.expose())}};
            },
            [](const RecordRequest&) { return Json{{"op", "record"}}; },
            [](const RedirectRequest& r) {
                return Json{
                    {"op", "redirect"}, {"names", r.target.names}, {"token", r.routing_token}};
            },
            [](const HostCookieRequest& r) {
                return Json{{"op", "host_cookie"}, {"cookie", to_hex(r.cookie.expose())}};
            },
            [](const ScanRequest&) { return Json{{"op", "scan"}}; },
            [](const EventRequest& r) {
                return Json{{"op", "event"}, {"what", r.what}, {"detail", r.detail}};
            },
            [](const LostRequest& r) {
                return Json{
                    {"op", "lost"}, {"who", r.host ? "host" : "client"}, {"reason", r.reason}};
            },
            [](const HandedOverRequest&) { return Json{{"op", "handed_over"}}; },
            [](const EndRequest& r) {
                return Json{{"op", "end"}, {"state", r.state}, {"reason", r.reason}};
            },
        },
        request);
}

Result<Request> decode_claim(const Json& object) {
    NtlmClaim claim;
    LUCID_TRY(claim.user_utf16, hex(object, "user", claimed_name_bytes_max));
    LUCID_TRY(claim.domain_utf16, hex(object, "domain", claimed_name_bytes_max));
    LUCID_TRY(claim.server_challenge, hex_array<8>(object, "server_challenge"));
    LUCID_TRY(claim.temp, hex(object, "temp", challenge_bytes_max));
    LUCID_TRY(claim.nt_proof, hex_array<16>(object, "nt_proof"));
    return Request(std::move(claim));
}

Result<Request> decode_redirect(const Json& object) {
    RedirectRequest request;
    LUCID_TRY(request.routing_token, text(object, "token", name_bytes_max));
    const auto names = object.find("names");
    if (names == object.end() || !names->is_array() || names->size() > redirect_names_max)
        return fail(Errc::bad_value, "names");
    for (const auto& name : *names) {
        if (!name.is_string() || name.get_ref<const std::string&>().size() > name_bytes_max)
            return fail(Errc::bad_value, "names");
        request.target.names.push_back(name.get<std::string>());
    }
    return Request(std::move(request));
}

Json to_json(const Grant& grant) {
    Json host = {{"name", grant.host},
                 {"address", grant.address},
                 {"port", grant.port},
                 {"security", grant.security == HostSecurity::nla ? "nla" : "tls"},
                 {"trust_name", grant.trust.name},
                 {"authorities", grant.trust.authorities_pem}};
    if (grant.trust.certificate_pin) host["pin"] = to_hex(*grant.trust.certificate_pin);
    return {{"host", std::move(host)},
            {"credential",
             {{"domain", grant.credential.domain},
              {"user", grant.credential.user},
              {"password", to_hex(grant.credential.password.expose())}}},
            {"policy", grant.policy},
            {"idle_limit_s", grant.idle_limit.count()},
            {"total_limit_s", grant.total_limit.count()}};
}

Result<HostTrust> trust_from(const Json& host) {
    HostTrust trust;
    LUCID_TRY(trust.name, text(host, "trust_name", name_bytes_max));
    LUCID_TRY(trust.authorities_pem, text(host, "authorities", document_bytes_max));
    if (host.contains("pin")) {
        LUCID_TRY(trust.certificate_pin, hex_array<32>(host, "pin"));
    }
    return trust;
}

Result<Grant> grant_from(const Json& object) {
    const auto host = object.find("host");
    const auto credential = object.find("credential");
    if (host == object.end() || !host->is_object() || credential == object.end() ||
        !credential->is_object())
        return fail(Errc::bad_value, "grant");
    Grant grant;
    LUCID_TRY(grant.host, text(*host, "name", name_bytes_max));
    LUCID_TRY(grant.address, text(*host, "address", name_bytes_max));
    LUCID_TRY(const auto port, number(*host, "port", 65535));
    grant.port = static_cast<std::uint16_t>(port);
    LUCID_TRY(const auto security, text(*host, "security", 8));
    grant.security = security == "tls" ? HostSecurity::tls : HostSecurity::nla;
    LUCID_TRY(grant.trust, trust_from(*host));
    LUCID_TRY(grant.credential.domain, text(*credential, "domain", name_bytes_max));
    LUCID_TRY(grant.credential.user, text(*credential, "user", name_bytes_max));
    LUCID_TRY(auto password, hex(*credential, "password", secret_bytes_max));
    grant.credential.password = crypto::Secret(std::move(password));
    LUCID_TRY(grant.policy, text(object, "policy", document_bytes_max));
    constexpr std::uint64_t seconds_max = std::numeric_limits<std::int32_t>::max();
    LUCID_TRY(const auto idle, number(object, "idle_limit_s", seconds_max));
    LUCID_TRY(const auto total, number(object, "total_limit_s", seconds_max));
    grant.idle_limit = std::chrono::seconds(idle);
    grant.total_limit = std::chrono::seconds(total);
    return grant;
}

Json to_json(const Answer& answer) {
    return std::visit(
        Overloaded{
            [](const Refusal& a) { return Json{{"ok", false}, {"reason", a.reason}}; },
            [](const Kill& a) { return Json{{"op", "kill"}, {"reason", a.reason}}; },
            [](const Finish& a) { return Json{{"op", "finish"}, {"reason", a.reason}}; },
            [](const HandOver&) { return Json{{"op", "hand_over"}}; },
            [](const Signature& a) { return Json{{"ok", true}, {"signature", to_hex(a.der)}}; },
            [](const SessionBaseKey& a) {
                return Json{{"ok", true}, {"session_base_key", to_hex(a.key.expose())}};
            },
            [](const Dialled& a) {
                Json out = to_json(a.grant);
                out["ok"] = true;
                out["session_id"] = a.session_id.hex();
                out["start_boottime_us"] = a.start_boottime_us;
                out["leg"] = a.leg;
                out["resumable"] = a.resumable;
                out["routing_token"] = a.routing_token;
                out["host_cookie"] = to_hex(a.host_cookie.expose());
                return out;
            },
            [](const Done&) { return Json{{"ok", true}}; },
        },
        answer);
}

Result<Answer> decode_success(const Json& object) {
    if (object.contains("signature")) {
        LUCID_TRY(auto der, hex(object, "signature", 1024));
        return Answer(Signature{std::move(der)});
    }
    if (object.contains("session_base_key")) {
        LUCID_TRY(auto key, hex(object, "session_base_key", 16));
        if (key.size() != 16) return fail(Errc::bad_length, "session_base_key", key.size());
        return Answer(SessionBaseKey{crypto::Secret(std::move(key))});
    }
    if (!object.contains("host")) return Answer(Done{});
    Dialled dialled;
    LUCID_TRY(dialled.grant, grant_from(object));
    LUCID_TRY(const auto id, text(object, "session_id", 64));
    LUCID_TRY(dialled.session_id, SessionId::from_hex(id));
    LUCID_TRY(dialled.start_boottime_us,
              number(object, "start_boottime_us", std::numeric_limits<std::uint64_t>::max()));
    LUCID_TRY(const auto leg, number(object, "leg", std::numeric_limits<std::uint16_t>::max()));
    dialled.leg = static_cast<unsigned>(leg);
    LUCID_TRY(dialled.resumable, flag(object, "resumable"));
    LUCID_TRY(dialled.routing_token, text(object, "routing_token", name_bytes_max));
    LUCID_TRY(auto cookie, hex(object, "host_cookie", host_cookie_bytes));
    dialled.host_cookie = crypto::Secret(std::move(cookie));
    return Answer(std::move(dialled));
}

}  // namespace

Bytes encode(const Request& request) {
    Json value = to_json(request);
    auto out = dump(value);
    for (const auto* name : {"secret", "cookie"})
        if (value.contains(name)) wipe_text(value[name]);
    return out;
}

Result<Request> decode_request(ByteView frame) {
    if (frame.size() > request_bytes_max)
        return fail(Errc::limit_exceeded, "relay request", frame.size());
    LUCID_TRY(auto object, parse(frame));
    LUCID_TRY(const auto op, text(object, "op", 32));
    if (op == "sign") {
        SignRequest request;
        LUCID_TRY(request.scheme, text(object, "scheme", 32));
        LUCID_TRY(request.digest, hex(object, "digest", 64));
        return Request(std::move(request));
    }
    if (op == "verify_ntlm") return decode_claim(object);
    if (op == "route") {
        LUCID_TRY(auto user, text(object, "user", name_bytes_max));
        return Request(RouteRequest{std::move(user)});
    }
    if (op == "dial") return Request(DialRequest{});
    if (op == "redeem") {
        LUCID_TRY(auto secret, hex(object, "secret", secret_bytes_max));
        wipe_text(object["secret"]);
        return Request(RedeemRequest{crypto::Secret(std::move(secret))});
    }
    if (op == "record") return Request(RecordRequest{});
    if (op == "redirect") return decode_redirect(object);
    if (op == "host_cookie") {
        LUCID_TRY(auto cookie, hex_array<host_cookie_bytes>(object, "cookie"));
        wipe_text(object["cookie"]);
        HostCookieRequest request{crypto::Secret::copy_of(cookie)};
        crypto::wipe(cookie);
        return Request(std::move(request));
    }
    if (op == "scan") return Request(ScanRequest{});
    if (op == "event") {
        EventRequest request;
        LUCID_TRY(request.what, text(object, "what", 64));
        LUCID_TRY(request.detail, text(object, "detail", told_bytes_max));
        return Request(std::move(request));
    }
    if (op == "lost") {
        LostRequest request;
        LUCID_TRY(const auto who, text(object, "who", 8));
        if (who != "client" && who != "host") return fail(Errc::bad_value, "who");
        request.host = who == "host";
        LUCID_TRY(request.reason, text(object, "reason", told_bytes_max));
        return Request(std::move(request));
    }
    if (op == "handed_over") return Request(HandedOverRequest{});
    if (op == "end") {
        EndRequest request;
        LUCID_TRY(request.state, text(object, "state", 16));
        LUCID_TRY(request.reason, text(object, "reason", told_bytes_max));
        return Request(std::move(request));
    }
    return fail(Errc::bad_value, "op of a relay request");
}

Bytes encode(const Welcome& welcome) {
    return dump(Json{{"certificate", welcome.certificate_pem},
                     {"allow_tls_only", welcome.allow_tls_only},
                     {"client_address", welcome.client_address},
                     {"login_deadline_ms", welcome.login_deadline.count()}});
}

Result<Welcome> decode_welcome(ByteView frame) {
    LUCID_TRY(const auto object, parse(frame));
    Welcome welcome;
    LUCID_TRY(welcome.certificate_pem, text(object, "certificate", document_bytes_max));
    LUCID_TRY(welcome.allow_tls_only, flag(object, "allow_tls_only"));
    LUCID_TRY(welcome.client_address, text(object, "client_address", name_bytes_max));
    LUCID_TRY(const auto deadline, number(object, "login_deadline_ms", 3'600'000));
    welcome.login_deadline = std::chrono::milliseconds(deadline);
    return welcome;
}

Bytes encode(const Answer& answer) {
    Json value = to_json(answer);
    auto out = dump(value);
    if (value.contains("session_base_key")) wipe_text(value["session_base_key"]);
    if (value.contains("credential")) wipe_text(value["credential"]["password"]);
    if (value.contains("host_cookie")) wipe_text(value["host_cookie"]);
    return out;
}

Result<Answer> decode_answer(ByteView frame) {
    LUCID_TRY(auto object, parse(frame));
    if (object.contains("op")) {
        LUCID_TRY(const auto op, text(object, "op", 32));
        if (op == "hand_over") return Answer(HandOver{});
        if (op != "kill" && op != "finish") return fail(Errc::bad_value, "op of core");
        LUCID_TRY(auto reason, text(object, "reason", told_bytes_max));
        if (op == "finish") return Answer(Finish{std::move(reason)});
        return Answer(Kill{std::move(reason)});
    }
    LUCID_TRY(const auto ok, flag(object, "ok"));
    if (!ok) {
        LUCID_TRY(auto reason, text(object, "reason", told_bytes_max));
        return Answer(Refusal{std::move(reason)});
    }
    auto answer = decode_success(object);
    if (object.contains("session_base_key") && object["session_base_key"].is_string())
        wipe_text(object["session_base_key"]);
    if (const auto credential = object.find("credential"); credential != object.end() &&
                                                           credential->contains("password") &&
                                                           (*credential)["password"].is_string())
        wipe_text((*credential)["password"]);
    if (object.contains("host_cookie") && object["host_cookie"].is_string())
        wipe_text(object["host_cookie"]);
    return answer;
}

}  // namespace lucid::rdp::gateway
