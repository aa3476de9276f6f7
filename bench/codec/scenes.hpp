// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/codec/pixels.hpp>

namespace lucid::bench {

/// A picture of the benchmark, packed B, G, R, X.
struct Scene {
    const char* name;
    std::uint32_t width;
    std::uint32_t height;
    Bytes pixels;
    [[nodiscard]] rdp::codec::PixelView view();
};

/// Windows with lines of text on flat colours, as an office session shows.
Scene desktop_scene(std::uint32_t width, std::uint32_t height);
/// Smooth gradients with fine noise, as a photograph.
Scene photo_scene(std::uint32_t width, std::uint32_t height);

}  // namespace lucid::bench
