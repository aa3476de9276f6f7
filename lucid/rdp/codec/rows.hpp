// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Rows of 8-bit planes merged into pixels: what planar bitmaps and NSCodec share.

#include <cstddef>
#include <cstdint>

namespace lucid::rdp::codec {

/// One row of each plane. Without alpha (null) pixels are opaque.
struct PlaneRows {
    const std::uint8_t* alpha = nullptr;
    const std::uint8_t* first = nullptr;   ///< R or Y
    const std::uint8_t* second = nullptr;  ///< G or Co
    const std::uint8_t* third = nullptr;   ///< B or Cg
    unsigned chroma_step = 1;              ///< pixels to one sample of Co and Cg: 1 or 2
};

void merge_rgb(const PlaneRows& rows, std::uint8_t* out, std::size_t width);

/// Which of red and blue a positive orange chroma raises. NSCodec says red (MS-RDPNSC 3.1.8.3), and
/// so does the text on RDP 6.0 bitmaps; yet servers and clients of those agree on blue.
enum class Orange : bool { raises_red, raises_blue };

/// Y, Co, Cg to B, G, R (MS-RDPEGDI 3.1.9.1.2, MS-RDPNSC 3.1.8.3): chroma is shifted left by
/// `shift` bits, which restores the lost levels and the halving, and read as signed bytes.
void merge_ycocg(const PlaneRows& rows, Orange orange, unsigned shift, std::uint8_t* out,
                 std::size_t width);

}  // namespace lucid::rdp::codec
