// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One plane of an RDP 6.0 bitmap (MS-RDPEGDI 2.2.2.5.1.1 RDP6_RLE_SEGMENTS, 3.1.9.2).

#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::rdp::codec {

/// Bytes behind a plane that may be written while it is decoded.
inline constexpr std::size_t plane_slack_bytes = 64;

/// Decodes the run-length segments of a plane of `size` at the front of `reader` into `out`, which
/// has its bytes and plane_slack_bytes more: the first row absolute, the others as differences to
/// the row above.
Result<void> decode_plane_rle(Reader& reader, BitmapSize size, MutableByteView out);

}  // namespace lucid::rdp::codec
