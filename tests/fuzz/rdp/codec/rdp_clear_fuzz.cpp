// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/alpha.hpp>
#include <lucid/rdp/codec/clear.hpp>

#include <tests/fuzz/rdp/codec/surface.hpp>

using namespace lucid::rdp::codec;

/// An input is streams behind 16-bit lengths, so that caches fill. Oracle: nothing is drawn outside
/// of the target; what is saved is restored to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input;
    if (!fuzz::read_input(data, size, input)) return 0;
    ClearDecoder decoder;
    fuzz::Surface surface(input.size.width, input.size.height);
    auto rest = input.data;
    while (rest.size() > 2) {
        const std::size_t length = rest[0] | rest[1] << 8;
        const auto stream = rest.subspan(2, std::min(length, rest.size() - 2));
        (void)decoder.decode(stream, surface.view());
        rest = rest.subspan(2 + stream.size());
    }
    (void)decode_alpha(input.data, surface.view());
    surface.check();
    lucid::Bytes state, again;
    decoder.save(state);
    ClearDecoder restored;
    if (!restored.restore(state)) std::abort();
    restored.save(again);
    if (state != again) std::abort();
    (void)restored.restore(input.data);
    return 0;
}
