// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// An H.264 decoder that gives one grey picture of 16 x 16 for whatever it is asked.

#include <lucid/rdp/picture/avc_decoder.hpp>

namespace lucid::test {

class GreyDecoder final : public rdp::picture::AvcDecoder {
  public:
    Result<rdp::codec::Yuv420Frame> decode(ByteView) override {
        rdp::codec::Yuv420Frame frame;
        frame.width = frame.height = 16;
        frame.y = {luma_, 16};
        frame.u = frame.v = {chroma_, 8};
        return frame;
    }
    static Result<std::unique_ptr<rdp::picture::AvcDecoder>> make() {
        return std::make_unique<GreyDecoder>();
    }

  private:
    Bytes luma_ = Bytes(256, 0x80);
    Bytes chroma_ = Bytes(64, 0x80);
};

}  // namespace lucid::test
