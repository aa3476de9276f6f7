// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The key schedule of a recording (evidence specification, Recording, keys).

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/ids/session_id.hpp>
#include <lucid/sessions/format/event.hpp>

namespace lucid::sessions::format {

/// HKDF(K, salt = session id, info = "lucid/class/1" ‖ class); K has 32 bytes.
[[nodiscard]] crypto::Secret class_key(const crypto::Secret& session_key, const SessionId& id,
                                       EventClass event_class);
/// HKDF(class key, salt = session id, info = "lucid/seg/1" ‖ u64 index).
[[nodiscard]] crypto::Secret segment_key(const crypto::Secret& class_key, const SessionId& id,
                                         std::uint64_t index);
/// H("lucid/sk/1" ‖ segment key): names the key in the segment's header.
[[nodiscard]] Hash32 segment_key_id(const crypto::Secret& segment_key);
/// H("lucid/kc/1" ‖ session id ‖ K): binds every envelope to the manifest.
[[nodiscard]] Hash32 key_commitment(const SessionId& id, const crypto::Secret& session_key);

}  // namespace lucid::sessions::format
