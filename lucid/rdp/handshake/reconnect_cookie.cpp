// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/handshake/reconnect_cookie.hpp>
#include <lucid/rdp/proto/share.hpp>

namespace lucid::rdp::handshake {

crypto::Secret answer_to_reconnect_cookie(const crypto::Secret& cookie) {
    // cbLen and Version, LogonId, ArcRandomBits.
    constexpr std::size_t head_bytes = 12;
    constexpr std::size_t client_random_bytes = 32;
    const auto bytes = cookie.expose();
    if (bytes.size() != proto::auto_reconnect_cookie_bytes) return {};
    const auto verifier = crypto::hmac_md5(bytes.subspan(head_bytes), Bytes(client_random_bytes));
    Writer w(proto::auto_reconnect_cookie_bytes);
    w.bytes(bytes.first(head_bytes)).bytes(verifier);
    return crypto::Secret(w.take());
}

}  // namespace lucid::rdp::handshake
