// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FreeRDP's pixel codecs (libfreerdp2) as an oracle: its encoders make inputs, its decoders say
/// what pixels they stand for. Pictures are packed B, G, R, X. Its tile threads are off, so that a
/// benchmark compares one thread with one.

#include <lucid/common/bytes/bytes.hpp>

#include <memory>
#include <optional>

namespace lucid::test::freerdp {

/// Before anything else: the C forms of its primitives instead of those for this processor. Its
/// vector forms round colours of RemoteFX otherwise than its C forms.
void use_portable_primitives();

struct Area {
    std::uint32_t x, y, width, height;
};

/// Y, U, V of a frame, rows of `strides` bytes.
struct Planes {
    std::array<ByteView, 3> bytes;
    std::array<std::uint32_t, 3> strides;
};

class Codecs {
  public:
    Codecs();
    ~Codecs();

    Bytes encode_interleaved(ByteView picture, std::uint32_t width, std::uint32_t height,
                             std::uint32_t bits);
    bool decode_interleaved(ByteView data, std::uint32_t width, std::uint32_t height,
                            std::uint32_t bits, MutableByteView out);
    /// Rows bottom up, as both of its directions have them.
    Bytes encode_planar(ByteView picture, std::uint32_t width, std::uint32_t height, bool alpha);
    bool decode_planar(ByteView data, std::uint32_t width, std::uint32_t height, bool bottom_up,
                       MutableByteView out);

    /// One RemoteFX message for the areas; the first one of an object has the headers.
    Bytes encode_remotefx(ByteView picture, std::uint32_t width, std::uint32_t height,
                          std::span<const Area> areas, bool rlgr3);
    bool decode_remotefx(ByteView message, std::uint32_t left, std::uint32_t top,
                         std::uint32_t width, std::uint32_t height, MutableByteView out);

    Bytes encode_progressive(ByteView picture, std::uint32_t width, std::uint32_t height);
    /// Context of surface 0, made at its first use.
    bool decode_progressive(ByteView data, std::uint32_t width, std::uint32_t height,
                            MutableByteView out);
    void reset_progressive();

    Bytes encode_nscodec(ByteView picture, std::uint32_t width, std::uint32_t height,
                         std::uint32_t colour_loss, bool subsampled);
    bool decode_nscodec(ByteView data, std::uint32_t width, std::uint32_t height,
                        MutableByteView out);

    bool decode_clear(ByteView data, std::uint32_t x, std::uint32_t y, std::uint32_t rect_width,
                      std::uint32_t rect_height, std::uint32_t width, std::uint32_t height,
                      MutableByteView out);
    /// A new ClearCodec context, with empty caches and no sequence number yet.
    void renew_clear();

    /// Colours of a 4:2:0 frame.
    bool draw_yuv420(const Planes& frame, std::uint32_t width, std::uint32_t height,
                     MutableByteView out);
    /// Both views of AVC444 put together, and their colours. The views have `coded_height` rows.
    bool draw_avc444(const Planes& main, const Planes& auxiliary, bool version_2,
                     std::uint32_t width, std::uint32_t height, std::uint32_t coded_height,
                     MutableByteView out);

  private:
    struct Contexts;
    std::unique_ptr<Contexts> contexts_;
};

}  // namespace lucid::test::freerdp
