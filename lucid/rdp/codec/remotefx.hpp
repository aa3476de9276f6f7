// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// RemoteFX (MS-RDPRFX): messages of blocks, from surface commands and RDPGFX_CODECID_CAVIDEO.
/// The stream has headers once (sync, versions, channels, context) and frames that refer to them;
/// each tile is coded by itself, so nothing else is kept. State to save: under 32 bytes.

#include <lucid/rdp/codec/pixels.hpp>

#include <vector>

namespace lucid::rdp::codec {

/// Rectangles of one region; with 65535 tiles in a set this bounds the work of clipping.
inline constexpr std::size_t remotefx_rects_max = 4096;

class RemoteFxDecoder {
  public:
    RemoteFxDecoder();

    /// Forgets the headers, as a new connection or capability exchange does.
    void reset();
    /// Decodes one message (whole blocks, TS_RFX_*) and draws its tiles, clipped to the
    /// rectangles of their region, with the message's (0, 0) at `origin` of the target; what lies
    /// outside of the target is not drawn. Appends the drawn rectangles, in target coordinates.
    Result<void> decode(ByteView message, PixelView target, Point origin,
                        std::vector<Rect>& damage);

    /// Appends the state as bytes that restore() takes back.
    void save(Bytes& out) const;
    Result<void> restore(ByteView state);

  private:
    struct Frame;
    Result<void> header_block(std::uint16_t type, ByteView body);
    Result<void> frame_block(std::uint16_t type, ByteView body, Frame& frame);
    Result<void> region(ByteView body, Frame& frame);
    Result<void> tile_set(ByteView body, Frame& frame);
    Result<void> tile(ByteView body, Frame& frame);

    std::uint8_t headers_ = 0;  ///< which header blocks were seen, a bit each
    std::uint8_t entropy_ = 0;  ///< CLW_ENTROPY_RLGR1 or _RLGR3 of the context
    std::uint16_t width_ = 0;   ///< of channel 0
    std::uint16_t height_ = 0;
    std::vector<Rect> rects_;
    Bytes quantizers_;
};

}  // namespace lucid::rdp::codec
