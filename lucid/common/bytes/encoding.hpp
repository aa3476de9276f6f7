// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Text encodings of bytes. Decoders accept exactly one spelling: lower-case hex, RFC 4648 base64
/// without line breaks (padding as named), lower-case RFC 4648 base32 without padding.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid {

[[nodiscard]] std::string to_hex(ByteView bytes);
/// Lower- or upper-case digits, even length, no prefix.
Result<Bytes> from_hex(std::string_view text);
/// Hex of exactly 32 bytes.
Result<Hash32> hash32_from_hex(std::string_view text);

[[nodiscard]] std::string to_base64(ByteView bytes);           ///< padded
[[nodiscard]] std::string to_base64_unpadded(ByteView bytes);  ///< as age headers use it
Result<Bytes> from_base64(std::string_view text);
Result<Bytes> from_base64_unpadded(std::string_view text);

[[nodiscard]] std::string to_base32(ByteView bytes);

/// Bech32 (BIP 173) with the given human-readable part: age identities and recipients.
[[nodiscard]] std::string to_bech32(std::string_view prefix, ByteView bytes);
Result<Bytes> from_bech32(std::string_view prefix, std::string_view text);

}  // namespace lucid
