// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/host_stream.hpp>

#include "captures.hpp"
#include "grey_decoder.hpp"
#include <gtest/gtest.h>

// Each way a host draws, by one picture of a few pixels, and what is refused of it.

namespace lucid::rdp::picture {
namespace {

using test::EgfxWriter;
using test::pixel_at;
using Codec = EgfxWriter::Codec;

constexpr std::uint32_t black = 0xff000000;

/// A surface of 64 x 64 on a screen of that size.
struct Wire : testing::Test {
    PixelBudget budget{pixel_memory_max};
    Screen screen{budget};
    GraphicsPipeline graphics{budget, screen, test::GreyDecoder::make};
    void SetUp() override {
        run(EgfxWriter().reset_graphics(64, 64).create_surface(1, 64, 64).map_to_output(1, 0, 0));
        screen.take_damage();
    }
    std::error_code run(const EgfxWriter& w) {
        const auto done = graphics.commands(w.view());
        return done ? std::error_code() : done.error().code;
    }
    std::error_code draw(Codec codec, ByteView data, std::uint16_t surface = 1,
                         EgfxWriter::Rect rect = {1, 1, 3, 3}) {
        return run(EgfxWriter().wire_to_surface_1(surface, codec, rect, data));
    }
    [[nodiscard]] std::uint32_t at(std::uint32_t x, std::uint32_t y) const {
        return pixel_at(screen.pixels(), x, y);
    }
};

TEST_F(Wire, planar) {
    Bytes data = {0x20};
    for (const int value : {1, 2, 3})
        data.resize(data.size() + 4, static_cast<std::uint8_t>(value));
    ASSERT_FALSE(draw(Codec::planar, data));
    EXPECT_EQ(at(1, 1), 0xff010203U);
    EXPECT_EQ(at(2, 2), 0xff010203U);
    EXPECT_EQ(at(3, 3), black);
    EXPECT_EQ(screen.take_damage(), (std::vector<codec::Rect>{{1, 1, 2, 2}}));
    data.pop_back();
    EXPECT_EQ(draw(Codec::planar, data), Errc::truncated);
    EXPECT_TRUE(screen.damage().empty());
}

TEST_F(Wire, clearcodec) {
    const Bytes data = {0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 2, 1, 4};
    ASSERT_FALSE(draw(Codec::clearcodec, data));
    EXPECT_EQ(at(2, 1), 0xff010203U);
    EXPECT_EQ(draw(Codec::clearcodec, data), Errc::refused) << "out of sequence";
}

TEST_F(Wire, alpha_changes_no_colour_of_the_screen) {
    ASSERT_FALSE(run(EgfxWriter().solid_fill(1, 0x00010203, {{0, 0, 8, 8}})));
    ASSERT_FALSE(draw(Codec::alpha, Bytes{0x4c, 0x41, 0, 0, 9, 9, 9, 9}));
    EXPECT_EQ(at(1, 1), 0xff010203U);
    EXPECT_EQ(draw(Codec::alpha, Bytes{0x4c, 0x41, 0, 0, 9}), Errc::truncated);
}

TEST_F(Wire, uncompressed_with_alpha_is_opaque_on_the_screen) {
    Bytes data(16, 7);
    ASSERT_FALSE(
        run(EgfxWriter().wire_to_surface_1(1, Codec::uncompressed, {1, 1, 3, 3}, data, 0x21)));
    EXPECT_EQ(at(1, 1), 0xff070707U);
}

TEST_F(Wire, remotefx_and_progressive) {
    EXPECT_FALSE(draw(Codec::cavideo, {})) << "no blocks";
    EXPECT_EQ(draw(Codec::cavideo, Bytes{1}), Errc::truncated);
    EXPECT_EQ(draw(Codec::caprogressive, {}), Errc::bad_value) << "is sent by the other command";
    // A region with one tile without coefficients: grey.
    Writer region;
    region.u8(64).u16_le(1).u8(1).u8(0).u8(0).u16_le(1).u32_le(22);
    region.u16_le(0).u16_le(0).u16_le(2).u16_le(2).bytes(Bytes(5, 0x66));
    region.u16_le(0xccc5).u32_le(22).zeros(16);
    Writer message;
    message.u16_le(0xccc1).u32_le(12).zeros(6);
    message.u16_le(0xccc4).u32_le(static_cast<std::uint32_t>(region.offset() + 6));
    message.bytes(region.view()).u16_le(0xccc2).u32_le(6);
    ASSERT_FALSE(run(EgfxWriter().wire_to_surface_2(1, 5, message.view())));
    EXPECT_EQ(at(1, 1), 0xff808080U);
    EXPECT_EQ(at(2, 1), black) << "outside of the region's rectangle";
    EXPECT_EQ(run(EgfxWriter().wire_to_surface_2(1, 5, Bytes{1})), Errc::truncated);
    EXPECT_EQ(run(EgfxWriter().wire_to_surface_2(2, 5, message.view())), Errc::not_found);
    Writer clear;
    clear.u16_le(1).u16_le(8).u32_le(5).u8(0x20).u32_le(0);
    EXPECT_EQ(run(EgfxWriter().command(0x02, clear.view())), Errc::unsupported)
        << "ClearCodec is sent by the other command";
    // The context goes with its deletion, and one that is not there is none.
    for (int twice = 0; twice < 2; ++twice)
        EXPECT_FALSE(run(EgfxWriter().command(0x03, Writer().u16_le(1).u32_le(5).view())));
}

TEST_F(Wire, on_a_surface_that_is_not_there_or_outside_of_it) {
    for (const auto codec : {Codec::uncompressed, Codec::planar, Codec::cavideo, Codec::avc420})
        EXPECT_EQ(draw(codec, {}, 2), Errc::not_found);
    EXPECT_EQ(draw(Codec::planar, {}, 1, {63, 0, 65, 2}), Errc::bad_value);
    const std::vector<EgfxWriter::Point> one = {{0, 0}};
    EXPECT_EQ(run(EgfxWriter().solid_fill(2, 0, {{0, 0, 1, 1}})), Errc::not_found);
    EXPECT_EQ(run(EgfxWriter().surface_to_surface(1, 2, {0, 0, 1, 1}, one)), Errc::not_found);
    EXPECT_EQ(run(EgfxWriter().surface_to_cache(2, 1, 1, {0, 0, 1, 1})), Errc::not_found);
    EXPECT_EQ(run(EgfxWriter().cache_to_surface(1, 2, one)), Errc::not_found);
    EXPECT_EQ(run(EgfxWriter().map_to_output(2, 0, 0)), Errc::not_found);
    EXPECT_EQ(run(EgfxWriter().command(0x15, Writer().u16_le(2).zeros(16).view())),
              Errc::not_found);
}

TEST_F(Wire, what_is_mapped_to_a_window_or_off_the_screen_is_not_shown) {
    ASSERT_FALSE(run(EgfxWriter().command(0x15, Writer().u16_le(1).zeros(16).view())));
    ASSERT_FALSE(run(EgfxWriter().solid_fill(1, 0x00ffffff, {{0, 0, 8, 8}})));
    EXPECT_EQ(at(1, 1), black);
    for (const auto& [x, y] : {std::pair{40000U, 0U}, std::pair{0U, 40000U}, std::pair{64U, 0U},
                               std::pair{0xffffffffU, 0xffffffffU}}) {
        ASSERT_FALSE(run(EgfxWriter().map_to_output(1, x, y)));
        ASSERT_FALSE(run(EgfxWriter().solid_fill(1, 0x00ffffff, {{0, 0, 8, 8}})));
        EXPECT_TRUE(screen.damage().empty()) << x;
    }
    EXPECT_EQ(at(1, 1), black);
    ASSERT_FALSE(run(EgfxWriter().surface_to_surface(1, 1, {0, 0, 0, 0}, {{0, 0}})))
        << "of nothing";
}

Bytes avc420(std::uint16_t right = 16) {
    Writer w;
    return w.u32_le(1).u16_le(0).u16_le(0).u16_le(right).u16_le(16).u16_le(0).u8(0).take();
}
Bytes avc444(std::uint32_t info, ByteView streams) {
    Writer w;
    return w.u32_le(info).bytes(streams).take();
}

TEST_F(Wire, h264_in_every_form) {
    ASSERT_FALSE(draw(Codec::avc420, avc420()));
    EXPECT_EQ(at(15, 15), 0xff808080U);
    EXPECT_EQ(at(16, 15), black);
    EXPECT_EQ(screen.take_damage(), (std::vector<codec::Rect>{{0, 0, 16, 16}}));
    auto both = avc420();
    append(both, avc420());
    for (const auto codec : {Codec::avc444, Codec::avc444v2}) {
        ASSERT_FALSE(run(EgfxWriter().solid_fill(1, 0, {{0, 0, 64, 64}})));
        ASSERT_FALSE(draw(codec, avc444(static_cast<std::uint32_t>(avc420().size()), both)));
        EXPECT_EQ(at(7, 7), 0xff808080U);
        ASSERT_FALSE(draw(codec, avc444(0x40000000, avc420())));
        ASSERT_FALSE(draw(codec, avc444(0x80000000, avc420())));
        EXPECT_EQ(draw(codec, avc444(0xc0000000, avc420())), Errc::bad_value);
    }
    EXPECT_EQ(draw(Codec::avc420, {}), Errc::truncated);
}

TEST_F(Wire, decoders_of_h264_are_counted) {
    for (std::uint16_t i = 0; i < avc_surfaces_max; ++i) {
        const auto id = static_cast<std::uint16_t>(10 + i);
        ASSERT_FALSE(run(EgfxWriter().create_surface(id, 16, 16)));
        ASSERT_FALSE(draw(Codec::avc420, avc420(), id));
    }
    EXPECT_EQ(draw(Codec::avc420, avc420()), Errc::limit_exceeded);
    ASSERT_FALSE(run(EgfxWriter().delete_surface(10)));
    EXPECT_FALSE(draw(Codec::avc420, avc420()));
}

/// A decoder that is none, and one that gives no picture.
class NoPicture final : public AvcDecoder {
  public:
    Result<codec::Yuv420Frame> decode(ByteView) override { return fail(Errc::bad_value, "h264"); }
};

TEST_F(Wire, h264_that_cannot_be_decoded_is_an_error) {
    graphics = GraphicsPipeline(budget, screen, [] { return fail(Errc::unsupported, "h264"); });
    ASSERT_FALSE(run(EgfxWriter().create_surface(1, 64, 64)));
    EXPECT_EQ(draw(Codec::avc420, avc420()), Errc::unsupported);
    graphics = GraphicsPipeline(budget, screen, []() -> Result<std::unique_ptr<AvcDecoder>> {
        return std::make_unique<NoPicture>();
    });
    ASSERT_FALSE(run(EgfxWriter().create_surface(1, 64, 64)));
    EXPECT_EQ(draw(Codec::avc420, avc420()), Errc::bad_value);
    for (const std::uint32_t info : {0x40000000U, 0x80000000U})
        EXPECT_EQ(draw(Codec::avc444, avc444(info, avc420())), Errc::bad_value);
    EXPECT_TRUE(screen.damage().empty());
}

TEST_F(Wire, commands_of_one_message_are_counted) {
    EgfxWriter w;
    for (std::size_t i = 0; i < egfx_commands_max; ++i) w.evict(1);
    EXPECT_FALSE(run(w));
    EXPECT_EQ(run(w.evict(1)), Errc::limit_exceeded);
    EXPECT_FALSE(run(EgfxWriter().command(0x7777, {}))) << "what is not known is passed over";
}

struct Bits : testing::Test {
    PixelBudget budget{pixel_memory_max};
    Screen screen{budget};
    void SetUp() override {
        ASSERT_TRUE(screen.resize(16, 16));
        screen.take_damage();
    }
    template <class Command>
    std::error_code draw(const Command& command) {
        const auto done = screen.draw(command);
        return done ? std::error_code() : done.error().code;
    }
    [[nodiscard]] std::uint32_t at(std::uint32_t x, std::uint32_t y) const {
        return pixel_at(screen.pixels(), x, y);
    }
};

TEST_F(Bits, bitmaps_of_every_kind) {
    codec::Palette palette = {};
    palette[7] = 0x00010203;
    screen.set_palette(palette);
    // left, top, right, bottom, width, height, bits, compressed
    EXPECT_FALSE(draw(proto::BitmapRectangle{1, 1, 2, 1, 4, 1, 8, false, Bytes(4, 7)}));
    EXPECT_EQ(at(1, 1), 0xff010203U);
    EXPECT_EQ(at(3, 1), black) << "columns that only pad the bitmap";
    const Bytes run = {0x64, 3, 2, 1};
    EXPECT_FALSE(draw(proto::BitmapRectangle{4, 4, 7, 4, 4, 1, 24, true, run}));
    EXPECT_EQ(at(7, 4), 0xff010203U);
    const Bytes planar = {0x20, 1, 2, 3};
    EXPECT_FALSE(draw(proto::BitmapRectangle{9, 9, 9, 9, 1, 1, 32, true, planar}));
    EXPECT_EQ(at(9, 9), 0xff010203U);
    EXPECT_EQ(screen.take_damage().size(), 3U);
    EXPECT_FALSE(draw(proto::BitmapRectangle{16, 0, 17, 0, 2, 1, 8, false, {}})) << "not shown";
    EXPECT_EQ(draw(proto::BitmapRectangle{2, 0, 1, 0, 2, 1, 8, false, {}}), Errc::bad_value);
    EXPECT_EQ(draw(proto::BitmapRectangle{0, 2, 0, 1, 2, 1, 8, false, {}}), Errc::bad_value);
    EXPECT_EQ(draw(proto::BitmapRectangle{0, 0, 0, 0, 1, 1, 4, false, {}}), Errc::unsupported);
    EXPECT_EQ(draw(proto::BitmapRectangle{0, 0, 0, 0, 1, 1, 8, false, {}}), Errc::truncated);
    EXPECT_EQ(draw(proto::BitmapRectangle{0, 0, 0, 0, 1, 1, 24, true, {}}), Errc::truncated);
    EXPECT_EQ(draw(proto::BitmapRectangle{0, 0, 0, 0, 1, 1, 32, true, {}}), Errc::truncated);
    EXPECT_TRUE(screen.damage().empty());
}

TEST_F(Bits, surface_bits_of_every_codec) {
    const Bytes raw = {3, 2, 1, 0, 6, 5, 4, 0};  // bottom row first
    EXPECT_FALSE(draw(proto::SurfaceBits{2, 2, 32, surface_codec_none, 1, 2, raw}));
    EXPECT_EQ(at(2, 2), 0xff040506U);
    EXPECT_EQ(at(2, 3), 0xff010203U);
    Writer ns;
    for (int plane = 0; plane < 3; ++plane) ns.u32_le(1);
    ns.u32_le(0).u8(1).u8(0).u16_le(0).u8(9).u8(0).u8(0);
    EXPECT_FALSE(draw(proto::SurfaceBits{5, 5, 32, surface_codec_nscodec, 1, 1, ns.view()}));
    EXPECT_EQ(at(5, 5), 0xff090909U);
    EXPECT_EQ(screen.take_damage().size(), 2U);
    for (const auto id : {surface_codec_remotefx, surface_codec_remotefx_image}) {
        EXPECT_FALSE(draw(proto::SurfaceBits{0, 0, 32, id, 1, 1, {}}));
        EXPECT_EQ(draw(proto::SurfaceBits{0, 0, 32, id, 1, 1, Bytes{1}}), Errc::truncated);
    }
    EXPECT_EQ(draw(proto::SurfaceBits{0, 0, 32, 2, 1, 1, {}}), Errc::unsupported);
    EXPECT_EQ(draw(proto::SurfaceBits{0, 0, 4, surface_codec_none, 1, 1, {}}), Errc::unsupported);
    EXPECT_EQ(draw(proto::SurfaceBits{0, 0, 32, surface_codec_none, 1, 1, {}}), Errc::truncated);
    EXPECT_EQ(draw(proto::SurfaceBits{0, 0, 32, surface_codec_nscodec, 1, 1, {}}), Errc::truncated);
    EXPECT_TRUE(screen.damage().empty());
}

/// A compositor with a screen, in its connection.
struct Pdus : testing::Test {
    Compositor compositor{{}};
    void SetUp() override {
        ASSERT_TRUE(compositor.connect_response(test::connect_response({.channels = 1})));
        ASSERT_TRUE(compositor.server_pdu(test::demand_active(16, 16)));
        compositor.take_damage();
    }
    std::error_code take(ByteView pdu) {
        const auto done = compositor.server_pdu(pdu);
        return done ? std::error_code() : done.error().code;
    }
    std::error_code share(std::uint8_t type, ByteView payload, std::uint8_t compressed = 0) {
        return take(test::from_host(test::io_channel, test::share_data(type, payload, compressed)));
    }
    static Bytes palette(std::uint8_t red) {
        Writer w;
        w.u16_le(2).u16_le(0).u32_le(256);
        for (int i = 0; i < 256; ++i) w.u8(red).u8(0).u8(0);
        return w.take();
    }
    /// The colour of palette entry 0, by a bitmap of one pixel.
    std::uint32_t first_colour() {
        Writer w;
        w.u16_le(1).u16_le(1).zeros(8).u16_le(1).u16_le(1).u16_le(8).u16_le(0).u16_le(4).zeros(4);
        EXPECT_FALSE(take(test::fast_path_update(1, w.view())));
        return pixel_at(compositor.screen(), 0, 0);
    }
};

TEST_F(Pdus, palettes_come_by_both_paths) {
    EXPECT_FALSE(take(test::fast_path_update(2, palette(9))));
    EXPECT_FALSE(compositor.effect().draws_only);
    EXPECT_EQ(first_colour(), 0xff090000U);
    EXPECT_TRUE(compositor.effect().draws_only);
    EXPECT_FALSE(share(0x02, palette(8)));
    EXPECT_EQ(first_colour(), 0xff080000U);
    EXPECT_EQ(take(test::fast_path_update(2, Bytes(8))), Errc::bad_value);
}

TEST_F(Pdus, pointers_come_by_both_paths) {
    EXPECT_FALSE(take(test::fast_path_update(5, {})));
    EXPECT_EQ(compositor.pointer().kind(), PointerKind::hidden);
    EXPECT_TRUE(compositor.effect().pointer);
    EXPECT_FALSE(share(0x1b, Writer().u16_le(1).u16_le(0).u32_le(0x7f00).view()));
    EXPECT_EQ(compositor.pointer().kind(), PointerKind::client_default);
    EXPECT_EQ(share(0x1b, Writer().u16_le(2).u16_le(0).view()), Errc::bad_value);
    EXPECT_EQ(take(test::fast_path_update(10, Bytes{9, 0})), Errc::not_found) << "never cached";
    EXPECT_EQ(take(test::fast_path_update(10, {})), Errc::truncated);
}

TEST_F(Pdus, what_draws_nothing_is_passed_over_and_orders_are_refused) {
    EXPECT_FALSE(take(test::fast_path_update(3, {}))) << "synchronize";
    EXPECT_FALSE(share(0x02, Writer().u16_le(3).u16_le(0).view()));
    EXPECT_EQ(share(0x02, Writer().u16_le(0).u16_le(0).view()), Errc::unsupported);
    EXPECT_EQ(share(0x02, Writer().u16_le(4).view()), Errc::bad_value);
    EXPECT_EQ(share(0x02, {}), Errc::truncated);
    EXPECT_FALSE(share(0x1f, Bytes(4))) << "something else";
    EXPECT_EQ(share(0x1f, Bytes(4), 0x24), Errc::unsupported) << "compressed in a way to come";
    EXPECT_FALSE(take(test::from_host(test::io_channel, test::licensing())));
    EXPECT_FALSE(take(test::attach_user_confirm(1001))) << "not data";
    EXPECT_FALSE(take(test::from_host(test::io_channel, test::active_pdu(1)))) << "no bitmap set";
    EXPECT_TRUE(compositor.damage().empty());
}

TEST_F(Pdus, one_dynamic_channel_and_no_other) {
    EXPECT_FALSE(take(test::create_graphics_channel()));
    EXPECT_FALSE(take(test::from_host(test::dynamic_channel + 1, Bytes{1, 2, 3})));
    EXPECT_EQ(take(test::from_host(test::dynamic_channel, Bytes{1, 2, 3})), Errc::truncated);
    EXPECT_FALSE(take(test::graphics_message(EgfxWriter().create_surface(1, 4, 4).view())));
    EXPECT_EQ(compositor.graphics().surfaces(), 1U);
    Writer close;
    close.u8(0x40).u8(test::graphics_id);
    EXPECT_FALSE(take(test::host_message(test::dynamic_channel, close.view())));
    EXPECT_EQ(compositor.graphics().surfaces(), 0U);
}

TEST_F(Pdus, surface_commands_and_what_they_leave_behind) {
    Writer bits;
    bits.u16_le(1).u16_le(2).u16_le(3).u16_le(3).u16_le(4).u8(32).u8(0).u8(0).u8(0);
    bits.u16_le(1).u16_le(1).u32_le(4).u32_le(0x00010203);
    Bytes frame = Writer().u16_le(4).u16_le(0).u32_le(1).take();
    append(frame, bits.view());
    EXPECT_FALSE(take(test::fast_path_update(4, frame)));
    EXPECT_EQ(pixel_at(compositor.screen(), 2, 3), 0xff010203U);
    EXPECT_TRUE(compositor.effect().draws_only);
    // Headers of RemoteFX stay for what comes next.
    Writer rfx;
    rfx.u16_le(1).zeros(8).u8(32).u8(0).u8(0).u8(surface_codec_remotefx);
    rfx.u16_le(1).u16_le(1).u32_le(12).u16_le(0xccc0).u32_le(12).u32_le(0xcaccacca).u16_le(0x100);
    EXPECT_FALSE(take(test::fast_path_update(4, rfx.view())));
    EXPECT_FALSE(compositor.effect().draws_only);
    EXPECT_EQ(take(test::fast_path_update(4, Bytes{9, 0})), Errc::unsupported);
}

TEST_F(Pdus, fragments_of_two_updates_are_not_one) {
    EXPECT_FALSE(take(test::fast_path_update(1, Bytes(4), 2)));
    EXPECT_EQ(take(test::fast_path_update(2, Bytes(4), 1)), Errc::bad_value);
    EXPECT_EQ(take(test::fast_path_update(1, Bytes(4), 1)), Errc::bad_value) << "given up";
}

TEST(Connection, without_channels_of_the_host_is_none) {
    Compositor compositor({});
    EXPECT_FALSE(compositor.connect_response({}));
    EXPECT_FALSE(compositor.connect_response(test::attach_user_confirm(1001)));
}

}  // namespace
}  // namespace lucid::rdp::picture
