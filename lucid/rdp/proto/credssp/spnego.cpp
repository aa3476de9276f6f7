// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/credssp/spnego.hpp>

#include <algorithm>

namespace lucid::rdp::proto::credssp {
namespace {

constexpr ByteArray<6> spnego_oid = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
constexpr ByteArray<10> ntlm_oid = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a};

bool equal(ByteView a, ByteView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

Result<std::optional<Bytes>> take_octets(Reader& r, unsigned n, const char* field) {
    LUCID_TRY(const auto content, der::take_optional(r, der::context(n), field));
    if (!content) return std::nullopt;
    Reader inner(*content);
    LUCID_TRY(const auto octets, der::take(inner, der::tag_octet_string, field));
    LUCID_CHECK(inner.finish(field));
    return to_bytes(octets);
}

Result<void> read_mech_list(ByteView content, NegTokenInit& init) {
    Reader r(content);
    LUCID_TRY(const auto list, der::take(r, der::tag_sequence, "mechTypes"));
    LUCID_CHECK(r.finish("mechTypes"));
    init.mech_list = to_bytes(content);
    Reader items(list);
    for (std::size_t i = 0; !items.empty(); ++i) {
        if (i == mech_types_max) return fail(Errc::limit_exceeded, "mechTypes", mech_types_max);
        LUCID_TRY(const auto oid, der::take(items, der::tag_oid, "mechTypes"));
        if (!equal(oid, ntlm_oid)) continue;
        init.ntlm_offered = true;
        if (i == 0) init.ntlm_first = true;
    }
    return {};
}

}  // namespace

bool is_spnego(ByteView token) {
    return !token.empty() && (token[0] == der::application(0) || token[0] == der::context(1));
}

Bytes ntlm_mech_list() {
    return der::element(der::tag_sequence, der::element(der::tag_oid, ntlm_oid));
}

Result<NegTokenInit> decode_neg_token_init(ByteView token) {
    Reader outer(token);
    LUCID_TRY(const auto body, der::take(outer, der::application(0), "SPNEGO"));
    LUCID_CHECK(outer.finish("SPNEGO"));
    Reader r(body);
    LUCID_TRY(const auto oid, der::take(r, der::tag_oid, "SPNEGO mechanism"));
    if (!equal(oid, spnego_oid)) return fail(Errc::unsupported, "SPNEGO mechanism");
    LUCID_TRY(const auto choice, der::take(r, der::context(0), "NegTokenInit"));
    LUCID_CHECK(r.finish("SPNEGO"));
    Reader choice_reader(choice);
    LUCID_TRY(const auto fields, der::take(choice_reader, der::tag_sequence, "NegTokenInit"));
    LUCID_CHECK(choice_reader.finish("NegTokenInit"));
    Reader f(fields);
    NegTokenInit init;
    LUCID_TRY(const auto mechs, der::take(f, der::context(0), "mechTypes"));
    LUCID_CHECK(read_mech_list(mechs, init));
    LUCID_CHECK(der::take_optional(f, der::context(1), "reqFlags"));
    LUCID_TRY(init.mech_token, take_octets(f, 2, "mechToken"));
    LUCID_CHECK(der::take_optional(f, der::context(3), "mechListMIC"));
    LUCID_CHECK(f.finish("NegTokenInit"));
    return init;
}

Result<NegTokenResp> decode_neg_token_resp(ByteView token) {
    Reader outer(token);
    LUCID_TRY(const auto choice, der::take(outer, der::context(1), "NegTokenResp"));
    LUCID_CHECK(outer.finish("NegTokenResp"));
    Reader choice_reader(choice);
    LUCID_TRY(const auto fields, der::take(choice_reader, der::tag_sequence, "NegTokenResp"));
    LUCID_CHECK(choice_reader.finish("NegTokenResp"));
    Reader r(fields);
    NegTokenResp response;
    LUCID_TRY(const auto state, der::take_optional(r, der::context(0), "negState"));
    if (state) {
        Reader s(*state);
        LUCID_TRY(const auto value, der::take(s, der::tag_enumerated, "negState"));
        LUCID_CHECK(s.finish("negState"));
        if (value.size() != 1 || value[0] > 3) return fail(Errc::bad_value, "negState");
        response.state = static_cast<NegState>(value[0]);
    }
    LUCID_TRY(const auto mech, der::take_optional(r, der::context(1), "supportedMech"));
    if (mech) {
        Reader m(*mech);
        LUCID_TRY(const auto oid, der::take(m, der::tag_oid, "supportedMech"));
        LUCID_CHECK(m.finish("supportedMech"));
        if (!equal(oid, ntlm_oid)) return fail(Errc::unsupported, "supportedMech");
        response.ntlm_chosen = true;
    }
    LUCID_TRY(response.response_token, take_octets(r, 2, "responseToken"));
    LUCID_TRY(response.mech_list_mic, take_octets(r, 3, "mechListMIC"));
    LUCID_CHECK(r.finish("NegTokenResp"));
    return response;
}

Bytes encode_neg_token_init(ByteView ntlm_negotiate) {
    Bytes fields = der::element(der::context(0), ntlm_mech_list());
    append(fields,
           der::element(der::context(2), der::element(der::tag_octet_string, ntlm_negotiate)));
    Bytes body = der::element(der::tag_oid, spnego_oid);
    append(body, der::element(der::context(0), der::element(der::tag_sequence, fields)));
    return der::element(der::application(0), body);
}

Bytes encode_neg_token_resp(const NegTokenResp& response) {
    Bytes fields;
    if (response.state) {
        const ByteArray<1> value = {static_cast<std::uint8_t>(*response.state)};
        append(fields, der::element(der::context(0), der::element(der::tag_enumerated, value)));
    }
    if (response.ntlm_chosen)
        append(fields, der::element(der::context(1), der::element(der::tag_oid, ntlm_oid)));
    if (response.response_token)
        append(fields, der::element(der::context(2),
                                    der::element(der::tag_octet_string, *response.response_token)));
    if (response.mech_list_mic)
        append(fields, der::element(der::context(3),
                                    der::element(der::tag_octet_string, *response.mech_list_mic)));
    return der::element(der::context(1), der::element(der::tag_sequence, fields));
}

}  // namespace lucid::rdp::proto::credssp
