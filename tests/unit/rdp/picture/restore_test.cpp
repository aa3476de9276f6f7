// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/host_stream.hpp>

#include "captures.hpp"
#include "grey_decoder.hpp"
#include <gtest/gtest.h>

// A snapshot with a field changed is refused whole, or a compositor goes on from it.

namespace lucid::rdp::picture {
namespace {

using test::EgfxWriter;

CompositorOptions options() {
    CompositorOptions o;
    o.make_avc = test::GreyDecoder::make;
    return o;
}

/// One region over all of 16 x 16, and a unit that is none.
Bytes avc420() {
    Writer w;
    return w.u32_le(1).u16_le(0).u16_le(0).u16_le(16).u16_le(16).u16_le(0).u8(0).take();
}

/// Something of everything that is kept.
void fill(Compositor& c) {
    const auto send = [&](const EgfxWriter& w) {
        ASSERT_TRUE(c.server_pdu(test::graphics_message(w.view())));
    };
    ASSERT_TRUE(c.connect_response(test::connect_response({.channels = 1})));
    ASSERT_TRUE(c.server_pdu(test::create_graphics_channel()));
    send(EgfxWriter().reset_graphics(16, 16).create_surface(1, 8, 8).map_to_output(1, 2, 2));
    send(EgfxWriter().solid_fill(1, 0xff, {{0, 0, 8, 8}}).surface_to_cache(1, 7, 9, {0, 0, 4, 4}));
    send(EgfxWriter().create_surface(2, 16, 16).wire_to_surface_1(
        2, EgfxWriter::Codec::avc444, {0, 0, 16, 16},
        Writer().u32_le(0x40000000).bytes(avc420()).view()));
    send(EgfxWriter().start_frame(1).solid_fill(1, 0, {{1, 1, 3, 3}}));
    Writer pointer;
    pointer.u16_le(32).u16_le(3).u16_le(1).u16_le(2).u16_le(1).u16_le(1).u16_le(0).u16_le(4);
    ASSERT_TRUE(c.server_pdu(test::fast_path_update(0x0b, pointer.u32_le(0xff00ff00).view())));
    ASSERT_TRUE(c.server_pdu(test::fast_path_update(0x08, Bytes{5, 0, 6, 0})));
    const auto bitmap = test::solid_bitmap(0, 0, 4, 4, 0xffffff);
    ASSERT_TRUE(c.server_pdu(test::fast_path_update(1, ByteView(bitmap).first(20), 2)));
    Writer part;
    part.u8(0x24).u8(test::graphics_id).u16_le(9).u8(0xe0);
    ASSERT_TRUE(c.server_pdu(test::host_message(test::dynamic_channel, part.view())));
}

TEST(Restore, goes_on_exactly) {
    Compositor first(options());
    fill(first);
    const auto snapshot = *first.snapshot();
    Compositor second(options());
    ASSERT_TRUE(second.restore(snapshot));
    EXPECT_EQ(*second.snapshot(), snapshot);
    EXPECT_EQ(second.pointer().x(), 5);
    EXPECT_EQ(second.pixel_bytes(), first.pixel_bytes());
}

TEST(Restore, any_field_changed_is_refused_whole_or_taken) {
    Compositor first(options());
    fill(first);
    const auto snapshot = *first.snapshot();
    const auto nothing = *Compositor(options()).snapshot();
    const std::size_t fields =
        snapshot[0] | std::size_t{snapshot[1]} << 8 | std::size_t{snapshot[2]} << 16;
    std::size_t refused = 0;
    for (std::size_t at = 0; at < 4 + fields; ++at)
        for (const int value : {0xff, 2, snapshot[at] ^ 1}) {
            auto changed = snapshot;
            changed[at] = static_cast<std::uint8_t>(value);
            Compositor c(options());
            if (c.restore(changed)) {
                EXPECT_TRUE(c.snapshot()) << at << " " << value;
                continue;
            }
            ++refused;
            ASSERT_EQ(*c.snapshot(), nothing) << at << " " << value;
            ASSERT_EQ(c.pixel_bytes(), 0U) << at;
        }
    EXPECT_GT(refused, 200U);
}

TEST(Restore, fields_cut_anywhere_are_refused) {
    Compositor first(options());
    fill(first);
    const auto snapshot = *first.snapshot();
    const std::size_t fields =
        snapshot[0] | std::size_t{snapshot[1]} << 8 | std::size_t{snapshot[2]} << 16;
    const ByteView pages = ByteView(snapshot).subspan(4 + fields);
    for (std::size_t n = 0; n < fields; ++n) {
        Writer w;
        w.u32_le(static_cast<std::uint32_t>(n)).bytes(ByteView(snapshot).subspan(4, n));
        Compositor c(options());
        ASSERT_EQ(c.restore(w.bytes(pages).view()).error().code, Errc::truncated) << n;
    }
    for (std::size_t n = 0; n < pages.size(); n += 7) {
        Compositor c(options());
        ASSERT_EQ(c.restore(ByteView(snapshot).first(4 + fields + n)).error().code, Errc::truncated)
            << n;
    }
}

TEST(Restore, without_the_decoder_it_needs_is_refused) {
    Compositor first(options());
    fill(first);
    Compositor second({});
    EXPECT_EQ(second.restore(*first.snapshot()).error().code, Errc::unsupported);
    EXPECT_EQ(*second.snapshot(), *Compositor({}).snapshot());
}

}  // namespace
}  // namespace lucid::rdp::picture
