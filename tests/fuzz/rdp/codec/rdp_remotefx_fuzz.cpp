// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/remotefx.hpp>

#include <tests/fuzz/rdp/codec/surface.hpp>

using namespace lucid::rdp::codec;

/// Oracle: nothing is drawn outside of the target, and a restored decoder goes on as the saved one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input;
    if (!fuzz::read_input(data, size, input)) return 0;
    RemoteFxDecoder decoder, restored;
    fuzz::Surface first(input.size.width, input.size.height);
    fuzz::Surface second(input.size.width, input.size.height);
    std::vector<Rect> damage;
    const Point origin{input.option % 16U, input.option / 16U};
    (void)decoder.decode(input.data, first.view(), origin, damage);
    first.check();
    lucid::Bytes state;
    decoder.save(state);
    if (!restored.restore(state)) std::abort();
    const bool again = bool(decoder.decode(input.data, second.view(), origin, damage));
    if (again != bool(restored.decode(input.data, second.view(), origin, damage))) std::abort();
    return 0;
}
