// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/nscodec.hpp>

#include <tests/fuzz/rdp/codec/surface.hpp>

using namespace lucid::rdp::codec;

/// Oracle: nothing is drawn outside of the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input;
    if (!fuzz::read_input(data, size, input)) return 0;
    static NsCodecDecoder decoder;
    fuzz::Surface surface(input.size.width, input.size.height);
    const auto order = input.option % 2 == 0 ? RowOrder::top_down : RowOrder::bottom_up;
    (void)decoder.decode(input.data, input.size, order, surface.view());
    surface.check();
    return 0;
}
