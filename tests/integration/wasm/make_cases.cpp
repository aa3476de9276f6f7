// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <bench/codec/scenes.hpp>
#include <filesystem>
#include <random>
#include <tests/integration/wasm/case.hpp>
#include <tests/integration/wasm/make_cases.hpp>
#include <tests/support/clear_writer.hpp>
#include <tests/support/freerdp_codecs.hpp>
#include <tests/support/progressive_writer.hpp>
#include <tests/unit/rdp/codec/conformance.hpp>

namespace lucid::test {

namespace {

using rdp::codec::test::make_picture;
namespace vectors = rdp::codec::test;

using Cases = std::map<std::string, Bytes>;

void add_vectors(Cases& out) {
    const auto data = vectors::conformance_data();
    if (!data) return;
    const auto iron = *data / "ironrdp/crates";
    for (const auto& entry :
         std::filesystem::directory_iterator(iron / "ironrdp-testsuite-core/test_data/rle")) {
        const auto name = entry.path().stem().string();
        if (!name.ends_with("-compressed")) continue;
        for (const std::uint16_t height : {std::uint16_t{56}, std::uint16_t{64}})
            out["rle_" + name.substr(5, 8) + "_" + std::to_string(height)] =
                make_case(CaseKind::interleaved, 16, 64, height, {vectors::read_all(entry.path())});
    }
    for (const auto& entry :
         std::filesystem::directory_iterator(iron / "ironrdp-graphics/src/rdp6/test_assets")) {
        if (entry.path().extension() != ".bin") continue;
        const auto name = entry.path().stem().string();
        out["rdp6_" + name] =
            make_case(CaseKind::planar, 0, static_cast<std::uint16_t>(std::stoul(name)),
                      static_cast<std::uint16_t>(std::stoul(name.substr(3))),
                      {vectors::read_all(entry.path())});
    }
}

void add_made(Cases& out, std::uint32_t seed) {
    freerdp::Codecs peer;
    ClearWriter clear;
    constexpr std::uint16_t width = 148, height = 91;
    auto picture = make_picture(width, height, seed);
    const auto& pixels = picture.bytes;
    const auto view = picture.view();
    const auto suffix = "_" + std::to_string(seed);
    const freerdp::Area areas[] = {{0, 0, width, height}, {10, 20, 50, 60}};
    for (const bool rlgr3 : {false, true}) {
        freerdp::Codecs encoder;
        const auto message = encoder.encode_remotefx(pixels, width, height, areas, rlgr3);
        out[(rlgr3 ? "remotefx3" : "remotefx1") + suffix] =
            make_case(CaseKind::remotefx, 0, width, height, {message});
    }
    for (const bool extrapolate : {true, false}) {
        ProgressiveWriter writer(width, height, extrapolate);
        std::vector<Bytes> passes = {writer.first(view, 6)};
        passes.push_back(writer.upgrade(3));
        passes.push_back(writer.upgrade(0));
        out[(extrapolate ? "progressive" : "progressive_plain") + suffix] =
            make_case(CaseKind::progressive, 0, width, height, passes);
    }
    out["planar" + suffix] = make_case(CaseKind::planar, 1, width, height,
                                       {peer.encode_planar(pixels, width, height, true)});
    for (const std::uint8_t loss : Bytes{1, 3, 6})
        out["nscodec" + std::to_string(loss) + suffix] =
            make_case(CaseKind::nscodec, 0, width, height,
                      {peer.encode_nscodec(pixels, width, height, loss, loss != 1)});
    // Its encoder takes 64 by 64 at most.
    const auto tile = make_picture(64, 64, seed);
    for (const std::uint8_t bits : Bytes{15, 16, 24})
        out["interleaved" + std::to_string(bits) + suffix] =
            make_case(CaseKind::interleaved, bits, 64, 64,
                      {peer.encode_interleaved(tile.bytes, 64, 64, bits)});
    out["clear" + suffix] = make_case(
        CaseKind::clear, 0, width, height,
        {clear.bands(view), clear.residual(view), clear.bands(view), clear.subcodec(view, 0)});
}

/// Any bytes of a case but its head changed: both sides refuse or draw the same.
void add_damaged(Cases& out) {
    std::mt19937 random(11);
    Cases damaged;
    for (const auto& [name, bytes] : out) {
        Bytes copy = bytes;
        for (int i = 0; i < 6; ++i)
            copy[12 + random() % (copy.size() - 12)] = static_cast<std::uint8_t>(random());
        damaged["damaged_" + name] = std::move(copy);
    }
    out.merge(damaged);
}

void add_large(Cases& out) {
    constexpr std::uint16_t width = 1920, height = 1080;
    auto scene = bench::desktop_scene(width, height);
    freerdp::Codecs peer;
    const freerdp::Area whole{0, 0, width, height};
    out["large_remotefx"] =
        make_case(CaseKind::remotefx, 0, width, height,
                  {peer.encode_remotefx(scene.pixels, width, height, {&whole, 1}, false)});
    ProgressiveWriter writer(width, height, true);
    std::vector<Bytes> passes = {writer.first(scene.view(), 5)};
    passes.push_back(writer.upgrade(2));
    passes.push_back(writer.upgrade(0));
    out["large_progressive"] = make_case(CaseKind::progressive, 0, width, height, passes);
    out["large_planar"] = make_case(CaseKind::planar, 1, width, height,
                                    {peer.encode_planar(scene.pixels, width, height, false)});
    ClearWriter clear;
    out["large_clear"] = make_case(CaseKind::clear, 0, width, height, {clear.bands(scene.view())});
    out["large_nscodec"] = make_case(CaseKind::nscodec, 0, width, height,
                                     {peer.encode_nscodec(scene.pixels, width, height, 3, true)});
}

}  // namespace

std::map<std::string, Bytes> make_cases() {
    Cases out;
    add_vectors(out);
    for (std::uint32_t seed = 0; seed < 4; ++seed) add_made(out, seed);
    add_damaged(out);
    add_large(out);
    return out;
}

}  // namespace lucid::test
