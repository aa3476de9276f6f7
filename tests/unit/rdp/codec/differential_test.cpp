// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/clear.hpp>
#include <lucid/rdp/codec/interleaved.hpp>
#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/planar.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/remotefx.hpp>

#include <cmath>
#include <tests/support/clear_writer.hpp>
#include <tests/support/freerdp_codecs.hpp>
#include <tests/support/progressive_writer.hpp>
#include <tests/unit/rdp/codec/conformance.hpp>

#include <gtest/gtest.h>

// The same bytes through Lucid's decoders and FreeRDP's.

namespace lucid::rdp::codec {
namespace {

using lucid::test::freerdp::Area;
using lucid::test::freerdp::Codecs;
using test::make_picture;
using test::Picture;

const bool long_run =
    std::getenv("LUCID_TEST_LONG") != nullptr && std::string(std::getenv("LUCID_TEST_LONG")) == "1";
const std::uint32_t rounds = long_run ? 400 : 24;

/// std::mt19937 whose numbers have their 32 bits as a type.
class Random {
  public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

  private:
    std::mt19937 engine_;
};

struct Shape {
    std::uint32_t width, height;
};
Shape shape_of(std::uint32_t seed) {
    Random random(seed);
    return {4 * (1 + random() % 40), 1 + random() % 130};
}

/// Largest difference of a colour value.
int distance(const Picture& a, const Picture& b) {
    int worst = 0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i)
        if (i % 4 != 3) worst = std::max(worst, std::abs(a.bytes[i] - b.bytes[i]));
    return worst;
}

TEST(Differential, interleaved) {
    Codecs peer;
    for (std::uint32_t seed = 0; seed < rounds; ++seed) {
        // Its encoder takes 64 by 64 at most.
        const auto [any_width, any_height] = shape_of(seed);
        const std::uint32_t width = std::min(any_width, 64U), height = std::min(any_height, 64U);
        const auto picture = make_picture(width, height, seed);
        for (const std::uint32_t bits : {15, 16, 24}) {
            const auto data = peer.encode_interleaved(picture.bytes, width, height, bits);
            ASSERT_FALSE(data.empty());
            Picture theirs(width, height), ours(width, height);
            ASSERT_TRUE(peer.decode_interleaved(data, width, height, bits, theirs.bytes));
            InterleavedDecoder decoder;
            const auto done = decoder.decode(data, bits, {width, height}, {}, ours.view());
            ASSERT_TRUE(done) << done.error().message();
            EXPECT_EQ(ours.colours(), theirs.colours()) << "seed " << seed << " bits " << bits;
        }
    }
}

TEST(Differential, interleaved_damaged) {
    Codecs peer;
    Random random(1);
    std::size_t both = 0;
    for (std::uint32_t seed = 0; seed < rounds * 40; ++seed) {
        const auto picture = make_picture(16, 16, seed % 16);
        auto data = peer.encode_interleaved(picture.bytes, 16, 16, 16);
        data[random() % data.size()] = static_cast<std::uint8_t>(random());
        Picture theirs(16, 16), ours(16, 16);
        InterleavedDecoder decoder;
        const bool good = bool(decoder.decode(data, 16, {16, 16}, {}, ours.view()));
        const bool theirs_good = peer.decode_interleaved(data, 16, 16, 16, theirs.bytes);
        // What we take, FreeRDP takes. It also takes streams that leave pixels unset.
        if (!good) continue;
        EXPECT_TRUE(theirs_good) << seed;
        EXPECT_EQ(ours.colours(), theirs.colours()) << seed;
        ++both;
    }
    EXPECT_GT(both, 50U);
}

TEST(Differential, planar) {
    Codecs peer;
    std::size_t compared = 0;
    for (std::uint32_t seed = 0; seed < rounds; ++seed) {
        const auto [width, height] = shape_of(seed);
        auto picture = make_picture(width, height, seed);
        for (std::size_t i = 3; i < picture.bytes.size(); i += 4)
            picture.bytes[i] = static_cast<std::uint8_t>(i / 32);
        for (const bool alpha : {false, true}) {
            const auto data = peer.encode_planar(picture.bytes, width, height, alpha);
            // Of noise that does not shrink its encoder makes nothing (seed 226), or planes without
            // runs under a header that announces runs (seed 278), which neither side takes.
            if (data.empty()) continue;
            for (const bool bottom_up : {false, true}) {
                Picture theirs(width, height), ours(width, height);
                const bool taken = peer.decode_planar(data, width, height, bottom_up, theirs.bytes);
                PlanarDecoder decoder;
                const auto done = decoder.decode(
                    data, {width, height}, bottom_up ? RowOrder::bottom_up : RowOrder::top_down,
                    ours.view());
                ASSERT_EQ(done.has_value(), taken) << "seed " << seed << " alpha " << alpha;
                if (!taken) continue;
                EXPECT_EQ(ours.bytes, theirs.bytes) << "seed " << seed << " alpha " << alpha;
                ++compared;
            }
        }
    }
    EXPECT_GE(compared, 4 * rounds - 4);
}

/// RGB and luma-chroma planes of random bytes, in all forms of the header.
TEST(Differential, planar_forms) {
    Codecs peer;
    Random random(7);
    for (std::uint32_t round = 0; round < rounds * 8; ++round) {
        const std::uint32_t width = 2 * (1 + random() % 20), height = 2 * (1 + random() % 12);
        const auto loss = static_cast<std::uint8_t>(random() % 8);
        const bool subsampled = loss > 0 && random() % 2 == 0;
        Bytes data = {static_cast<std::uint8_t>(loss | (subsampled ? 0x08 : 0) |
                                                (random() % 2 == 0 ? 0x20 : 0))};
        const std::size_t area = std::size_t{width} * height;
        const std::size_t planes = (data[0] & 0x20) != 0 ? 1 : 2;
        const std::size_t size = area * planes + 2 * (subsampled ? area / 4 : area);
        for (std::size_t i = 0; i < size; ++i) data.push_back(static_cast<std::uint8_t>(random()));
        Picture theirs(width, height), ours(width, height);
        PlanarDecoder decoder;
        const auto done = decoder.decode(data, {width, height}, RowOrder::top_down, ours.view());
        ASSERT_TRUE(done) << done.error().message();
        // Its raw form of subsampled planes asks for a quarter plane more than there is.
        if (!peer.decode_planar(data, width, height, false, theirs.bytes)) continue;
        EXPECT_EQ(ours.colours(), theirs.colours()) << int{data[0]};
    }
}

void remotefx_round(Codecs& peer, RemoteFxDecoder& decoder, std::uint32_t seed, bool rlgr3,
                    Picture& ours, Picture& theirs) {
    Random random(seed);
    const auto picture = make_picture(ours.width, ours.height, seed);
    std::vector<Area> areas;
    if (seed % 3 == 0) areas.push_back({0, 0, ours.width, ours.height});
    for (int i = 0; seed % 3 != 0 && i < 4; ++i) {
        const auto x = random() % (ours.width - 8);
        const auto y = random() % (ours.height - 8);
        areas.push_back(
            {x, y, 8 + random() % (ours.width - x - 7), 8 + random() % (ours.height - y - 7)});
    }
    const auto message = peer.encode_remotefx(picture.bytes, ours.width, ours.height, areas, rlgr3);
    ASSERT_TRUE(peer.decode_remotefx(message, 0, 0, theirs.width, theirs.height, theirs.bytes));
    std::vector<Rect> damage;
    const auto done = decoder.decode(message, ours.view(), {0, 0}, damage);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_FALSE(damage.empty());
    EXPECT_EQ(distance(ours, theirs), 0) << "seed " << seed;
    EXPECT_EQ(ours.colours(), theirs.colours()) << "seed " << seed;
}

TEST(Differential, remotefx_rlgr1_and_rlgr3) {
    for (const bool rlgr3 : {false, true}) {
        Codecs peer;
        RemoteFxDecoder decoder;
        Picture ours(200, 150), theirs(200, 150);
        for (std::uint32_t seed = 0; seed < rounds; ++seed)
            remotefx_round(peer, decoder, seed, rlgr3, ours, theirs);
    }
}

TEST(Differential, nscodec) {
    Codecs peer;
    for (std::uint32_t seed = 0; seed < rounds; ++seed) {
        const auto [width, height] = shape_of(seed);
        const auto picture = make_picture(width, height, seed);
        for (const std::uint32_t loss : {1, 3, 7})
            for (const bool subsampled : {false, true}) {
                const auto data =
                    peer.encode_nscodec(picture.bytes, width, height, loss, subsampled);
                Picture theirs(width, height), ours(width, height);
                ASSERT_TRUE(peer.decode_nscodec(data, width, height, theirs.bytes));
                NsCodecDecoder decoder;
                const auto done =
                    decoder.decode(data, {width, height}, RowOrder::top_down, ours.view());
                ASSERT_TRUE(done) << done.error().message();
                EXPECT_EQ(ours.bytes, theirs.bytes) << seed << " loss " << loss << subsampled;
            }
    }
}

void clear_round(Codecs& peer, ClearDecoder& decoder, ByteView stream, Picture& ours,
                 Picture& theirs, bool must_work) {
    const auto done = decoder.decode(stream, ours.view());
    const bool good = peer.decode_clear(stream, 0, 0, ours.width, ours.height, ours.width,
                                        ours.height, theirs.bytes);
    if (must_work) {
        ASSERT_TRUE(done && good) << (done ? "theirs" : done.error().message());
    }
    if (done && good) {
        EXPECT_EQ(ours.colours(), theirs.colours());
    }
}

TEST(Differential, clear) {
    Codecs peer;
    ClearDecoder decoder;
    lucid::test::ClearWriter writer;
    for (std::uint32_t seed = 0; seed < rounds; ++seed) {
        const auto [width, height] = shape_of(seed);
        auto picture = make_picture(width, height, seed);
        if (seed % 5 == 4) writer.reset_next();
        const auto view = picture.view();
        std::vector<Bytes> streams = {writer.bands(view), writer.residual(view)};
        streams.push_back(writer.bands(view));
        streams.push_back(writer.subcodec(view, 0));
        const auto nscodec = peer.encode_nscodec(picture.bytes, width, height, 2, seed % 2 == 0);
        streams.push_back(writer.subcodec_data(view, 1, nscodec));
        Picture few(width, height, 0xff);
        for (std::size_t i = 0; i < few.bytes.size(); ++i)
            if (i % 4 != 3) few.bytes[i] = static_cast<std::uint8_t>(i / 4 % (seed + 1) % 100);
        streams.push_back(writer.subcodec(few.view(), 2));
        Picture ours(width, height), theirs(width, height);
        for (const auto& stream : streams) clear_round(peer, decoder, stream, ours, theirs, true);
        const Picture small = make_picture(16, 16, seed);
        Picture our_glyph(16, 16), their_glyph(16, 16);
        const auto index = static_cast<std::uint16_t>(seed * 37 % 4000);
        clear_round(peer, decoder, writer.as_glyph(writer.residual(Picture(small).view()), index),
                    our_glyph, their_glyph, true);
        clear_round(peer, decoder, writer.glyph_hit(index), our_glyph, their_glyph, true);
    }
}

void progressive_message(Codecs& peer, ProgressiveDecoder& decoder, ByteView message, Picture& ours,
                         Picture& theirs, const char* what) {
    ASSERT_TRUE(peer.decode_progressive(message, ours.width, ours.height, theirs.bytes)) << what;
    std::vector<Rect> damage;
    const auto done = decoder.decode({0, 0}, message, ours.view(), damage);
    ASSERT_TRUE(done) << what << ": " << done.error().message();
    ASSERT_EQ(distance(ours, theirs), 0) << what;
}

TEST(Differential, progressive_of_its_own_encoder) {
    for (std::uint32_t seed = 0; seed < rounds / 4; ++seed) {
        Codecs peer;
        ProgressiveDecoder decoder;
        const std::uint32_t width = 64 + seed * 31, height = 40 + seed * 17;
        Picture ours(width, height), theirs(width, height);
        const auto picture = make_picture(width, height, seed);
        const auto message = peer.encode_progressive(picture.bytes, width, height);
        ASSERT_FALSE(message.empty());
        progressive_message(peer, decoder, message, ours, theirs, "simple tiles");
    }
}

TEST(Differential, progressive_passes) {
    std::vector<std::uint32_t> seeds = {
        42};  // its means do not fit into 16 bits before they are halved
    for (std::uint32_t seed = 0; seed < rounds / 4; ++seed) seeds.push_back(seed);
    for (const auto seed : seeds) {
        Codecs peer;
        ProgressiveDecoder decoder;
        const std::uint32_t width = 70 + seed % 7 * 31, height = 40 + seed % 5 * 37;
        lucid::test::ProgressiveWriter writer(width, height, true);
        Picture ours(width, height), theirs(width, height);
        auto first = make_picture(width, height, seed),
             second = make_picture(width, height, seed + 1);
        const auto step = [&](const Bytes& message, const char* what) {
            progressive_message(peer, decoder, message, ours, theirs, what);
        };
        step(writer.first(first.view(), 6), "first");
        step(writer.upgrade(4), "upgrade to 4");
        step(writer.upgrade(1), "upgrade to 1");
        step(writer.upgrade(0), "upgrade to 0");
        step(writer.simple(second.view(), true), "difference");
        step(writer.simple(first.view()), "simple");
    }
}

}  // namespace
}  // namespace lucid::rdp::codec

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    lucid::test::freerdp::use_portable_primitives();
    return RUN_ALL_TESTS();
}
