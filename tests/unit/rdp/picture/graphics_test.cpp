// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/host_stream.hpp>

#include "captures.hpp"
#include <gtest/gtest.h>

// The graphics pipeline, command by command, through whole PDUs.

namespace lucid::rdp::picture {
namespace {

using test::EgfxWriter;
using test::pixel_at;

class Graphics : public ::testing::Test {
  protected:
    void SetUp() override { open(compositor_); }
    static void open(Compositor& compositor) {
        ASSERT_TRUE(compositor.connect_response(test::connect_response({.channels = 1})));
        ASSERT_TRUE(compositor.server_pdu(test::create_graphics_channel()));
    }
    Result<void> send(EgfxWriter&& w) {
        return compositor_.server_pdu(test::graphics_message(w.view()));
    }
    Result<void> send(const EgfxWriter& w) {
        return compositor_.server_pdu(test::graphics_message(w.view()));
    }
    [[nodiscard]] std::uint32_t at(std::uint32_t x, std::uint32_t y) const {
        return pixel_at(compositor_.screen(), x, y);
    }
    Compositor compositor_{{}};
};

TEST_F(Graphics, a_frame_is_shown_at_its_end) {
    ASSERT_TRUE(send(EgfxWriter().reset_graphics(64, 48)));
    ASSERT_TRUE(send(EgfxWriter().create_surface(1, 32, 16).map_to_output(1, 10, 20)));
    compositor_.take_damage();
    ASSERT_TRUE(send(EgfxWriter().start_frame(5).solid_fill(1, 0x00112233, {{0, 0, 4, 4}})));
    EXPECT_TRUE(compositor_.damage().empty());
    EXPECT_EQ(at(10, 20), 0xff000000U);
    ASSERT_TRUE(send(EgfxWriter().end_frame(5)));
    EXPECT_EQ(compositor_.take_damage(), (std::vector<codec::Rect>{{10, 20, 4, 4}}));
    EXPECT_EQ(at(10, 20), 0xff112233U);
    EXPECT_EQ(at(13, 23), 0xff112233U);
    EXPECT_EQ(at(14, 23), 0xff000000U);
    EXPECT_EQ(compositor_.graphics().frames(), 1U);
    EXPECT_EQ(compositor_.graphics().last_frame_id(), 5U);
    // Outside of a frame at once.
    ASSERT_TRUE(send(EgfxWriter().solid_fill(1, 0x00ffffff, {{30, 14, 40, 40}})));
    EXPECT_EQ(at(41, 35), 0xffffffffU);
}

TEST_F(Graphics, copies_between_surfaces_and_over_themselves) {
    ASSERT_TRUE(send(EgfxWriter()
                         .reset_graphics(64, 48)
                         .create_surface(1, 64, 48)
                         .create_surface(2, 8, 8)
                         .map_to_output(1, 0, 0)));
    ASSERT_TRUE(send(EgfxWriter()
                         .solid_fill(2, 0x000000ff, {{0, 0, 8, 8}})
                         .solid_fill(2, 0x0000ff00, {{0, 0, 1, 1}})
                         .surface_to_surface(2, 1, {0, 0, 4, 4}, {{10, 10}, {20, 20}, {62, 46}})));
    EXPECT_EQ(at(10, 10), 0xff00ff00U);
    EXPECT_EQ(at(23, 23), 0xff0000ffU);
    EXPECT_EQ(at(63, 47), 0xff0000ffU) << "clipped";
    // Moved by one to the right within one surface: no pixel is read after it was written.
    ASSERT_TRUE(send(EgfxWriter().surface_to_surface(1, 1, {10, 10, 14, 14}, {{11, 10}})));
    EXPECT_EQ(at(10, 10), 0xff00ff00U);
    EXPECT_EQ(at(11, 10), 0xff00ff00U);
    EXPECT_EQ(at(12, 10), 0xff0000ffU);
    EXPECT_FALSE(send(EgfxWriter().surface_to_surface(2, 1, {0, 0, 9, 8}, {{0, 0}})));
    EXPECT_FALSE(send(EgfxWriter().surface_to_surface(3, 1, {0, 0, 1, 1}, {{0, 0}})));
}

TEST_F(Graphics, keeps_what_is_cached_until_it_is_evicted) {
    ASSERT_TRUE(send(EgfxWriter()
                         .reset_graphics(64, 48)
                         .create_surface(1, 64, 48)
                         .map_to_output(1, 0, 0)
                         .solid_fill(1, 0x00ff00ff, {{0, 0, 8, 8}})
                         .surface_to_cache(1, 77, 9, {0, 0, 8, 8})
                         .solid_fill(1, 0, {{0, 0, 64, 48}})
                         .cache_to_surface(9, 1, {{16, 16}, {32, 8}})));
    EXPECT_EQ(at(0, 0), 0xff000000U);
    EXPECT_EQ(at(23, 23), 0xffff00ffU);
    EXPECT_EQ(at(39, 15), 0xffff00ffU);
    ASSERT_TRUE(send(EgfxWriter().evict(9)));
    EXPECT_FALSE(send(EgfxWriter().cache_to_surface(9, 1, {{0, 0}})));
    EXPECT_FALSE(send(EgfxWriter().surface_to_cache(1, 1, 0, {0, 0, 8, 8})));
    EXPECT_TRUE(send(EgfxWriter().surface_to_cache(1, 1, egfx_cache_slots_max, {0, 0, 8, 8})));
    EXPECT_FALSE(send(EgfxWriter().surface_to_cache(1, 1, egfx_cache_slots_max + 1, {0, 0, 8, 8})));
    EXPECT_FALSE(send(EgfxWriter().surface_to_cache(1, 1, 5, {60, 0, 65, 8})));
}

TEST_F(Graphics, scales_what_is_mapped_larger) {
    ASSERT_TRUE(send(EgfxWriter()
                         .reset_graphics(64, 48)
                         .create_surface(1, 4, 4)
                         .map_to_scaled_output(1, 8, 8, 16, 8)
                         .solid_fill(1, 0x00ffffff, {{1, 1, 2, 2}})));
    EXPECT_EQ(at(8 + 4, 8 + 2), 0xffffffffU);
    EXPECT_EQ(at(8 + 7, 8 + 3), 0xffffffffU);
    EXPECT_EQ(at(8 + 8, 8 + 3), 0xff000000U);
    EXPECT_EQ(at(8 + 3, 8 + 2), 0xff000000U);
}

TEST_F(Graphics, draws_uncompressed_bitmaps) {
    ASSERT_TRUE(
        send(EgfxWriter().reset_graphics(64, 48).create_surface(1, 64, 48).map_to_output(1, 0, 0)));
    Writer pixels;
    for (std::uint32_t i = 0; i < 4; ++i) pixels.u32_le(0x00000010 * (i + 1));
    ASSERT_TRUE(send(EgfxWriter().wire_to_surface_1(1, EgfxWriter::Codec::uncompressed,
                                                    {2, 3, 4, 5}, pixels.view())));
    EXPECT_EQ(at(2, 3), 0xff000010U);
    EXPECT_EQ(at(3, 4), 0xff000040U);
    EXPECT_FALSE(send(EgfxWriter().wire_to_surface_1(1, EgfxWriter::Codec::uncompressed,
                                                     {2, 3, 4, 5}, pixels.view().first(15))));
    EXPECT_FALSE(send(EgfxWriter().wire_to_surface_1(1, EgfxWriter::Codec::uncompressed,
                                                     {63, 3, 65, 5}, pixels.view())));
    const auto avc = send(
        EgfxWriter().wire_to_surface_1(1, EgfxWriter::Codec::avc420, {0, 0, 64, 48}, Bytes(4)));
    ASSERT_FALSE(avc);
    EXPECT_EQ(avc.error().code, make_error_code(Errc::unsupported)) << "no decoder was given";
}

TEST_F(Graphics, surfaces_are_counted_and_their_pixels_too) {
    for (std::size_t i = 0; i < egfx_surfaces_max; ++i)
        ASSERT_TRUE(send(EgfxWriter().create_surface(static_cast<std::uint16_t>(i), 1, 1)));
    EXPECT_FALSE(send(EgfxWriter().create_surface(egfx_surfaces_max, 1, 1)));
    ASSERT_TRUE(send(EgfxWriter().delete_surface(0)));
    EXPECT_TRUE(send(EgfxWriter().create_surface(egfx_surfaces_max, 1, 1)));
    // 8192 x 8192 pixels are all there may be.
    EXPECT_FALSE(send(EgfxWriter().create_surface(1, 8192, 8192)));
    EXPECT_FALSE(send(EgfxWriter().create_surface(1, 40000, 1))) << "side";
    EXPECT_LE(compositor_.pixel_bytes(), pixel_memory_max);
}

TEST_F(Graphics, messages_in_parts_and_beyond_the_limit) {
    EgfxWriter w;
    w.reset_graphics(64, 48).create_surface(1, 64, 48).map_to_output(1, 0, 0);
    w.solid_fill(1, 0x00abcdef, {{0, 0, 64, 48}});
    Bytes segment = {0x04};
    append(segment, w.view());
    const auto message = test::zgfx_single(segment);
    const auto part = [&](std::size_t from, std::size_t size, bool first) {
        Writer p;
        p.u8(first ? 0x24 : 0x30).u8(test::graphics_id);
        if (first) p.u16_le(static_cast<std::uint16_t>(message.size()));
        p.bytes(ByteView(message).subspan(from, size));
        return test::host_message(test::dynamic_channel, p.view());
    };
    ASSERT_TRUE(compositor_.server_pdu(part(0, 50, true)));
    ASSERT_TRUE(compositor_.server_pdu(part(50, 100, false)));
    ASSERT_TRUE(compositor_.server_pdu(part(150, message.size() - 150, false)));
    EXPECT_EQ(at(5, 5), 0xffabcdefU);
    Writer large;
    large.u8(0x28).u8(test::graphics_id).u32_le(graphics_message_bytes_max + 1);
    EXPECT_FALSE(compositor_.server_pdu(test::host_message(test::dynamic_channel, large.view())));
    large.patch_u32_le(2, graphics_message_bytes_max);
    EXPECT_TRUE(compositor_.server_pdu(test::host_message(test::dynamic_channel, large.view())));
}

TEST_F(Graphics, a_snapshot_holds_surfaces_cache_and_unfinished_frames) {
    ASSERT_TRUE(send(EgfxWriter()
                         .reset_graphics(64, 48)
                         .create_surface(1, 64, 48)
                         .map_to_output(1, 0, 0)
                         .solid_fill(1, 0x00ff00ff, {{0, 0, 8, 8}})
                         .surface_to_cache(1, 77, 9, {0, 0, 8, 8})
                         .start_frame(1)
                         .solid_fill(1, 0x0000ff00, {{40, 40, 48, 48}})));
    const auto snapshot = compositor_.snapshot();
    ASSERT_TRUE(snapshot);
    Compositor other({});
    ASSERT_TRUE(other.restore(*snapshot));
    EXPECT_EQ(pixel_at(other.screen(), 41, 41), 0xff000000U);
    const auto rest = EgfxWriter().cache_to_surface(9, 1, {{16, 16}}).end_frame(1).take();
    ASSERT_TRUE(other.server_pdu(test::graphics_message(rest)));
    ASSERT_TRUE(compositor_.server_pdu(test::graphics_message(rest)));
    EXPECT_EQ(pixel_at(other.screen(), 41, 41), 0xff00ff00U);
    EXPECT_EQ(pixel_at(other.screen(), 17, 17), 0xffff00ffU);
    EXPECT_EQ(to_bytes(other.screen().bytes()), to_bytes(compositor_.screen().bytes()));
}

}  // namespace
}  // namespace lucid::rdp::picture
