// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/channels/egfx_avc.hpp>
#include <lucid/rdp/proto/channels/egfx_commands.hpp>

#include <tests/support/conformance_data.hpp>
#include <tests/support/egfx_writer.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto::channels {
namespace {

using test::EgfxWriter;

/// One of each kind.
EgfxWriter sample() {
    EgfxWriter w;
    w.reset_graphics(640, 480, 2).create_surface(1, 640, 480, 0x21).map_to_output(1, 3, 4);
    w.map_to_scaled_output(1, 3, 4, 320, 240).start_frame(7);
    w.solid_fill(1, 0x80112233, {{1, 2, 3, 4}, {5, 6, 70, 80}});
    w.wire_to_surface_1(1, EgfxCodec::planar, {0, 0, 2, 2}, Bytes{1, 2, 3});
    w.wire_to_surface_2(1, 99, Bytes{4, 5});
    w.surface_to_surface(1, 2, {0, 0, 8, 8}, {{9, 10}, {11, 12}});
    w.surface_to_cache(1, 0x1122334455667788, 5, {0, 0, 8, 8});
    w.cache_to_surface(5, 1, {{1, 1}}).evict(5).end_frame(7).delete_surface(1);
    return w;
}

template <class T>
T get(EgfxReader& reader) {
    const auto command = reader.next();
    EXPECT_TRUE(command) << command.error().message();
    EXPECT_TRUE(command && std::holds_alternative<T>(*command));
    return command && std::holds_alternative<T>(*command) ? std::get<T>(*command) : T{};
}

TEST(Egfx, every_command_of_a_host) {
    const auto bytes = sample().take();
    EgfxReader r(bytes);
    const auto reset = get<ResetGraphics>(r);
    EXPECT_EQ(reset.width, 640U);
    ASSERT_EQ(reset.monitors.size(), 2U);
    EXPECT_TRUE(reset.monitors[0].primary);
    EXPECT_EQ(reset.monitors[1].right, 639);
    EXPECT_EQ(get<CreateSurface>(r).pixel_format, EgfxPixelFormat::argb_8888);
    EXPECT_EQ(get<MapSurfaceToOutput>(r).origin_y, 4U);
    EXPECT_EQ(get<MapSurfaceToOutput>(r).target_width, 320U);
    EXPECT_EQ(get<StartFrame>(r).frame_id, 7U);
    const auto fill = get<SolidFill>(r);
    EXPECT_EQ(fill.pixel, 0x80112233U);
    EXPECT_EQ(fill.rects, (std::vector<EgfxRect>{{1, 2, 3, 4}, {5, 6, 70, 80}}));
    const auto wire = get<WireToSurface1>(r);
    EXPECT_EQ(wire.codec, EgfxCodec::planar);
    EXPECT_EQ(to_bytes(wire.bitmap_data), (Bytes{1, 2, 3}));
    EXPECT_EQ(get<WireToSurface2>(r).codec_context_id, 99U);
    const auto copy = get<SurfaceToSurface>(r);
    EXPECT_EQ(copy.destinations, (std::vector<EgfxPoint>{{9, 10}, {11, 12}}));
    EXPECT_EQ(get<SurfaceToCache>(r).cache_key, 0x1122334455667788U);
    EXPECT_EQ(get<CacheToSurface>(r).cache_slot, 5);
    EXPECT_EQ(get<EvictCacheEntry>(r).cache_slot, 5);
    EXPECT_EQ(get<EndFrame>(r).frame_id, 7U);
    EXPECT_EQ(get<DeleteSurface>(r).surface_id, 1);
    EXPECT_TRUE(r.empty());
}

TEST(Egfx, what_a_client_says_comes_back) {
    const auto frame = encode_egfx(FrameAcknowledge{1, 2, 3});
    EgfxReader r(frame);
    EXPECT_EQ(get<FrameAcknowledge>(r).total_frames_decoded, 3U);
    const auto qoe = encode_egfx(QoeFrameAcknowledge{1, 2, 3, 4});
    EgfxReader q(qoe);
    EXPECT_EQ(get<QoeFrameAcknowledge>(q).time_diff_edr, 4);
    const auto offer = encode_egfx(CacheImportOffer{{{11, 12}, {13, 14}}});
    EgfxReader o(offer);
    EXPECT_EQ(get<CacheImportOffer>(o).entries[1].bitmap_length, 14U);
}

TEST(Egfx, unknown_commands_are_skipped) {
    EgfxWriter w;
    w.command(0x77, Bytes{1, 2, 3}).end_frame(1);
    EgfxReader r(w.view());
    EXPECT_EQ(get<UnknownEgfxCommand>(r).command_id, 0x77);
    EXPECT_EQ(get<EndFrame>(r).frame_id, 1U);
}

TEST(Egfx, nothing_is_accepted_cut_or_longer_than_it_says) {
    const auto bytes = sample().take();
    EgfxReader walk(bytes);
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto length = bytes[at + 4] | bytes[at + 5] << 8U;
        const auto command = ByteView(bytes).subspan(at, static_cast<std::size_t>(length));
        for (std::size_t n = 0; n < command.size(); ++n)
            EXPECT_FALSE(EgfxReader(command.first(n)).next());
        Bytes longer = to_bytes(command);
        longer.push_back(0);
        longer[4] = static_cast<std::uint8_t>(longer[4] + 1);
        if (longer[4] != 0) {
            EXPECT_FALSE(EgfxReader(longer).next()) << at;
        }
        at += command.size();
    }
}

TEST(Egfx, refuses_what_cannot_be) {
    const auto refused = [](EgfxWriter&& w) { return !EgfxReader(w.view()).next(); };
    EXPECT_TRUE(refused(std::move(EgfxWriter().solid_fill(1, 0, {{3, 0, 2, 1}}))));
    EXPECT_TRUE(refused(std::move(EgfxWriter().create_surface(1, 1, 1, 0x22))));
    EXPECT_TRUE(refused(
        std::move(EgfxWriter().wire_to_surface_1(1, static_cast<EgfxCodec>(7), {0, 0, 1, 1}, {}))));
    EXPECT_TRUE(refused(std::move(EgfxWriter().map_to_scaled_output(1, 0, 0, 0, 5))));
    EXPECT_TRUE(refused(std::move(EgfxWriter().reset_graphics(egfx_side_max + 1, 5))));
    EXPECT_FALSE(refused(std::move(EgfxWriter().reset_graphics(egfx_side_max, 5))));
    EXPECT_FALSE(refused(std::move(EgfxWriter().reset_graphics(9, 5, egfx_monitors_max))));
    Writer w;
    w.u32_le(9).u32_le(5).u32_le(egfx_monitors_max + 1).zeros(320);
    EXPECT_TRUE(refused(std::move(EgfxWriter().command(0x0e, w.view()))));
    CacheImportOffer offer;
    offer.entries.resize(cache_offers_max);
    EXPECT_TRUE(EgfxReader(encode_egfx(offer)).next());
    offer.entries.resize(cache_offers_max + 1);
    EXPECT_FALSE(EgfxReader(encode_egfx(offer)).next());
}

TEST(EgfxAvc, regions_and_streams) {
    Writer one;
    one.u32_le(1).u16_le(0).u16_le(1).u16_le(16).u16_le(17).u8(0x16).u8(100).bytes(Bytes{0, 0, 1});
    const auto stream = decode_avc420_stream(one.view());
    ASSERT_TRUE(stream);
    EXPECT_EQ(stream->regions, (std::vector<EgfxRect>{{0, 1, 16, 17}}));
    EXPECT_EQ(to_bytes(stream->h264), (Bytes{0, 0, 1}));
    Writer both;
    both.u32_le(static_cast<std::uint32_t>(one.view().size())).bytes(one.view()).bytes(one.view());
    const auto two = decode_avc444_stream(both.view());
    ASSERT_TRUE(two);
    EXPECT_TRUE(two->main && two->auxiliary);
    for (std::size_t n = 0; n + 3 < both.view().size(); ++n)
        EXPECT_FALSE(decode_avc444_stream(both.view().first(n))) << n;
    for (const std::uint32_t lc : {1U, 2U, 3U}) {
        Writer w;
        w.u32_le(lc << 30).bytes(one.view());
        const auto part = decode_avc444_stream(w.view());
        EXPECT_EQ(part.has_value(), lc != 3);
        if (part) {
            EXPECT_EQ(part->main.has_value(), lc == 1);
        }
    }
    Writer many;
    many.u32_le(avc_regions_max).zeros(10 * avc_regions_max);
    EXPECT_TRUE(decode_avc420_stream(many.view()));
    many.patch_u32_le(0, avc_regions_max + 1);
    many.zeros(10);
    EXPECT_FALSE(decode_avc420_stream(many.view()));
}

TEST(Egfx, captured_streams_are_understood) {
    if (!test::has_rdp_conformance_data()) GTEST_SKIP() << test::rdp_conformance_archive();
    for (const std::string name : {"sample1_avc444", "sample1_avc444v2", "sample2_avc444"}) {
        const auto bytes = test::rdp_conformance_file(
            "ironrdp/crates/ironrdp-replay-client/test_data/" + name + ".data");
        EgfxReader r(bytes);
        std::size_t pictures = 0;
        while (!r.empty()) {
            const auto command = r.next();
            ASSERT_TRUE(command) << name << " " << command.error().message();
            if (const auto* wire = std::get_if<WireToSurface1>(&*command)) {
                EXPECT_TRUE(decode_avc444_stream(wire->bitmap_data)) << name;
                ++pictures;
            }
        }
        EXPECT_GT(pictures, 0U) << name;
    }
}

}  // namespace
}  // namespace lucid::rdp::proto::channels
