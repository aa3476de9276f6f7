// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>

#include <algorithm>

namespace lucid::rdp::proto::credssp {
namespace {

/// [n] OCTET STRING, or nothing.
Result<std::optional<Bytes>> take_octets(Reader& r, unsigned n, const char* field) {
    LUCID_TRY(const auto content, der::take_optional(r, der::context(n), field));
    if (!content) return std::nullopt;
    Reader inner(*content);
    LUCID_TRY(const auto octets, der::take(inner, der::tag_octet_string, field));
    LUCID_CHECK(inner.finish(field));
    return to_bytes(octets);
}

/// NegoData: SEQUENCE OF SEQUENCE { negoToken [0] OCTET STRING }, of which one is ever sent.
Result<Bytes> take_nego_token(ByteView content) {
    Reader r(content);
    LUCID_TRY(const auto list, der::take(r, der::tag_sequence, "negoTokens"));
    LUCID_CHECK(r.finish("negoTokens"));
    Reader items(list);
    LUCID_TRY(const auto item, der::take(items, der::tag_sequence, "negoTokens item"));
    LUCID_CHECK(items.finish("negoTokens"));
    Reader fields(item);
    LUCID_TRY(auto token, take_octets(fields, 0, "negoToken"));
    LUCID_CHECK(fields.finish("negoTokens item"));
    if (!token) return fail(Errc::bad_value, "negoToken");
    return std::move(*token);
}

/// A signed INTEGER of one to five octets; FreeRDP sends four.
Result<std::uint32_t> take_status(ByteView content) {
    Reader r(content);
    LUCID_TRY(const auto octets, der::take(r, der::tag_integer, "errorCode"));
    LUCID_CHECK(r.finish("errorCode"));
    if (octets.empty() || octets.size() > 5 || (octets.size() == 5 && octets[0] != 0))
        return fail(Errc::bad_length, "errorCode", octets.size());
    std::uint32_t status = 0;
    for (const auto octet : octets) status = status << 8 | octet;
    return status;
}

void put_octets(Writer& w, unsigned n, const std::optional<Bytes>& octets) {
    if (octets)
        w.bytes(der::element(der::context(n), der::element(der::tag_octet_string, *octets)));
}

}  // namespace

Result<TsRequest> decode_ts_request(ByteView message) {
    if (message.size() > ts_request_bytes_max)
        return fail(Errc::limit_exceeded, "TSRequest", message.size());
    Reader outer(message);
    LUCID_TRY(const auto body, der::take(outer, der::tag_sequence, "TSRequest"));
    LUCID_CHECK(outer.finish("TSRequest"));
    Reader r(body);
    TsRequest request;
    LUCID_TRY(const auto version, der::take(r, der::context(0), "TSRequest version"));
    Reader version_reader(version);
    LUCID_TRY(request.version, der::take_unsigned(version_reader, "TSRequest version"));
    LUCID_CHECK(version_reader.finish("TSRequest version"));
    LUCID_TRY(const auto tokens, der::take_optional(r, der::context(1), "negoTokens"));
    if (tokens) {
        LUCID_TRY(request.nego_token, take_nego_token(*tokens));
    }
    LUCID_TRY(request.auth_info, take_octets(r, 2, "authInfo"));
    LUCID_TRY(request.pub_key_auth, take_octets(r, 3, "pubKeyAuth"));
    LUCID_TRY(const auto status, der::take_optional(r, der::context(4), "errorCode"));
    if (status) {
        LUCID_TRY(request.error_code, take_status(*status));
    }
    LUCID_TRY(const auto nonce, take_octets(r, 5, "clientNonce"));
    if (nonce) {
        if (nonce->size() != 32) return fail(Errc::bad_length, "clientNonce", nonce->size());
        request.client_nonce.emplace();
        std::copy(nonce->begin(), nonce->end(), request.client_nonce->begin());
    }
    LUCID_CHECK(r.finish("TSRequest"));
    return request;
}

Bytes encode_ts_request(const TsRequest& request) {
    Writer w;
    w.bytes(der::element(der::context(0), der::integer(request.version)));
    if (request.nego_token) {
        const auto token =
            der::element(der::context(0), der::element(der::tag_octet_string, *request.nego_token));
        w.bytes(
            der::element(der::context(1),
                         der::element(der::tag_sequence, der::element(der::tag_sequence, token))));
    }
    put_octets(w, 2, request.auth_info);
    put_octets(w, 3, request.pub_key_auth);
    if (request.error_code) {
        Writer status;
        status.u32_be(*request.error_code);
        w.bytes(der::element(der::context(4), der::element(der::tag_integer, status.view())));
    }
    if (request.client_nonce)
        put_octets(w, 5, Bytes(request.client_nonce->begin(), request.client_nonce->end()));
    return der::element(der::tag_sequence, w.view());
}

}  // namespace lucid::rdp::proto::credssp
