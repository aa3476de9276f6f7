// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the codec tests share: the conformance data of others, unpacked once for each program, and
/// pictures to decode into.

#include <lucid/rdp/codec/pixels.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <random>

namespace lucid::rdp::codec::test {

/// Folder of the unpacked data, or nothing where the archive does not lie beside the project.
std::optional<std::filesystem::path> conformance_data();

Bytes read_all(const std::filesystem::path& path);

/// An owned picture.
struct Picture {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    Bytes bytes;

    Picture() = default;
    Picture(std::uint32_t w, std::uint32_t h, std::uint8_t value = 0)
        : width(w), height(h), bytes(std::size_t{w} * h * pixel_bytes, value) {}
    [[nodiscard]] PixelView view();
    /// Colours without alpha, row by row.
    [[nodiscard]] std::vector<std::uint32_t> colours() const;
};

/// An uncompressed BMP of 24 or 32 bits.
Picture read_bmp(const std::filesystem::path& path);

/// A picture with flat areas, edges, gradients, text-like marks and noise, from a seed.
Picture make_picture(std::uint32_t width, std::uint32_t height, std::uint32_t seed);

/// Runs a decoder on every prefix of `data` and on damage of every byte (at most about `runs`
/// runs of each, spread evenly). What it returns is of no matter; sanitizers watch.
void cut_and_damage(ByteView data, std::size_t runs, const std::function<void(ByteView)>& decode);

}  // namespace lucid::rdp::codec::test
