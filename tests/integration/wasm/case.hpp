// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A case: streams of one codec and what to decode them into, as bytes that go into the module and
/// into the native program alike.
///
///   kind u8 | option u8 | width u16 | height u16 | streams u16 | (length u32 | bytes) each
///
/// Its result is the pixels after the last stream.

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::test {

enum class CaseKind : std::uint8_t {
    interleaved,  ///< option: bits per pixel
    planar,       ///< option: 1 for rows bottom up
    nscodec,
    remotefx,
    progressive,
    clear,
};

[[nodiscard]] Bytes make_case(CaseKind kind, std::uint8_t option, std::uint16_t width,
                              std::uint16_t height, const std::vector<Bytes>& streams);

/// Decodes the streams with decoders of its own. What a decoder refuses leaves what it has drawn,
/// so damaged streams are cases too.
[[nodiscard]] Bytes run_case(ByteView bytes);

}  // namespace lucid::test
