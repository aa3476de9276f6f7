// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Graphics updates of a host, behind bulk decompression and reassembly: bitmaps and palettes
/// (MS-RDPBCGR 2.2.9.1.1.3.1.1, .2), surface commands (2.2.9.2). The payloads of fast-path updates
/// and slow-path update PDUs are the same here. Views point into the payload.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <array>
#include <optional>
#include <variant>
#include <vector>

namespace lucid::rdp::proto {

/// pduType2 of slow-path updates and pointers.
inline constexpr std::uint8_t pdu_type2_update = 0x02;
inline constexpr std::uint8_t pdu_type2_pointer = 0x1b;

/// updateType of slow-path graphics updates (2.2.9.1.1.3.1).
enum class UpdateType : std::uint16_t { orders = 0, bitmap = 1, palette = 2, synchronize = 3 };
Result<UpdateType> decode_update_type(ByteView payload);

/// TS_BITMAP_DATA (2.2.9.1.1.3.1.2.2): right and bottom are inclusive.
struct BitmapRectangle {
    std::uint16_t left = 0;
    std::uint16_t top = 0;
    std::uint16_t right = 0;
    std::uint16_t bottom = 0;
    std::uint16_t width = 0;  ///< of the bitmap, padded to a multiple of four by most hosts
    std::uint16_t height = 0;
    std::uint16_t bits_per_pixel = 0;
    bool compressed = false;
    ByteView data;  ///< without TS_CD_HEADER
};
inline constexpr std::size_t bitmap_rectangles_max = 8192;

/// TS_UPDATE_BITMAP_DATA, updateType included.
Result<std::vector<BitmapRectangle>> decode_bitmap_update(ByteView payload);

/// TS_UPDATE_PALETTE_DATA, updateType included: 256 colours as 0x00RRGGBB.
Result<std::array<std::uint32_t, 256>> decode_palette_update(ByteView payload);

/// TS_SURFCMD_SET_SURF_BITS and _STREAM_SURF_BITS (2.2.9.2.1, 2.2.9.2.2) with TS_BITMAP_DATA_EX.
struct SurfaceBits {
    std::uint16_t left = 0;
    std::uint16_t top = 0;
    std::uint8_t bits_per_pixel = 0;
    std::uint8_t codec_id =
        0;  ///< 0 none, 1 NSCodec, 3 RemoteFX by this project's and FreeRDP's ids
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    ByteView data;
};
/// TS_FRAME_MARKER (2.2.9.2.3).
struct FrameMarker {
    bool end = false;
    std::uint32_t frame_id = 0;
};
/// A client says that it has drawn a frame with pduType2 of a share data PDU (MS-RDPRFX 2.2.3.1:
/// the frame id), once both sides have this capability set (2.2.1.3: frames under way at one time).
inline constexpr std::uint8_t pdu_type2_frame_acknowledge = 0x38;
inline constexpr std::uint16_t capstype_frame_acknowledge = 0x001e;
using SurfaceCommand = std::variant<SurfaceBits, FrameMarker>;
inline constexpr std::size_t surface_commands_max = 8192;

Result<std::vector<SurfaceCommand>> decode_surface_commands(ByteView payload);

/// Codecs by their GUID in the Bitmap Codecs capability set (2.2.7.2.10): the ids that SurfaceBits
/// carries are those of the client's Confirm Active.
enum class BitmapCodec : std::uint8_t { none, nscodec, remotefx, remotefx_image, jpeg, unknown };
struct BitmapCodecId {
    BitmapCodec codec{};
    std::uint8_t id = 0;
};
inline constexpr std::uint16_t capstype_bitmap_codecs = 0x001d;
/// `capability`: the whole set with its header.
Result<std::vector<BitmapCodecId>> decode_bitmap_codecs(ByteView capability);

/// desktopWidth, desktopHeight, preferredBitsPerPixel of the Bitmap capability set (2.2.7.1.2).
struct BitmapCapability {
    std::uint16_t bits_per_pixel = 0;
    std::uint16_t desktop_width = 0;
    std::uint16_t desktop_height = 0;
};
inline constexpr std::uint16_t capstype_bitmap = 0x0002;
Result<BitmapCapability> decode_bitmap_capability(ByteView capability);

}  // namespace lucid::rdp::proto
