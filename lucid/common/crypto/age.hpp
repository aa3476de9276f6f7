// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// age v1 files (C2SP age.md) with X25519 recipients: what evidence envelopes are. Debian's `age`
/// opens what seal() writes and the other way round.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::crypto::age {

/// "age1…": an X25519 public key.
struct Recipient {
    ByteArray<32> public_key{};
    [[nodiscard]] std::string text() const;
    static Result<Recipient> parse(std::string_view text);
};

/// "AGE-SECRET-KEY-1…": an X25519 secret.
class Identity {
  public:
    static Identity generate();
    /// Accepts the bare key line or a key file with # comments around one key line.
    static Result<Identity> parse(std::string_view text);
    [[nodiscard]] Recipient recipient() const;
    /// The key line, upper case. The caller owns a secret now.
    [[nodiscard]] Secret text() const;
    [[nodiscard]] const Secret& expose() const { return secret_; }

  private:
    Secret secret_;
};

/// Most recipients of one file that we write or read.
inline constexpr std::size_t recipients_max = 64;

/// Randomness from the operating system; plaintext up to 64 MiB.
Result<Bytes> seal(ByteView plaintext, std::span<const Recipient> recipients);
/// Errc::refused when no stanza is for this identity.
Result<Secret> open(ByteView file, const Identity& identity);

}  // namespace lucid::crypto::age
