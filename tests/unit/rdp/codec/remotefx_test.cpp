// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/remotefx.hpp>

#include <algorithm>
#include <functional>
#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::codec {
namespace {

using test::Picture;

constexpr Rect whole = {0, 0, 64, 64};

Bytes block(std::uint16_t type, const std::function<void(Writer&)>& body) {
    Writer w;
    w.u16_le(type).u32_le(0);
    body(w);
    w.patch_u32_le(2, static_cast<std::uint32_t>(w.offset()));
    return w.take();
}

Bytes headers(std::uint8_t entropy = 1) {
    Bytes out;
    append(out, block(0xccc0, [](Writer& w) { w.u32_le(0xcaccacca).u16_le(0x0100); }));
    append(out, block(0xccc1, [](Writer& w) { w.u8(1).u8(1).u16_le(0x0100); }));
    append(out, block(0xccc2, [](Writer& w) { w.u8(1).u8(0).u16_le(64).u16_le(64); }));
    append(out, block(0xccc3, [&](Writer& w) {
               w.u8(1).u8(0xff).u8(0).u16_le(64);
               w.u16_le(static_cast<std::uint16_t>(entropy << 9 | 0x28));
           }));
    return out;
}

struct TileData {
    std::uint16_t column = 0;
    std::uint16_t row = 0;
    Bytes y;
    std::uint8_t quantizer = 0;
};

Bytes frame(const std::vector<Rect>& rects, const std::vector<TileData>& tiles) {
    Bytes out = block(0xccc4, [](Writer& w) { w.u8(1).u8(0).u32_le(0).u16_le(1); });
    append(out, block(0xccc6, [&](Writer& w) {
               w.u8(1).u8(0).u8(1).u16_le(static_cast<std::uint16_t>(rects.size()));
               for (const auto& r : rects)
                   for (const auto v : {r.x, r.y, r.width, r.height})
                       w.u16_le(static_cast<std::uint16_t>(v));
               w.u16_le(0xcac1).u16_le(1);
           }));
    append(out, block(0xccc7, [&](Writer& w) {
               w.u8(1).u8(0).u16_le(0xcac2).u16_le(0).u16_le(0).u8(1).u8(64);
               w.u16_le(static_cast<std::uint16_t>(tiles.size()));
               if (tiles.empty()) return;
               w.u32_le(0).bytes(Bytes(5, 0x66));
               for (const auto& tile : tiles)
                   w.bytes(block(0xcac3, [&](Writer& t) {
                       t.u8(tile.quantizer).u8(0).u8(0).u16_le(tile.column).u16_le(tile.row);
                       t.u16_le(static_cast<std::uint16_t>(tile.y.size())).u16_le(0).u16_le(0);
                       t.bytes(tile.y);
                   }));
           }));
    append(out, block(0xccc5, [](Writer& w) { w.u8(1).u8(0); }));
    return out;
}

/// No coefficients: middle grey.
const TileData grey = {};

std::error_code decode(RemoteFxDecoder& decoder, ByteView message, Picture& out,
                       Point origin = {0, 0}) {
    std::vector<Rect> damage;
    const auto done = decoder.decode(message, out.view(), origin, damage);
    return done ? std::error_code() : done.error().code;
}

TEST(RemoteFx, tile_without_coefficients_is_grey) {
    RemoteFxDecoder decoder;
    Picture out(64, 64);
    ASSERT_FALSE(decode(decoder, headers(), out));
    ASSERT_FALSE(decode(decoder, frame({whole}, {grey}), out));
    EXPECT_EQ(out.colours(), std::vector<std::uint32_t>(4096, 0x808080));
}

TEST(RemoteFx, draws_inside_its_rectangles_and_the_target_only) {
    RemoteFxDecoder decoder;
    Picture out(40, 40, 0x11);
    ASSERT_FALSE(decode(decoder, headers(), out));
    std::vector<Rect> damage;
    const auto message = frame({{4, 4, 8, 8}, {20, 20, 100, 100}, {200, 0, 4, 4}},
                               {grey, {3, 0, {}, 0}, {0xffff, 0xffff, {}, 0}});
    ASSERT_TRUE(decoder.decode(message, out.view(), {2, 1}, damage));
    EXPECT_EQ(damage, (std::vector<Rect>{{6, 5, 8, 8}, {22, 21, 18, 19}}));
    const auto colours = out.colours();
    for (std::uint32_t y = 0; y < 40; ++y)
        for (std::uint32_t x = 0; x < 40; ++x) {
            const bool first = x >= 6 && x < 14 && y >= 5 && y < 13;
            const bool second = x >= 22 && y >= 21;
            ASSERT_EQ(colours[y * 40 + x], first || second ? 0x808080U : 0x111111U)
                << x << " " << y;
        }
}

TEST(RemoteFx, no_rectangles_stand_for_the_channel) {
    RemoteFxDecoder decoder;
    Picture out(80, 64);
    ASSERT_FALSE(decode(decoder, headers(), out));
    ASSERT_FALSE(decode(decoder, frame({}, {grey, {1, 0, {}, 0}}), out));
    EXPECT_EQ(out.colours()[63], 0x808080U);
    EXPECT_EQ(out.colours()[64], 0U) << "the channel is 64 wide";
}

TEST(RemoteFx, headers_come_first_and_survive_save_and_restore) {
    RemoteFxDecoder decoder;
    Picture out(64, 64);
    const auto message = frame({whole}, {grey});
    EXPECT_EQ(decode(decoder, message, out), Errc::refused);
    ASSERT_FALSE(decode(decoder, headers(4), out));
    ASSERT_FALSE(decode(decoder, message, out));
    Bytes state;
    decoder.save(state);
    EXPECT_LT(state.size(), 32U);
    RemoteFxDecoder other;
    ASSERT_TRUE(other.restore(state));
    EXPECT_FALSE(decode(other, message, out));
    for (std::size_t size = 0; size < state.size(); ++size)
        EXPECT_FALSE(other.restore(ByteView(state).first(size))) << size;
    decoder.reset();
    EXPECT_EQ(decode(decoder, message, out), Errc::refused);
}

TEST(RemoteFx, an_empty_tile_set_draws_nothing) {
    RemoteFxDecoder decoder;
    Picture out(64, 64, 0x11);
    ASSERT_FALSE(decode(decoder, headers(), out));
    std::vector<Rect> damage;
    ASSERT_TRUE(decoder.decode(frame({whole}, {}), out.view(), {0, 0}, damage));
    EXPECT_TRUE(damage.empty());
    EXPECT_EQ(out.bytes, Picture(64, 64, 0x11).bytes);
}

TEST(RemoteFx, refuses_lengths_and_versions_that_are_none) {
    RemoteFxDecoder decoder;
    Picture out(64, 64);
    EXPECT_EQ(decode(decoder, Writer().u16_le(0xccc0).u32_le(5).view(), out), Errc::bad_length);
    EXPECT_EQ(decode(decoder, Writer().u16_le(0xccc0).u32_le(7).view(), out), Errc::truncated);
    Bytes state;
    decoder.save(state);
    state.push_back(0);
    EXPECT_EQ(decoder.restore(state).error().code, Errc::trailing_bytes);
    state[0] ^= 3;
    EXPECT_EQ(decoder.restore(state).error().code, Errc::bad_version);
}

TEST(RemoteFx, refuses_a_block_that_ends_inside_a_field) {
    Bytes message = headers();
    append(message, frame({whole}, {{0, 0, Bytes(3), 0}}));
    Picture out(64, 64);
    for (std::size_t at = 0; at < message.size();) {
        const auto type = static_cast<std::uint16_t>(message[at] | message[at + 1] << 8);
        const std::size_t length = message[at + 2] | std::size_t{message[at + 3]} << 8;
        const auto body = ByteView(message).subspan(at + 6, length - 6);
        for (std::size_t n = 0; n < body.size(); ++n) {
            Bytes cut = to_bytes(ByteView(message).first(at));
            append(cut, block(type, [&](Writer& w) { w.bytes(body.first(n)); }));
            RemoteFxDecoder decoder;
            EXPECT_EQ(decode(decoder, cut, out), Errc::truncated) << type << " " << n;
        }
        at += length;
    }
}

TEST(RemoteFx, refuses_a_tile_that_ends_inside_a_field) {
    const auto good = frame({whole}, {{0, 0, Bytes(3), 0}});
    // The tile set is the last block but one, of eight bytes; its tile has 22.
    const std::size_t tile_bytes = 22, set_header = 6 + 2 + 14 + 5;
    const std::size_t set = good.size() - 8 - tile_bytes - set_header;
    const auto body = ByteView(good).subspan(good.size() - 8 - tile_bytes + 6, tile_bytes - 6);
    Picture out(64, 64);
    for (std::size_t n = 0; n < body.size(); ++n) {
        Bytes cut = headers();
        append(cut, ByteView(good).first(set));
        append(cut, block(0xccc7, [&](Writer& w) {
                   w.bytes(ByteView(good).subspan(set + 6, set_header - 6));
                   w.bytes(block(0xcac3, [&](Writer& t) { t.bytes(body.first(n)); }));
               }));
        RemoteFxDecoder decoder;
        EXPECT_EQ(decode(decoder, cut, out), Errc::truncated) << n;
    }
}

TEST(RemoteFx, quantizers_of_none_and_one_are_the_same) {
    // A first coefficient of 108.
    const Bytes coded = {0x9f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x40, 0x55, 0x55};
    const auto decoded = [&](std::uint8_t quantizer) {
        auto message = headers();
        auto tiles = frame({whole}, {{0, 0, coded, 0}});
        const Bytes usual(5, 0x66);
        const auto at = std::search(tiles.begin(), tiles.end(), usual.begin(), usual.end());
        EXPECT_NE(at, tiles.end());
        std::fill_n(at, 5, quantizer);
        append(message, tiles);
        RemoteFxDecoder decoder;
        Picture out(64, 64);
        EXPECT_FALSE(decode(decoder, message, out));
        return out.bytes;
    };
    EXPECT_EQ(decoded(0x00), decoded(0x11));
    EXPECT_NE(decoded(0x00), decoded(0x22));
}

TEST(RemoteFx, refuses_what_does_not_fit) {
    RemoteFxDecoder decoder;
    Picture out(64, 64);
    ASSERT_FALSE(decode(decoder, headers(), out));
    EXPECT_EQ(decode(decoder, headers(2), out), Errc::bad_value) << "no such entropy coder";
    ASSERT_FALSE(decode(decoder, headers(), out));
    EXPECT_EQ(decode(decoder, frame({whole}, {{0, 0, {}, 1}}), out), Errc::bad_value)
        << "quantizer";
    EXPECT_EQ(decode(decoder, block(0xccc8, [](Writer& w) { w.u16_le(1); }), out), Errc::bad_value);
    EXPECT_EQ(decode(decoder, block(0xccc4, [](Writer& w) { w.u8(2).u8(0); }), out),
              Errc::bad_value)
        << "codec";
    const auto good = frame({whole}, {grey});
    const auto begin = ByteView(good).first(14);
    EXPECT_EQ(decode(decoder, ByteView(good).subspan(14), out), Errc::refused) << "no begin";
    Bytes twice = to_bytes(begin);
    append(twice, begin);
    EXPECT_EQ(decode(decoder, twice, out), Errc::refused);
    EXPECT_FALSE(decode(decoder, frame(std::vector<Rect>(remotefx_rects_max, whole), {grey}), out));
    EXPECT_EQ(decode(decoder, frame(std::vector<Rect>(remotefx_rects_max + 1, whole), {grey}), out),
              Errc::limit_exceeded);
}

TEST(RemoteFx, survives_cuts_and_damage) {
    Bytes message = headers();
    Bytes coded;
    for (int i = 0; i < 600; ++i) coded.push_back(static_cast<std::uint8_t>(i * 37 ^ i >> 3));
    append(message, frame({whole, {10, 10, 5, 5}}, {{0, 0, coded, 0}, grey}));
    for (const int entropy : {1, 4}) {
        test::cut_and_damage(message, 2000, [&](ByteView data) {
            RemoteFxDecoder decoder;
            Picture out(70, 30);
            Bytes with_entropy = headers(static_cast<std::uint8_t>(entropy));
            (void)decode(decoder, data, out);
            append(with_entropy, data.size() > 60 ? data.subspan(60) : data);
            (void)decode(decoder, with_entropy, out, {3, 5});
        });
    }
}

}  // namespace
}  // namespace lucid::rdp::codec
