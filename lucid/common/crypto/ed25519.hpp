// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/crypto/secret.hpp>

namespace lucid::crypto {

using Ed25519PublicKey = ByteArray<32>;
using Ed25519Signature = ByteArray<64>;

/// Ed25519 (RFC 8032) signing key from its 32-byte seed.
class Ed25519Key {
  public:
    /// `seed` must have 32 bytes.
    explicit Ed25519Key(Secret seed);
    [[nodiscard]] const Ed25519PublicKey& public_key() const { return public_key_; }
    [[nodiscard]] Ed25519Signature sign(ByteView message) const;
    [[nodiscard]] ByteView expose_seed() const { return seed_.expose(); }

  private:
    Secret seed_;
    Secret expanded_;
    Ed25519PublicKey public_key_{};
};

/// Strict verification: s < L, no small-order keys.
[[nodiscard]] bool ed25519_verify(const Ed25519PublicKey& key, ByteView message,
                                  const Ed25519Signature& signature);

}  // namespace lucid::crypto
