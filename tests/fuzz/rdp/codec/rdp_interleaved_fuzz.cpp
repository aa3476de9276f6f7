// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/interleaved.hpp>

#include <tests/fuzz/rdp/codec/surface.hpp>

using namespace lucid::rdp::codec;

/// Oracle: nothing is drawn outside of the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input;
    if (!fuzz::read_input(data, size, input)) return 0;
    static InterleavedDecoder decoder;
    static const Palette palette = {};
    fuzz::Surface surface(input.size.width, input.size.height);
    constexpr std::uint32_t depths[] = {8, 15, 16, 24};
    (void)decoder.decode(input.data, depths[input.option % 4], input.size, palette, surface.view());
    surface.check();
    return 0;
}
