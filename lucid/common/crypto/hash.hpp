// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Hashes, MACs and key derivation. MD4, MD5 and RC4 exist for NTLM alone (MS-NLMP) and must not be
/// used for anything new.

#include <lucid/common/bytes/bytes.hpp>

#include <initializer_list>
#include <memory>

namespace lucid::crypto {

[[nodiscard]] Hash32 sha256(ByteView data);
/// Hash of the concatenation, without building it.
[[nodiscard]] Hash32 sha256(std::initializer_list<ByteView> parts);
[[nodiscard]] ByteArray<64> sha512(ByteView data);
/// Keccak-256 with the original padding, as Ethereum uses it (not SHA3-256).
[[nodiscard]] Hash32 keccak256(ByteView data);
[[nodiscard]] ByteArray<20> ripemd160(ByteView data);
[[nodiscard]] ByteArray<16> md4(ByteView data);
[[nodiscard]] ByteArray<16> md5(ByteView data);

[[nodiscard]] Hash32 hmac_sha256(ByteView key, ByteView data);
[[nodiscard]] ByteArray<16> hmac_md5(ByteView key, ByteView data);
[[nodiscard]] ByteArray<16> hmac_md5(ByteView key, std::initializer_list<ByteView> parts);

/// HKDF-SHA256 (RFC 5869), extract then expand to 32 bytes.
[[nodiscard]] Hash32 hkdf_sha256(ByteView key, ByteView salt, ByteView info);
/// The same with an output of any length up to 255 * 32.
void hkdf_sha256(ByteView key, ByteView salt, ByteView info, MutableByteView out);

/// Incremental SHA-256.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void update(ByteView data);
    /// Ends the computation; the object is reset and may be used again.
    [[nodiscard]] Hash32 finish();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// RC4 key stream; encrypting and decrypting are the same.
class Rc4 {
  public:
    explicit Rc4(ByteView key);
    void apply(MutableByteView data);

  private:
    ByteArray<256> state_{};
    std::uint8_t i_ = 0;
    std::uint8_t j_ = 0;
};

}  // namespace lucid::crypto
