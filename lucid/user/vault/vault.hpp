// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Seals small secrets (host passwords, ticket hashes) with the node's vault key. Only the core
/// process opens it.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

#include <string>
#include <string_view>

namespace lucid::user::vault {

class Vault {
  public:
    /// `key` has 32 bytes.
    explicit Vault(crypto::Secret key);
    /// Makes keys/vault.key (Errc::already_exists if it is there).
    static Result<void> create_key(const std::string& path);
    static Result<Vault> open(const std::string& path);

    /// nonce (12) ‖ ciphertext ‖ tag. `purpose` and `name` are authenticated: a sealed value cannot
    /// be moved to another row or column.
    [[nodiscard]] Bytes seal(std::string_view purpose, std::string_view name,
                             ByteView secret) const;
    Result<crypto::Secret> open_sealed(std::string_view purpose, std::string_view name,
                                       ByteView sealed) const;

  private:
    /// A key of its own for each value: random nonces never meet under one key.
    [[nodiscard]] Hash32 value_key(std::string_view purpose, std::string_view name) const;
    crypto::Secret key_;
};

}  // namespace lucid::user::vault
