// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/progressive.hpp>

#include <tests/fuzz/rdp/codec/surface.hpp>

using namespace lucid::rdp::codec;

/// An input is messages behind 16-bit lengths, so that tiles are upgraded. Oracle: nothing is drawn
/// outside of the target; what is saved is restored to the same; no more tiles than allowed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input;
    if (!fuzz::read_input(data, size, input)) return 0;
    constexpr std::size_t tiles_max = 3;
    ProgressiveDecoder decoder(tiles_max);
    fuzz::Surface surface(input.size.width, input.size.height);
    std::vector<Rect> damage;
    auto rest = input.data;
    while (rest.size() > 2) {
        const std::size_t length = rest[0] | rest[1] << 8;
        const auto message = rest.subspan(2, std::min(length, rest.size() - 2));
        (void)decoder.decode({1, 1}, message, surface.view(), damage);
        rest = rest.subspan(2 + message.size());
    }
    surface.check();
    if (decoder.tiles() > tiles_max) std::abort();
    lucid::Bytes state, again;
    decoder.save(state);
    ProgressiveDecoder restored(tiles_max);
    if (!restored.restore(state)) std::abort();
    restored.save(again);
    if (state != again) std::abort();
    (void)restored.restore(input.data);
    return 0;
}
