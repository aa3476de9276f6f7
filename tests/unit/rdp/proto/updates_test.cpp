// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/pointer_update.hpp>
#include <lucid/rdp/proto/updates.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto {
namespace {

Bytes bitmap_update(std::uint16_t flags, ByteView data, std::uint16_t count = 1) {
    Writer w;
    w.u16_le(1).u16_le(count);
    for (int i = 0; i < count; ++i) {
        w.u16_le(10).u16_le(20).u16_le(13).u16_le(21).u16_le(4).u16_le(2).u16_le(16);
        w.u16_le(flags).u16_le(static_cast<std::uint16_t>(data.size())).bytes(data);
    }
    return w.take();
}

TEST(Updates, bitmaps_with_and_without_header) {
    const auto raw = bitmap_update(0, Bytes(16, 7));
    const auto plain = decode_bitmap_update(raw);
    ASSERT_TRUE(plain && plain->size() == 1);
    EXPECT_FALSE((*plain)[0].compressed);
    EXPECT_EQ((*plain)[0].data.size(), 16U);
    EXPECT_EQ((*plain)[0].right, 13);
    Writer headed;
    headed.u16_le(0).u16_le(3).u16_le(4).u16_le(16).bytes(Bytes{1, 2, 3});
    const auto with = bitmap_update(0x0001, headed.view());
    const auto compressed = decode_bitmap_update(with);
    ASSERT_TRUE(compressed);
    EXPECT_TRUE((*compressed)[0].compressed);
    EXPECT_EQ(to_bytes((*compressed)[0].data), (Bytes{1, 2, 3}));
    const auto without = bitmap_update(0x0401, Bytes{1, 2, 3});
    EXPECT_EQ(to_bytes((*decode_bitmap_update(without))[0].data), (Bytes{1, 2, 3}));
    for (const auto* whole : {&raw, &with, &without})
        for (std::size_t n = 0; n < whole->size(); ++n)
            EXPECT_FALSE(decode_bitmap_update(ByteView(*whole).first(n))) << n;
    // A body longer than the bitmap.
    Writer wrong;
    wrong.u16_le(0).u16_le(4).u16_le(4).u16_le(16).bytes(Bytes{1, 2, 3});
    EXPECT_FALSE(decode_bitmap_update(bitmap_update(0x0001, wrong.view())));
    EXPECT_FALSE(decode_bitmap_update(bitmap_update(0x0001, Bytes(7))));
    EXPECT_TRUE(decode_bitmap_update(bitmap_update(0, {}, bitmap_rectangles_max)));
    EXPECT_FALSE(decode_bitmap_update(bitmap_update(0, {}, bitmap_rectangles_max + 1)));
}

TEST(Updates, palettes) {
    Writer w;
    w.u16_le(2).u16_le(0).u32_le(256);
    for (unsigned i = 0; i < 256; ++i) w.u8(static_cast<std::uint8_t>(i)).u8(2).u8(3);
    const auto palette = decode_palette_update(w.view());
    ASSERT_TRUE(palette);
    EXPECT_EQ((*palette)[255], 0x00ff0203U);
    for (std::size_t n = 0; n < w.view().size(); ++n)
        EXPECT_FALSE(decode_palette_update(w.view().first(n)));
}

TEST(Updates, surface_commands) {
    Writer w;
    w.u16_le(4).u16_le(0).u32_le(5);
    w.u16_le(1).u16_le(1).u16_le(2).u16_le(3).u16_le(4).u8(32).u8(0).u8(0).u8(3);
    w.u16_le(64).u16_le(48).u32_le(3).bytes(Bytes{7, 8, 9});
    w.u16_le(6).u16_le(1).u16_le(2).u16_le(3).u16_le(4).u8(32).u8(1).u8(0).u8(1);
    w.u16_le(64).u16_le(48).u32_le(1).zeros(24).u8(5);
    w.u16_le(4).u16_le(1).u32_le(5);
    const auto commands = decode_surface_commands(w.view());
    ASSERT_TRUE(commands) << commands.error().message();
    ASSERT_EQ(commands->size(), 4U);
    EXPECT_FALSE(std::get<FrameMarker>((*commands)[0]).end);
    const auto& bits = std::get<SurfaceBits>((*commands)[1]);
    EXPECT_EQ(bits.codec_id, 3);
    EXPECT_EQ(bits.height, 48);
    EXPECT_EQ(to_bytes(bits.data), (Bytes{7, 8, 9}));
    EXPECT_EQ(to_bytes(std::get<SurfaceBits>((*commands)[2]).data), (Bytes{5}));
    EXPECT_TRUE(std::get<FrameMarker>((*commands)[3]).end);
    std::size_t accepted = 0;
    for (std::size_t n = 0; n < w.view().size(); ++n)
        if (decode_surface_commands(w.view().first(n))) ++accepted;
    EXPECT_EQ(accepted, 4U) << "only whole commands";
    Writer many;
    for (std::size_t i = 0; i < surface_commands_max; ++i) many.u16_le(4).u16_le(0).u32_le(1);
    EXPECT_TRUE(decode_surface_commands(many.view()));
    many.u16_le(4).u16_le(0).u32_le(1);
    EXPECT_FALSE(decode_surface_commands(many.view()));
    EXPECT_FALSE(decode_surface_commands(Bytes{9, 0}));
}

TEST(Updates, capability_sets) {
    Writer bitmap;
    bitmap.u16_le(2).u16_le(28).u16_le(32).zeros(6).u16_le(1280).u16_le(720).zeros(12);
    const auto size = decode_bitmap_capability(bitmap.view());
    ASSERT_TRUE(size);
    EXPECT_EQ(size->desktop_height, 720);
    Writer codecs;
    codecs.u16_le(0x1d).u16_le(0).u8(2);
    codecs.bytes(Bytes{0x12, 0x2f, 0x77, 0x76, 0x72, 0xbd, 0x63, 0x44, 0xaf, 0xb3, 0xb7, 0x3c, 0x9c,
                       0x6f, 0x78, 0x86});
    codecs.u8(3).u16_le(2).zeros(2).zeros(16).u8(9).u16_le(0);
    const auto list = decode_bitmap_codecs(codecs.view());
    ASSERT_TRUE(list && list->size() == 2);
    EXPECT_EQ((*list)[0].codec, BitmapCodec::remotefx);
    EXPECT_EQ((*list)[1].codec, BitmapCodec::unknown);
    for (std::size_t n = 0; n < codecs.view().size(); ++n)
        EXPECT_FALSE(decode_bitmap_codecs(codecs.view().first(n)));
}

TEST(Pointers, fast_and_slow_path_agree) {
    Writer shape;
    shape.u16_le(7).u16_le(1).u16_le(2).u16_le(3).u16_le(4).u16_le(2).u16_le(5);
    shape.bytes(Bytes{1, 2, 3, 4, 5}).bytes(Bytes{6, 7});
    const auto color = decode_fast_path_pointer(UpdateCode::pointer_color, shape.view());
    ASSERT_TRUE(color);
    const auto& fast = std::get<PointerShape>(*color);
    EXPECT_EQ(fast.xor_bits_per_pixel, 24);
    EXPECT_EQ(fast.cache_index, 7);
    EXPECT_EQ(to_bytes(fast.xor_mask), (Bytes{1, 2, 3, 4, 5}));
    EXPECT_EQ(to_bytes(fast.and_mask), (Bytes{6, 7}));
    Writer fresh;
    fresh.u16_le(32).bytes(shape.view());
    const auto newer = decode_fast_path_pointer(UpdateCode::pointer_new, fresh.view());
    EXPECT_EQ(std::get<PointerShape>(*newer).xor_bits_per_pixel, 32);
    Writer slow;
    slow.u16_le(8).u16_le(0).bytes(fresh.view());
    EXPECT_EQ(std::get<PointerShape>(*decode_slow_path_pointer(slow.view())).height, 4);
    for (std::size_t n = 0; n < slow.view().size(); ++n)
        EXPECT_FALSE(decode_slow_path_pointer(slow.view().first(n)));
    Writer large;
    large.u16_le(32).u16_le(7).u16_le(1).u16_le(2).u16_le(3).u16_le(4).u32_le(1).u32_le(2);
    large.bytes(Bytes{1, 2, 3});
    EXPECT_TRUE(decode_fast_path_pointer(UpdateCode::pointer_large, large.view()));
    large.patch_u16_le(8, pointer_side_max + 1);
    EXPECT_FALSE(decode_fast_path_pointer(UpdateCode::pointer_large, large.view()));
    large.patch_u16_le(8, pointer_side_max);
    EXPECT_TRUE(decode_fast_path_pointer(UpdateCode::pointer_large, large.view()));
}

TEST(Pointers, system_position_and_cached) {
    using Kinds = PointerUpdate;
    const auto slow = [](std::uint16_t type, ByteView body) {
        Writer w;
        w.u16_le(type).u16_le(0).bytes(body);
        return decode_slow_path_pointer(w.view());
    };
    const auto holds = [](const Result<Kinds>& update, auto kind) {
        return update && std::holds_alternative<decltype(kind)>(*update);
    };
    EXPECT_TRUE(holds(slow(1, Bytes{0, 0, 0, 0}), PointerHidden{}));
    EXPECT_TRUE(holds(slow(1, Bytes{0, 0x7f, 0, 0}), PointerDefault{}));
    EXPECT_FALSE(slow(1, Bytes{1, 0, 0, 0}));
    EXPECT_EQ(std::get<PointerPosition>(*slow(3, Bytes{1, 0, 2, 0})).y, 2);
    EXPECT_EQ(std::get<PointerCached>(*slow(7, Bytes{9, 0})).cache_index, 9);
    EXPECT_FALSE(slow(9, Bytes{9, 0}));
    EXPECT_TRUE(holds(decode_fast_path_pointer(UpdateCode::pointer_hidden, {}), PointerHidden{}));
    EXPECT_FALSE(decode_fast_path_pointer(UpdateCode::bitmap, {}));
}

}  // namespace
}  // namespace lucid::rdp::proto
