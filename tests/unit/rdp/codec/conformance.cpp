// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <tests/unit/rdp/codec/conformance.hpp>

#include "../../../support/test_paths.hpp"
#include <gtest/gtest.h>

namespace lucid::rdp::codec::test {

namespace fs = std::filesystem;

std::optional<fs::path> conformance_data() {
    static const std::optional<fs::path> unpacked = [] {
        const auto archive = fs::path(lucid::test::conformance_dir) / "rdp/rdp-data.tar.zst";
        std::error_code error;
        const auto size = fs::file_size(archive, error);
        if (error) return std::optional<fs::path>();
        // Named by the archive's size: another archive is unpacked anew.
        const auto folder =
            fs::path(lucid::test::source_dir) / "out/conformance" / ("rdp-" + std::to_string(size));
        if (fs::exists(folder)) return std::optional(folder);
        // Unpacked beside it and renamed, so that two programs at once see all of it or nothing.
        const auto part = fs::path(folder.string() + "." + std::to_string(std::random_device()()));
        fs::create_directories(part);
        const auto command = "tar --zstd -xf '" + archive.string() + "' -C '" + part.string() + "'";
        if (std::system(command.c_str()) != 0) return std::optional<fs::path>();
        fs::rename(part, folder, error);
        if (error) fs::remove_all(part);
        return std::optional(folder);
    }();
    return unpacked;
}

Bytes read_all(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

PixelView Picture::view() {
    return *PixelView::make(bytes, width, height, std::size_t{width} * pixel_bytes);
}

std::vector<std::uint32_t> Picture::colours() const {
    std::vector<std::uint32_t> out(bytes.size() / pixel_bytes);
    std::memcpy(out.data(), bytes.data(), out.size() * pixel_bytes);
    for (auto& pixel : out) pixel &= 0xffffff;
    return out;
}

Picture read_bmp(const fs::path& path) {
    const Bytes file = read_all(path);
    const auto word = [&](std::size_t at) {
        std::int32_t value = 0;
        if (at + 4 <= file.size()) std::memcpy(&value, file.data() + at, 4);
        return value;
    };
    const auto offset = static_cast<std::size_t>(word(10));
    const bool top_down = word(22) < 0;
    const auto bytes = static_cast<std::size_t>(word(28) & 0xffff) / 8;
    Picture out(static_cast<std::uint32_t>(word(18)),
                static_cast<std::uint32_t>(std::abs(word(22))));
    const std::size_t stride = (out.width * bytes + 3) / 4 * 4;
    EXPECT_GE(file.size(), offset + stride * out.height) << path;
    for (std::uint32_t y = 0; y < out.height; ++y) {
        const auto* row = file.data() + offset + stride * (top_down ? y : out.height - 1 - y);
        for (std::uint32_t x = 0; x < out.width; ++x)
            std::memcpy(out.view().row(y) + x * pixel_bytes, row + x * bytes, 3);
    }
    return out;
}

Picture make_picture(std::uint32_t width, std::uint32_t height, std::uint32_t seed) {
    std::mt19937 engine(seed);
    const auto random = [&] { return static_cast<std::uint32_t>(engine()); };
    Picture out(width, height, 0xff);
    const auto view = out.view();
    fill(view, 0xff000000 | (random() & 0xffffff));
    for (int i = 0; i < 12; ++i) {
        const Rect rect{random() % width, random() % height, random() % width + 1,
                        random() % height + 1};
        const auto part = view.clipped(rect);
        const std::uint32_t colour = random() & 0xffffff;
        const auto kind = random() % 4;
        if (kind == 0) fill(part, 0xff000000 | colour);
        for (std::uint32_t y = 0; kind != 0 && y < part.height(); ++y)
            for (std::uint32_t x = 0; x < part.width(); ++x) {
                std::uint32_t pixel = colour;
                if (kind == 1)
                    pixel = (x * 3 & 0xff) | (y * 2 & 0xff) << 8 | ((x + y) & 0xff) << 16;
                if (kind == 2 && (x * 7 + y * 13 + (x * y) % 5) % 6 < 2) pixel = ~colour & 0xffffff;
                if (kind == 3) pixel ^= random() & 0x0f0f0f;
                pixel |= 0xff000000;
                std::memcpy(part.row(y) + x * pixel_bytes, &pixel, pixel_bytes);
            }
    }
    return out;
}

void cut_and_damage(ByteView data, std::size_t runs, const std::function<void(ByteView)>& decode) {
    const std::size_t step = data.size() / runs + 1;
    for (std::size_t size = 0; size < data.size(); size += step) {
        // A copy of exactly that size, so that a read past its end is seen.
        const Bytes cut(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
        decode(cut);
    }
    Bytes damaged = to_bytes(data);
    for (std::size_t at = 0; at < data.size(); at += step) {
        for (const int change : {0x01, 0x80, 0xff}) {
            damaged[at] = static_cast<std::uint8_t>(data[at] ^ change);
            decode(damaged);
            damaged[at] = data[at];
        }
    }
}

}  // namespace lucid::rdp::codec::test
