// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the compositor needs of an H.264 decoder. It is given from outside: FFmpeg natively
/// (rdp/avc_ffmpeg), the browser's own in the browser, none in a plain WebAssembly module.

#include <lucid/rdp/codec/yuv.hpp>

#include <functional>
#include <memory>

namespace lucid::rdp::picture {

class AvcDecoder {
  public:
    virtual ~AvcDecoder() = default;
    /// One access unit in Annex B; gives the picture it holds (no reordering: RDP encoders send no
    /// B slices). The frame is valid until the next call. Any error is the stream's.
    virtual Result<codec::Yuv420Frame> decode(ByteView access_unit) = 0;
};

/// Makes a decoder per surface; empty: AVC commands are Errc::unsupported.
using MakeAvcDecoder = std::function<Result<std::unique_ptr<AvcDecoder>>()>;

}  // namespace lucid::rdp::picture
