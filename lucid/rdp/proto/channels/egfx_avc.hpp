// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What surrounds H.264 in the graphics pipeline: RFX_AVC420_METABLOCK and _BITMAP_STREAM
/// (MS-RDPEGFX 2.2.4.4), RFX_AVC444_BITMAP_STREAM and _V2 (2.2.4.5, 2.2.4.6).

#include <lucid/rdp/proto/channels/egfx_commands.hpp>

#include <optional>

namespace lucid::rdp::proto::channels {

struct Avc420Stream {
    std::vector<EgfxRect> regions;  ///< relative to the surface
    ByteView h264;                  ///< Annex B
};
inline constexpr std::size_t avc_regions_max = 8192;

Result<Avc420Stream> decode_avc420_stream(ByteView bitmap_data);

/// Main view (luma) and auxiliary view (chroma); one of them may be missing.
struct Avc444Stream {
    std::optional<Avc420Stream> main;
    std::optional<Avc420Stream> auxiliary;
};
Result<Avc444Stream> decode_avc444_stream(ByteView bitmap_data);

}  // namespace lucid::rdp::proto::channels
