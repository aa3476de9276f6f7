// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/credssp/der.hpp>
#include <lucid/rdp/proto/credssp/ts_credentials.hpp>

namespace lucid::rdp::proto::credssp {
namespace {

constexpr std::uint32_t cred_type_password = 1;

Result<ByteView> take_text(Reader& r, unsigned n, const char* field) {
    LUCID_TRY(const auto content, der::take(r, der::context(n), field));
    Reader inner(content);
    LUCID_TRY(const auto text, der::take(inner, der::tag_octet_string, field));
    LUCID_CHECK(inner.finish(field));
    if (text.size() % 2 != 0) return fail(Errc::bad_length, field, text.size());
    return text;
}

Bytes text_element(unsigned n, ByteView text) {
    return der::element(der::context(n), der::element(der::tag_octet_string, text));
}

}  // namespace

Result<TsPasswordCreds> decode_ts_credentials(ByteView message) {
    Reader outer(message);
    LUCID_TRY(const auto body, der::take(outer, der::tag_sequence, "TSCredentials"));
    LUCID_CHECK(outer.finish("TSCredentials"));
    Reader r(body);
    LUCID_TRY(const auto type_field, der::take(r, der::context(0), "credType"));
    Reader type_reader(type_field);
    LUCID_TRY(const auto type, der::take_unsigned(type_reader, "credType"));
    LUCID_CHECK(type_reader.finish("credType"));
    if (type != cred_type_password) return fail(Errc::unsupported, "credType", type);
    LUCID_TRY(const auto field, der::take(r, der::context(1), "credentials"));
    LUCID_CHECK(r.finish("TSCredentials"));
    Reader field_reader(field);
    LUCID_TRY(const auto octets, der::take(field_reader, der::tag_octet_string, "credentials"));
    LUCID_CHECK(field_reader.finish("credentials"));
    Reader creds_reader(octets);
    LUCID_TRY(const auto creds, der::take(creds_reader, der::tag_sequence, "TSPasswordCreds"));
    LUCID_CHECK(creds_reader.finish("TSPasswordCreds"));
    Reader fields(creds);
    LUCID_TRY(const auto domain, take_text(fields, 0, "domainName"));
    LUCID_TRY(const auto user, take_text(fields, 1, "userName"));
    LUCID_TRY(const auto password, take_text(fields, 2, "password"));
    LUCID_CHECK(fields.finish("TSPasswordCreds"));
    return TsPasswordCreds{to_bytes(domain), to_bytes(user), crypto::Secret::copy_of(password)};
}

crypto::Secret encode_ts_credentials(const TsPasswordCreds& credentials) {
    Bytes fields = text_element(0, credentials.domain_name);
    append(fields, text_element(1, credentials.user_name));
    auto password = text_element(2, credentials.password.expose());
    fields.reserve(fields.size() + password.size());
    append(fields, password);
    crypto::wipe(password);
    auto sequence = der::element(der::tag_sequence, fields);
    crypto::wipe(fields);
    auto octets = der::element(der::tag_octet_string, sequence);
    crypto::wipe(sequence);
    Bytes body = der::element(der::context(0), der::integer(cred_type_password));
    auto field = der::element(der::context(1), octets);
    crypto::wipe(octets);
    body.reserve(body.size() + field.size());
    append(body, field);
    crypto::wipe(field);
    auto message = der::element(der::tag_sequence, body);
    crypto::wipe(body);
    return crypto::Secret(std::move(message));
}

}  // namespace lucid::rdp::proto::credssp
