// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::crypto {

using EthereumAddress = ByteArray<20>;

struct RecoverableSignature {
    Hash32 r{};
    Hash32 s{};
    /// Parity of R.y, 0 or 1 (Ethereum's yParity).
    std::uint8_t y_parity = 0;
};

/// A secp256k1 key pair, as accounts of the chain use it.
class Secp256k1Key {
  public:
    /// Errc::bad_value unless `secret` has 32 bytes and lies in [1, n).
    static Result<Secp256k1Key> from_secret(Secret secret);
    /// RFC 6979 nonce, low s.
    [[nodiscard]] RecoverableSignature sign(const Hash32& digest) const;
    /// Uncompressed point without the leading 0x04.
    [[nodiscard]] const ByteArray<64>& public_key() const { return public_key_; }
    /// Last 20 bytes of keccak256(public key).
    [[nodiscard]] EthereumAddress address() const;
    [[nodiscard]] ByteView expose_secret() const { return secret_.expose(); }

  private:
    Secp256k1Key() = default;
    Secret secret_;
    ByteArray<64> public_key_{};
};

/// Public key (64 bytes) that made the signature. High s is accepted here: the precompile needs it;
/// transactions check low s themselves.
Result<ByteArray<64>> secp256k1_recover(const Hash32& digest,
                                        const RecoverableSignature& signature);
[[nodiscard]] EthereumAddress address_of(const ByteArray<64>& public_key);

}  // namespace lucid::crypto
