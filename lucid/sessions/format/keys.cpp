// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/sessions/format/keys.hpp>

namespace lucid::sessions::format {
namespace {

crypto::Secret derive(const crypto::Secret& key, const SessionId& id, ByteView info) {
    Bytes out(32);
    crypto::hkdf_sha256(key.expose(), id.bytes, info, out);
    return crypto::Secret(std::move(out));
}

}  // namespace

crypto::Secret class_key(const crypto::Secret& session_key, const SessionId& id,
                         EventClass event_class) {
    Writer info;
    info.text("lucid/class/1").u8(static_cast<std::uint8_t>(event_class));
    return derive(session_key, id, info.view());
}

crypto::Secret segment_key(const crypto::Secret& class_key, const SessionId& id,
                           std::uint64_t index) {
    Writer info;
    info.text("lucid/seg/1").u64_le(index);
    return derive(class_key, id, info.view());
}

Hash32 segment_key_id(const crypto::Secret& segment_key) {
    return crypto::sha256({as_bytes("lucid/sk/1"), segment_key.expose()});
}

Hash32 key_commitment(const SessionId& id, const crypto::Secret& session_key) {
    return crypto::sha256({as_bytes("lucid/kc/1"), id.bytes, session_key.expose()});
}

}  // namespace lucid::sessions::format
