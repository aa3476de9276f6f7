// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/channels/egfx_avc.hpp>

namespace lucid::rdp::proto::channels {
namespace {

/// LC: which views the message holds.
constexpr unsigned both_views = 0;
constexpr unsigned main_only = 1;
constexpr unsigned auxiliary_only = 2;
constexpr std::uint32_t length_mask = 0x3fffffff;

}  // namespace

Result<Avc420Stream> decode_avc420_stream(ByteView bitmap_data) {
    Reader r(bitmap_data);
    LUCID_TRY(const auto count, r.u32_le("numRegionRects"));
    if (count > avc_regions_max) return fail(Errc::limit_exceeded, "numRegionRects", count);
    Avc420Stream stream;
    for (std::uint32_t i = 0; i < count; ++i) {
        EgfxRect rect;
        LUCID_TRY(rect.left, r.u16_le("regionRect"));
        LUCID_TRY(rect.top, r.u16_le("regionRect"));
        LUCID_TRY(rect.right, r.u16_le("regionRect"));
        LUCID_TRY(rect.bottom, r.u16_le("regionRect"));
        if (rect.right < rect.left || rect.bottom < rect.top)
            return fail(Errc::bad_value, "regionRect", r.offset());
        stream.regions.push_back(rect);
    }
    LUCID_CHECK(r.skip(std::size_t{2} * count, "quantQualityVals"));
    stream.h264 = r.rest();
    return stream;
}

Result<Avc444Stream> decode_avc444_stream(ByteView bitmap_data) {
    Reader r(bitmap_data);
    LUCID_TRY(const auto info, r.u32_le("avc420EncodedBitstreamInfo"));
    const auto length = info & length_mask;
    Avc444Stream stream;
    switch (info >> 30) {
        case both_views: {
            LUCID_TRY(const auto main, r.take(length, "avc420EncodedBitstream1"));
            LUCID_TRY(stream.main, decode_avc420_stream(main));
            LUCID_TRY(stream.auxiliary, decode_avc420_stream(r.rest()));
            return stream;
        }
        case main_only: {
            // The length is that of the first stream, or zero from some encoders: all of the rest.
            LUCID_TRY(stream.main, decode_avc420_stream(r.rest()));
            return stream;
        }
        case auxiliary_only: {
            LUCID_TRY(stream.auxiliary, decode_avc420_stream(r.rest()));
            return stream;
        }
        default:
            return fail(Errc::bad_value, "LC", info >> 30);
    }
}

}  // namespace lucid::rdp::proto::channels
