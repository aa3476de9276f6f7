// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::crypto {

inline constexpr std::size_t aead_tag_bytes = 16;

/// ChaCha20-Poly1305 (RFC 8439): returns ciphertext ‖ 16-byte tag. A (key, nonce) pair is used
/// once.
[[nodiscard]] Bytes aead_seal(const Hash32& key, const ByteArray<12>& nonce, ByteView aad,
                              ByteView plaintext);
/// The same into `out`, which has plaintext.size() + aead_tag_bytes bytes.
void aead_seal_to(const Hash32& key, const ByteArray<12>& nonce, ByteView aad, ByteView plaintext,
                  MutableByteView out);
/// Errc::bad_mac if key, nonce, AAD or ciphertext do not belong together.
Result<Bytes> aead_open(const Hash32& key, const ByteArray<12>& nonce, ByteView aad,
                        ByteView ciphertext_and_tag);

}  // namespace lucid::crypto
