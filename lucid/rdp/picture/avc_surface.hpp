// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The H.264 side of one surface (MS-RDPEGFX 3.3.8.3): one decoder for both views of AVC444, the
/// 4:4:4 planes, and what has to be decoded again to come to the same state.

#include <lucid/rdp/codec/avc444.hpp>
#include <lucid/rdp/picture/avc_decoder.hpp>
#include <lucid/rdp/picture/state.hpp>
#include <lucid/rdp/proto/channels/egfx_avc.hpp>

namespace lucid::rdp::picture {

/// Access units kept since the last IDR picture. A longer run cannot be saved.
inline constexpr std::size_t avc_history_bytes_max = std::size_t{16} << 20;
/// Surfaces with a decoder; each costs a few pictures of its size in the decoder.
inline constexpr std::size_t avc_surfaces_max = 16;

class AvcSurface {
  public:
    explicit AvcSurface(std::unique_ptr<AvcDecoder> decoder) : decoder_(std::move(decoder)) {}

    /// Draws into the surface and appends the drawn rectangles.
    Result<void> draw_420(const proto::channels::Avc420Stream& stream, codec::PixelView surface,
                          std::vector<codec::Rect>& damage);
    Result<void> draw_444(const proto::channels::Avc444Stream& stream, codec::Avc444Version version,
                          codec::PixelView surface, std::vector<codec::Rect>& damage);

    /// Errc::limit_exceeded: too much since the last IDR picture.
    Result<void> save(StateWriter& w) const;
    Result<void> restore(StateReader& r);

  private:
    Result<codec::Yuv420Frame> decode(ByteView access_unit);

    std::unique_ptr<AvcDecoder> decoder_;
    codec::Avc444Combiner planes_;
    Bytes history_;  ///< u32 length and access unit, repeated
    bool history_complete_ = true;
};

/// Does the access unit hold an IDR slice (NAL unit type 5)?
[[nodiscard]] bool has_idr(ByteView annex_b);

}  // namespace lucid::rdp::picture
