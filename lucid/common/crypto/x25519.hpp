// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::crypto {

/// Public key of a 32-byte X25519 secret (RFC 7748).
[[nodiscard]] ByteArray<32> x25519_public(const Secret& secret);
/// Shared secret; Errc::bad_value where the result is all zero (low-order peer key).
Result<Secret> x25519(const Secret& secret, const ByteArray<32>& peer);

}  // namespace lucid::crypto
