// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/avc444.hpp>

#include <tests/fuzz/rdp/codec/surface.hpp>

using namespace lucid::rdp::codec;

/// The input is the planes of a frame of any shape, and rectangles of its first bytes. Oracle:
/// nothing is drawn outside of the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input;
    if (!fuzz::read_input(data, size, input) || input.data.size() < 8) return 0;
    const auto bytes = input.data;
    const std::size_t luma = bytes.size() * 2 / 3;
    const Yuv420Frame frame{{bytes.first(luma), bytes[0]},
                            {bytes.subspan(luma), bytes[1]},
                            {bytes.subspan(luma / 2), bytes[2]},
                            bytes[3],
                            bytes[4]};
    const Rect rects[] = {{bytes[5], bytes[6], bytes[7], 0xffffffff},
                          {0, 0, input.size.width, input.size.height}};
    fuzz::Surface surface(input.size.width, input.size.height);
    Avc444Combiner combiner;
    if (!combiner.reset({1U + input.option, input.size.height})) std::abort();
    (void)combiner.take_main(frame, rects);
    (void)combiner.take_auxiliary(frame, rects, Avc444Version::v1);
    (void)combiner.take_auxiliary(frame, rects, Avc444Version::v2);
    combiner.draw(rects, surface.view());
    (void)draw_yuv420(frame, rects[0], surface.view());
    surface.check();
    (void)combiner.restore(bytes);
    return 0;
}
