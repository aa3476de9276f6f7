// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/avc/ffmpeg_decoder.hpp>

#include <algorithm>
#include <tests/support/conformance_data.hpp>

#include "captures.hpp"
#include "grey_decoder.hpp"
#include <gtest/gtest.h>

// H.264 in the graphics pipeline: streams captured from a Windows host (conformance data).

namespace lucid::rdp::picture {
namespace {

struct Pipeline {
    PixelBudget budget{pixel_memory_max};
    Screen screen{budget};
    GraphicsPipeline graphics{budget, screen, avc::make_ffmpeg_decoder};
};

Bytes stream(const std::string& name) {
    return test::rdp_conformance_file("ironrdp/crates/ironrdp-replay-client/test_data/" + name +
                                      ".data");
}

/// Lengths of the commands of a stream, in order.
std::vector<ByteView> commands_of(ByteView bytes) {
    std::vector<ByteView> commands;
    while (bytes.size() >= 8) {
        const std::size_t length =
            bytes[4] | bytes[5] << 8U | bytes[6] << 16U | std::size_t{bytes[7]} << 24;
        if (length < 8 || length > bytes.size()) break;
        commands.push_back(bytes.first(length));
        bytes = bytes.subspan(length);
    }
    return commands;
}

TEST(Avc, streams_of_windows_are_drawn) {
    if (!test::has_rdp_conformance_data()) GTEST_SKIP() << test::rdp_conformance_archive();
    for (const std::string name : {"sample1_avc444", "sample1_avc444v2", "sample2_avc444"}) {
        const auto bytes = stream(name);
        Pipeline p;
        const auto drawn = p.graphics.commands(bytes);
        ASSERT_TRUE(drawn) << name << " " << drawn.error().message();
        EXPECT_EQ(p.screen.pixels().width(), 1024U) << name;
        EXPECT_GT(p.graphics.frames(), 0U) << name;
        const auto pixels = p.screen.pixels().bytes();
        EXPECT_TRUE(
            std::any_of(pixels.begin(), pixels.end(), [](auto b) { return b > 0x10 && b < 0xf0; }));
    }
}

TEST(Avc, a_saved_stream_goes_on_to_the_same_picture) {
    if (!test::has_rdp_conformance_data()) GTEST_SKIP() << test::rdp_conformance_archive();
    const auto bytes = stream("sample1_avc444v2");
    const auto commands = commands_of(bytes);
    Pipeline whole;
    ASSERT_TRUE(whole.graphics.commands(bytes));
    for (const auto split : {commands.size() / 3, commands.size() / 2, commands.size() - 2}) {
        Pipeline first;
        for (std::size_t i = 0; i < split; ++i) ASSERT_TRUE(first.graphics.commands(commands[i]));
        StateWriter w;
        first.screen.save(w);
        const auto saved = first.graphics.save(w);
        ASSERT_TRUE(saved) << saved.error().message();
        const auto snapshot = std::move(w).take();
        Pipeline second;
        auto r = StateReader::open(snapshot.bytes);
        ASSERT_TRUE(r && second.screen.restore(*r));
        const auto restored = second.graphics.restore(*r);
        ASSERT_TRUE(restored) << restored.error().message();
        for (std::size_t i = split; i < commands.size(); ++i)
            ASSERT_TRUE(second.graphics.commands(commands[i]));
        EXPECT_EQ(to_bytes(second.screen.pixels().bytes()), to_bytes(whole.screen.pixels().bytes()))
            << split;
    }
}

TEST(Avc, what_is_no_picture_is_an_error_and_the_next_one_is_drawn) {
    const auto decoder = avc::make_ffmpeg_decoder();
    ASSERT_TRUE(decoder);
    EXPECT_FALSE((*decoder)->decode({}));
    EXPECT_FALSE((*decoder)->decode(Bytes(100, 0x55)));
    EXPECT_FALSE((*decoder)->decode(Bytes{0, 0, 0, 1, 0x65, 0xff, 0xff}));
}

TEST(Avc, finds_idr_pictures) {
    EXPECT_TRUE(has_idr(Bytes{0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x65, 9}));
    EXPECT_FALSE(has_idr(Bytes{0, 0, 0, 1, 0x41, 1, 2, 0, 0, 0, 1, 0x61, 9}));
    EXPECT_FALSE(has_idr(Bytes{0, 0, 1}));
}

TEST(Avc, a_stream_too_long_since_its_last_idr_cannot_be_saved) {
    AvcSurface surface(std::make_unique<test::GreyDecoder>());
    Bytes pixels(16 * 16 * 4);
    const auto view = *codec::PixelView::make(pixels, 16, 16, 64);
    std::vector<codec::Rect> damage;
    Bytes unit(1 << 20);
    const auto draw = [&] {
        proto::channels::Avc420Stream s;
        s.regions = {{0, 0, 16, 16}};
        s.h264 = unit;
        return surface.draw_420(s, view, damage);
    };
    for (std::size_t sum = 0; sum + unit.size() + 4 <= avc_history_bytes_max;
         sum += unit.size() + 4)
        ASSERT_TRUE(draw());
    StateWriter fits;
    EXPECT_TRUE(surface.save(fits));
    ASSERT_TRUE(draw());
    StateWriter w;
    EXPECT_FALSE(surface.save(w));
    unit = {0, 0, 1, 0x65, 0};
    ASSERT_TRUE(draw());
    EXPECT_TRUE(surface.save(w)) << "an IDR picture begins anew";
}

}  // namespace
}  // namespace lucid::rdp::picture
