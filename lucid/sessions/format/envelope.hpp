// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Envelopes (evidence specification, Envelopes): age files whose plaintext is
/// "lucid/env/1" ‖ session id ‖ scope ‖ key.   scope = u8 0 (all) | u8 1 ‖ u8 class | u8 2 ‖ u64
/// first ‖ u64 last

#include <lucid/common/crypto/age.hpp>
#include <lucid/common/ids/session_id.hpp>
#include <lucid/sessions/format/event.hpp>

namespace lucid::sessions::format {

/// The first envelope: the session key for everything.
Result<Bytes> seal_session_envelope(const SessionId& id, const crypto::Secret& session_key,
                                    std::span<const crypto::age::Recipient> recipients);
/// Errc::refused when the identity is no recipient.
Result<crypto::Secret> open_session_envelope(ByteView file, const SessionId& id,
                                             const crypto::age::Identity& identity);

}  // namespace lucid::sessions::format
