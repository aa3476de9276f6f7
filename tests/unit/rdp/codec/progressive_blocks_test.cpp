// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/progressive_tile.hpp>

#include <algorithm>
#include <memory>
#include <tests/support/progressive_writer.hpp>
#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>

// Progressive streams, tiles and states block by block: what each field may be.

namespace lucid::rdp::codec {
namespace {

using test::Picture;

Bytes block(std::uint16_t type, ByteView body) {
    Writer w;
    w.u16_le(type).u32_le(static_cast<std::uint32_t>(body.size() + 6)).bytes(body);
    return w.take();
}
const Bytes frame_begin = block(0xccc1, Bytes{0, 0, 0, 0, 1, 0});
const Bytes frame_end = block(0xccc2, {});

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) append(all, part);
    return all;
}

struct TileFields {
    std::uint16_t type = 0xccc5;
    std::uint8_t quantizer = 0;
    std::uint16_t column = 0;
    std::uint16_t row = 0;
    bool difference = false;
    std::uint8_t quality = 0;  ///< of a first tile
    Bytes luma;
    [[nodiscard]] Bytes body() const {
        Writer w;
        w.u8(quantizer).u8(0).u8(0).u16_le(column).u16_le(row).u8(difference ? 1 : 0);
        if (type == 0xccc6) w.u8(quality);
        w.u16_le(static_cast<std::uint16_t>(luma.size())).u16_le(0).u16_le(0).u16_le(0);
        return w.bytes(luma).take();
    }
    [[nodiscard]] Bytes bytes() const { return block(type, body()); }
};

struct RegionFields {
    std::uint8_t tile_size = 64;
    std::size_t rects = 1;
    std::size_t quantizers = 1;
    std::uint8_t quantizer = 0x66;  ///< two of the ten values
    std::size_t qualities = 1;
    std::uint8_t flags = 0;
    Bytes tiles = TileFields().bytes();
    std::uint16_t count = 1;
    [[nodiscard]] Bytes body() const {
        Writer w;
        w.u8(tile_size).u16_le(static_cast<std::uint16_t>(rects));
        w.u8(static_cast<std::uint8_t>(quantizers)).u8(static_cast<std::uint8_t>(qualities));
        w.u8(flags).u16_le(count).u32_le(static_cast<std::uint32_t>(tiles.size()));
        for (std::size_t i = 0; i < rects; ++i) w.u16_le(0).u16_le(0).u16_le(64).u16_le(64);
        for (std::size_t i = 0; i < quantizers; ++i) w.bytes(Bytes(5, quantizer));
        for (std::size_t i = 0; i < qualities; ++i) w.zeros(16);
        return w.bytes(tiles).take();
    }
    [[nodiscard]] Bytes message() const {
        return joined({frame_begin, block(0xccc4, body()), frame_end});
    }
};

std::error_code decode(ProgressiveDecoder& decoder, ByteView data, Picture& out,
                       std::uint16_t surface = 1) {
    std::vector<Rect> damage;
    const auto done = decoder.decode({surface, 7}, data, out.view(), damage);
    return done ? std::error_code() : done.error().code;
}
std::error_code refusal(ByteView data) {
    ProgressiveDecoder decoder;
    Picture out(128, 64);
    return decode(decoder, data, out);
}

TEST(ProgressiveBlocks, a_tile_without_coefficients_is_grey) {
    ProgressiveDecoder decoder;
    Picture out(128, 64);
    ASSERT_FALSE(decode(decoder, RegionFields().message(), out));
    EXPECT_EQ(out.colours()[0], 0x808080U);
    EXPECT_EQ(out.colours()[64], 0U) << "the next tile";
}

TEST(ProgressiveBlocks, sync_and_context_have_their_constants) {
    const auto sync = [](std::uint32_t magic, std::uint16_t version, std::size_t more = 0) {
        return block(0xccc0, Writer().u32_le(magic).u16_le(version).zeros(more).view());
    };
    const auto context = [](std::uint16_t tile_size, std::size_t more = 0) {
        return block(0xccc3, Writer().u8(0).u16_le(tile_size).u8(1).zeros(more).view());
    };
    EXPECT_FALSE(refusal(joined({sync(0xcaccacca, 0x100), context(64)})));
    EXPECT_EQ(refusal(sync(0xcaccaccb, 0x100)), Errc::bad_magic);
    EXPECT_EQ(refusal(sync(0xcaccacca, 0x101)), Errc::bad_version);
    EXPECT_EQ(refusal(sync(0xcaccacca, 0x100, 1)), Errc::trailing_bytes);
    EXPECT_EQ(refusal(context(32)), Errc::bad_value);
    EXPECT_EQ(refusal(context(64, 1)), Errc::trailing_bytes);
    for (std::size_t n = 0; n < 6; ++n)
        EXPECT_EQ(refusal(block(0xccc0, Bytes(n))), Errc::truncated) << n;
    for (std::size_t n = 0; n < 4; ++n)
        EXPECT_EQ(refusal(block(0xccc3, Bytes(n))), Errc::truncated) << n;
}

TEST(ProgressiveBlocks, regions_stand_in_frames_and_frames_in_nothing) {
    const auto region = block(0xccc4, RegionFields().body());
    EXPECT_EQ(refusal(region), Errc::refused);
    EXPECT_EQ(refusal(joined({frame_begin, frame_end, region})), Errc::refused);
    EXPECT_EQ(refusal(joined({frame_begin, frame_begin})), Errc::refused);
    EXPECT_FALSE(refusal(joined({frame_begin, region, region, frame_end, frame_begin})));
    EXPECT_EQ(refusal(block(0xccc8, {})), Errc::bad_value);
}

TEST(ProgressiveBlocks, lengths_hold_their_header_and_end_with_the_data) {
    for (const std::uint32_t length : {0U, 5U})
        EXPECT_EQ(refusal(Writer().u16_le(0xccc2).u32_le(length).view()), Errc::bad_length);
    EXPECT_FALSE(refusal(Writer().u16_le(0xccc2).u32_le(6).view()));
    EXPECT_EQ(refusal(Writer().u16_le(0xccc2).u32_le(7).view()), Errc::truncated);
    for (std::size_t n = 1; n < 6; ++n)
        EXPECT_EQ(refusal(ByteView(frame_end).first(n)), Errc::truncated) << n;
}

TEST(ProgressiveBlocks, regions_keep_their_limits) {
    const auto with = [](RegionFields fields) { return refusal(fields.message()); };
    EXPECT_EQ(with({.tile_size = 32}), Errc::bad_value);
    EXPECT_EQ(with({.rects = 0}), Errc::bad_value);
    EXPECT_FALSE(with({.rects = 4096}));
    EXPECT_EQ(with({.rects = 4097}), Errc::limit_exceeded);
    EXPECT_FALSE(with({.quantizers = 7}));
    EXPECT_EQ(with({.quantizers = 8}), Errc::bad_value);
    EXPECT_EQ(with({.quantizers = 0}), Errc::bad_value) << "the tile names the first";
    EXPECT_EQ(with({.quantizer = 0x65}), Errc::bad_value);
    EXPECT_EQ(with({.quantizer = 0x56}), Errc::bad_value);
    EXPECT_FALSE(with({.qualities = 0}));
    EXPECT_EQ(with({.count = 0}), Errc::bad_length);
    EXPECT_EQ(with({.count = 2}), Errc::bad_length);
    const auto body = RegionFields().body();
    for (std::size_t n = 0; n < body.size(); ++n)
        EXPECT_EQ(refusal(joined({frame_begin, block(0xccc4, ByteView(body).first(n))})),
                  Errc::truncated)
            << n;
}

TEST(ProgressiveBlocks, tiles_lie_on_the_surface_and_name_what_there_is) {
    const auto with = [](TileFields tile, std::size_t qualities = 1) {
        return refusal(RegionFields{.qualities = qualities, .tiles = tile.bytes()}.message());
    };
    EXPECT_FALSE(with({.column = 1}));
    EXPECT_EQ(with({.column = 2}), Errc::bad_value);
    EXPECT_EQ(with({.row = 1}), Errc::bad_value);
    EXPECT_EQ(with({.quantizer = 1}), Errc::bad_value);
    EXPECT_FALSE(with({.type = 0xccc6}));
    EXPECT_EQ(with({.type = 0xccc6, .quality = 1}), Errc::bad_value);
    EXPECT_EQ(with({.type = 0xccc6}, 0), Errc::bad_value);
    EXPECT_FALSE(with({.type = 0xccc6, .quality = 0xff}, 0)) << "full quality needs none";
    EXPECT_EQ(with({.type = 0xccc4}), Errc::bad_value);
    EXPECT_EQ(with({.type = 0xccc8}), Errc::bad_value);
    const auto refused_body = [](std::uint16_t type, ByteView body) {
        return refusal(RegionFields{.tiles = block(type, body)}.message());
    };
    const TileFields first{.type = 0xccc6, .luma = Bytes(3)};
    auto body = first.body();
    for (std::size_t n = 0; n < body.size(); ++n)
        EXPECT_EQ(refused_body(0xccc6, ByteView(body).first(n)), Errc::truncated) << n;
    body.push_back(0);
    EXPECT_EQ(refused_body(0xccc6, body), Errc::trailing_bytes);
}

TEST(ProgressiveBlocks, a_first_pass_again_begins_anew) {
    lucid::test::ProgressiveWriter::Plane plane = {};
    plane[0] = 3;
    const auto message =
        RegionFields{
            .tiles = TileFields{.type = 0xccc6, .luma = lucid::test::encode_rlgr1(plane)}.bytes()}
            .message();
    ProgressiveDecoder once, twice;
    Picture a(128, 64), b(128, 64);
    ASSERT_FALSE(decode(once, message, a));
    ASSERT_FALSE(decode(twice, message, b));
    ASSERT_FALSE(decode(twice, message, b));
    EXPECT_EQ(a.bytes, b.bytes);
    Bytes one, two;
    once.save(one);
    twice.save(two);
    EXPECT_EQ(one, two);
}

TEST(ProgressiveBlocks, the_contexts_of_one_surface_go_with_it) {
    ProgressiveDecoder decoder;
    Picture out(128, 64);
    for (std::uint16_t surface = 1; surface <= 3; ++surface)
        ASSERT_FALSE(decode(decoder, RegionFields().message(), out, surface));
    EXPECT_EQ(decoder.tiles(), 3U);
    decoder.delete_surface(2);
    EXPECT_EQ(decoder.tiles(), 2U);
    decoder.delete_surface(4);
    EXPECT_EQ(decoder.tiles(), 2U);
    decoder.delete_surface(3);
    EXPECT_EQ(decoder.tiles(), 1U);
}

/// A tile of zeros that waits for upgrades from bit position 8 on.
struct Upgrade : testing::Test {
    ProgressiveTile tile = {};
    UpgradePass pass = {};
    Upgrade() {
        tile.signs = std::make_unique<TileSigns>();
        for (int c = 0; c < tile_components; ++c) {
            tile.bit_position[c].fill(8);
            pass.quantizers.component[c].fill(8);
        }
    }
    std::error_code apply() {
        const auto done = apply_upgrade_pass(pass, tile);
        return done ? std::error_code() : done.error().code;
    }
};

TEST_F(Upgrade, without_new_bits_changes_nothing) {
    tile.current[1][7] = 5;
    EXPECT_FALSE(apply());
    EXPECT_EQ(tile.current[1][7], 5);
    EXPECT_EQ(tile.bit_position[0][hl1], 8);
}

TEST_F(Upgrade, needs_a_tile_that_waits_the_same_transform_and_lower_bits) {
    pass.extrapolate = true;
    EXPECT_EQ(apply(), Errc::bad_value);
    pass.extrapolate = false;
    pass.quantizers.component[2][ll3] = 9;
    EXPECT_EQ(apply(), Errc::bad_value);
    tile.signs.reset();
    EXPECT_EQ(apply(), Errc::not_found);
}

TEST_F(Upgrade, first_significant_bits_then_raw_ones) {
    // Of HL1 two bits more. No zeros (1, low bit 0), negative (1), magnitude 2 (0, 1); then zeros.
    pass.quantizers.component[0][hl1] = 6;
    const Bytes srl = {0xa8, 0, 0, 0};
    pass.srl[0] = srl;
    ASSERT_FALSE(apply());
    EXPECT_EQ(tile.current[0][0], -2 * 32);
    EXPECT_EQ(tile.signs->sign[0][0], -1);
    EXPECT_EQ(std::count(tile.current[0], tile.current[0] + tile_coefficients, 0), 4095);
    EXPECT_EQ(tile.bit_position[0][hl1], 6);
    EXPECT_EQ(tile.bit_position[0][lh1], 8);
    // Two bits more: 11 of the one that is significant.
    pass.quantizers.component[0][hl1] = 4;
    const Bytes raw = {0xc0};
    pass.raw[0] = raw;
    pass.srl[0] = ByteView(srl).subspan(1);
    ASSERT_FALSE(apply());
    EXPECT_EQ(tile.current[0][0], -2 * 32 - 3 * 8);
}

TEST_F(Upgrade, of_the_lowest_band_is_raw_bits_alone) {
    pass.quantizers.component[0][ll3] = 7;
    Bytes raw(8, 0);
    raw[0] = 0x40;
    pass.raw[0] = raw;
    ASSERT_FALSE(apply());
    EXPECT_EQ(tile.current[0][4032], 0);
    EXPECT_EQ(tile.current[0][4033], 64);
    pass.quantizers.component[0][ll3] = 6;
    pass.raw[0] = ByteView(raw).first(7);
    EXPECT_EQ(apply(), Errc::truncated);
}

TEST_F(Upgrade, that_ends_inside_a_magnitude_is_refused) {
    for (auto& component : tile.bit_position) component.fill(14);
    for (auto& component : pass.quantizers.component) component.fill(14);
    pass.quantizers.component[0][hl1] = 6;
    // No zeros, negative, and five zeros of a magnitude of up to 255.
    const Bytes srl = {0xa0};
    pass.srl[0] = srl;
    EXPECT_EQ(apply(), Errc::truncated);
}

/// A state of one tile of zeros; signs as `form` says.
struct StateFields {
    std::uint8_t version = 1;
    std::uint32_t contexts = 1;
    std::uint8_t form = 0;
    std::uint8_t bits = 30;
    std::uint64_t zeros = 4095;
    std::uint64_t value = 1;
    [[nodiscard]] Bytes bytes() const {
        Writer w;
        w.u8(version).u32_le(contexts).u16_le(1).u32_le(7).u32_le(1).u32_le(0);
        w.u8(form).u8(0);
        for (int c = 0; c < tile_components; ++c) {
            w.bytes(Bytes(10, bits));
            w.varint(zeros).varint(value);
            if (form == 2) w.varint(4096);
        }
        return w.take();
    }
};

TEST(ProgressiveState, comes_back_in_every_form_of_its_signs) {
    for (std::uint8_t form = 0; form <= 2; ++form) {
        ProgressiveDecoder decoder;
        Bytes rebuilt;
        Writer w;
        w.u8(1).u32_le(1).u16_le(1).u32_le(7).u32_le(1).u32_le(0).u8(form).u8(0);
        for (int c = 0; c < tile_components; ++c) {
            w.bytes(Bytes(10, 30)).varint(10).varint(1).varint(4085);
            if (form == 2) w.varint(4096);
        }
        const auto done = decoder.restore(w.view());
        ASSERT_TRUE(done) << int{form} << " " << done.error().message();
        EXPECT_EQ(decoder.tiles(), 1U);
        std::vector<std::size_t> cuts;
        decoder.save(rebuilt, &cuts);
        EXPECT_EQ(rebuilt, to_bytes(w.view())) << int{form};
        EXPECT_EQ(cuts, std::vector{rebuilt.size()}) << "behind its one tile";
    }
}

TEST(ProgressiveState, a_difference_in_a_first_pass_has_signs_of_its_own) {
    const auto message = [](bool difference, std::int16_t value) {
        lucid::test::ProgressiveWriter::Plane plane = {};
        plane[0] = value;
        return RegionFields{.tiles = TileFields{.type = 0xccc6,
                                                .difference = difference,
                                                .luma = lucid::test::encode_rlgr1(plane)}
                                         .bytes()}
            .message();
    };
    ProgressiveDecoder decoder;
    Picture out(128, 64);
    ASSERT_FALSE(decode(decoder, message(false, 3), out));
    Bytes state;
    decoder.save(state);
    constexpr std::size_t form_at = 1 + 4 + 2 + 4 + 4 + 4;
    EXPECT_EQ(state.at(form_at), 1) << "as the coefficients say";
    ASSERT_FALSE(decode(decoder, message(true, -1), out));
    state.clear();
    decoder.save(state);
    EXPECT_EQ(state.at(form_at), 2) << "positive still, and negative in the last pass";
    ProgressiveDecoder other;
    ASSERT_TRUE(other.restore(state));
    Bytes same;
    other.save(same);
    EXPECT_EQ(same, state);
}

TEST(ProgressiveState, refuses_what_is_none_and_is_empty_then) {
    const auto refused = [](ByteView state, std::size_t tiles_max = 1) {
        ProgressiveDecoder decoder(tiles_max);
        const auto done = decoder.restore(state);
        EXPECT_EQ(decoder.tiles(), done ? 1U : 0U);
        return done ? std::error_code() : done.error().code;
    };
    const auto with = [&](StateFields fields) { return refused(fields.bytes()); };
    EXPECT_FALSE(with({}));
    EXPECT_FALSE(with({.form = 2}));
    EXPECT_EQ(with({.version = 2}), Errc::bad_version);
    EXPECT_EQ(with({.contexts = 257}), Errc::limit_exceeded);
    EXPECT_EQ(with({.contexts = 256}), Errc::truncated);
    EXPECT_EQ(with({.form = 3}), Errc::bad_value);
    EXPECT_EQ(with({.bits = 31}), Errc::bad_value);
    EXPECT_EQ(with({.zeros = 4097}), Errc::bad_length);
    EXPECT_FALSE(with({.value = 0xffff}));
    EXPECT_EQ(with({.value = 0x10000}), Errc::bad_value);
    EXPECT_EQ(refused(StateFields().bytes(), 0), Errc::limit_exceeded);
    for (const auto form : {std::uint8_t{0}, std::uint8_t{2}}) {
        auto state = StateFields{.form = form}.bytes();
        for (std::size_t n = 0; n < state.size(); ++n)
            EXPECT_EQ(refused(ByteView(state).first(n)), Errc::truncated) << n;
        state.push_back(0);
        EXPECT_EQ(refused(state), Errc::trailing_bytes);
    }
}

}  // namespace
}  // namespace lucid::rdp::codec
