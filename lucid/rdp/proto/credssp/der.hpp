// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The little of DER (X.690) that CredSSP and SPNEGO use, strictly: definite, minimal lengths,
/// exact tags, nothing left over.

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>

#include <optional>

namespace lucid::rdp::proto::credssp::der {

inline constexpr std::uint8_t tag_integer = 0x02;
inline constexpr std::uint8_t tag_bit_string = 0x03;
inline constexpr std::uint8_t tag_octet_string = 0x04;
inline constexpr std::uint8_t tag_oid = 0x06;
inline constexpr std::uint8_t tag_enumerated = 0x0a;
inline constexpr std::uint8_t tag_sequence = 0x30;
/// Constructed context tag [n].
[[nodiscard]] constexpr std::uint8_t context(unsigned n) {
    return static_cast<std::uint8_t>(0xa0 | n);
}
/// Constructed application tag [n].
[[nodiscard]] constexpr std::uint8_t application(unsigned n) {
    return static_cast<std::uint8_t>(0x60 | n);
}

/// Content of the next element, which must have this tag.
Result<ByteView> take(Reader& r, std::uint8_t tag, const char* field);
/// The same, or nothing when the next tag is another one (or the input is over).
Result<std::optional<ByteView>> take_optional(Reader& r, std::uint8_t tag, const char* field);
/// Non-negative INTEGER of at most four octets.
Result<std::uint32_t> take_unsigned(Reader& r, const char* field);

/// tag ‖ length ‖ content.
[[nodiscard]] Bytes element(std::uint8_t tag, ByteView content);
/// Minimal INTEGER of a small non-negative value.
[[nodiscard]] Bytes integer(std::uint32_t value);

/// Length of the whole element at the front of a stream, or nothing while it cannot be told yet.
/// Errc::limit_exceeded above `bytes_max`.
Result<std::optional<std::size_t>> peek_element(ByteView stream, std::uint8_t tag,
                                                std::size_t bytes_max);

}  // namespace lucid::rdp::proto::credssp::der
