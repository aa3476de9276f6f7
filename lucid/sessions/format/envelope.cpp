// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/envelope.hpp>

namespace lucid::sessions::format {
namespace {

constexpr std::string_view magic = "lucid/env/1";
constexpr std::uint8_t scope_all = 0;

}  // namespace

Result<Bytes> seal_session_envelope(const SessionId& id, const crypto::Secret& session_key,
                                    std::span<const crypto::age::Recipient> recipients) {
    Writer w(magic.size() + 32 + 1 + session_key.size());
    w.text(magic).bytes(id.bytes).u8(scope_all).bytes(session_key.expose());
    const crypto::Secret plaintext(w.take());
    return crypto::age::seal(plaintext.expose(), recipients);
}

Result<crypto::Secret> open_session_envelope(ByteView file, const SessionId& id,
                                             const crypto::age::Identity& identity) {
    LUCID_TRY(const auto plaintext, crypto::age::open(file, identity));
    Reader r(plaintext.expose());
    LUCID_CHECK(r.expect(as_bytes(magic), "envelope magic"));
    LUCID_TRY(const auto found, r.array<32>("envelope session id"));
    if (found != id.bytes) return fail(Errc::bad_value, "envelope of another session");
    LUCID_TRY(const auto scope, r.u8("envelope scope"));
    if (scope != scope_all) return fail(Errc::unsupported, "envelope scope", scope);
    LUCID_TRY(const auto key, r.take(32, "envelope key"));
    LUCID_CHECK(r.finish("envelope"));
    return crypto::Secret::copy_of(key);
}

}  // namespace lucid::sessions::format
