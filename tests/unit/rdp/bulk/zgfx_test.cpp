// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/zgfx.hpp>

#include <tests/support/conformance_data.hpp>
#include <tests/support/zgfx_writer.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::bulk {
namespace {

using test::ZgfxWriter;

TEST(Zgfx, every_token_of_random_streams) {
    std::mt19937 random(1);
    Bytes plain;
    Zgfx zgfx;
    // More than one round of the ring.
    for (int i = 0; plain.size() < zgfx_history_bytes + 200'000; ++i) {
        const auto start = plain.size();
        const auto message =
            test::zgfx_single(test::random_zgfx_segment(random, plain, 1 + random() % 6000));
        const auto got = zgfx.decompress(message);
        ASSERT_TRUE(got) << i << " " << got.error().message();
        const auto expected = ByteView(plain).subspan(start);
        ASSERT_TRUE(std::equal(got->begin(), got->end(), expected.begin(), expected.end())) << i;
    }
}

TEST(Zgfx, segments_of_one_message_share_the_history) {
    std::mt19937 random(2);
    Bytes plain;
    std::vector<Bytes> segments;
    for (int i = 0; i < 5; ++i) segments.push_back(test::random_zgfx_segment(random, plain, 3000));
    const auto message = test::zgfx_multipart(segments, static_cast<std::uint32_t>(plain.size()));
    Zgfx zgfx;
    const auto got = zgfx.decompress(message);
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(to_bytes(*got), plain);
    for (const int off : {-1, 1}) {
        Zgfx other;
        EXPECT_FALSE(other.decompress(test::zgfx_multipart(
            segments, static_cast<std::uint32_t>(static_cast<int>(plain.size()) + off))));
    }
    for (std::size_t n = 0; n < message.size(); n += 1 + n / 64) {
        Zgfx cut;
        EXPECT_FALSE(cut.decompress(ByteView(message).first(n))) << n;
    }
}

TEST(Zgfx, message_and_segment_limits) {
    Zgfx zgfx;
    EXPECT_EQ(zgfx.decompress(test::zgfx_multipart({}, zgfx_message_bytes_max + 1)).error().code,
              make_error_code(Errc::limit_exceeded));
    // Exactly a segment by one literal and one match; one byte more is refused.
    ZgfxWriter at;
    at.literal('x');
    at.match(1, zgfx_segment_bytes_max - 1);
    const auto whole = zgfx.decompress(test::zgfx_single(at.segment()));
    ASSERT_TRUE(whole) << whole.error().message();
    EXPECT_EQ(whole->size(), zgfx_segment_bytes_max);
    ZgfxWriter past;
    past.literal('x');
    past.match(1, zgfx_segment_bytes_max);
    EXPECT_FALSE(Zgfx().decompress(test::zgfx_single(past.segment())));
    ZgfxWriter literals;
    for (std::size_t i = 0; i <= zgfx_segment_bytes_max; ++i) literals.literal(0);
    EXPECT_FALSE(Zgfx().decompress(test::zgfx_single(literals.segment())));
    Bytes raw(zgfx_segment_bytes_max + 1);
    raw.front() = 0x04;
    EXPECT_TRUE(Zgfx().decompress(test::zgfx_single(raw)));
    raw.push_back(0);
    EXPECT_FALSE(Zgfx().decompress(test::zgfx_single(raw)));
}

TEST(Zgfx, a_distance_behind_the_first_byte_is_refused) {
    ZgfxWriter w;
    w.literal('a');
    w.match(2, 3);
    EXPECT_FALSE(Zgfx().decompress(test::zgfx_single(w.segment())));
    ZgfxWriter good;
    good.literal('a');
    good.match(1, 3);
    const auto got = Zgfx().decompress(test::zgfx_single(good.segment()));
    EXPECT_TRUE(got);
}

TEST(Zgfx, refuses_other_descriptors_and_padding) {
    ZgfxWriter w;
    w.literal('a');
    auto segment = w.segment();
    EXPECT_FALSE(Zgfx().decompress({}));
    EXPECT_FALSE(Zgfx().decompress(Bytes{0xe2, 0x04}));
    EXPECT_FALSE(Zgfx().decompress(Bytes{0xe0, 0x03, 1}));
    EXPECT_FALSE(Zgfx().decompress(Bytes{0xe0, 0x24}));
    EXPECT_FALSE(Zgfx().decompress(Bytes{0xe0, 0x24, 1}));
    segment.back() = 8;
    EXPECT_FALSE(Zgfx().decompress(test::zgfx_single(segment)));
    // 101111111 is no prefix.
    EXPECT_FALSE(Zgfx().decompress(Bytes{0xe0, 0x24, 0xbf, 0x80, 0}));
}

TEST(Zgfx, survives_every_bit) {
    std::mt19937 random(3);
    Bytes plain;
    const auto message = test::zgfx_single(test::random_zgfx_segment(random, plain, 60));
    for (std::size_t i = 0; i < 8 * message.size(); ++i) {
        Bytes damaged = message;
        damaged[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
        Zgfx zgfx;
        (void)zgfx.decompress(damaged);
    }
}

TEST(Zgfx, goes_on_from_a_saved_state_in_every_phase_of_the_ring) {
    std::mt19937 random(4);
    Bytes plain;
    Zgfx first;
    for (const std::size_t until :
         {std::size_t{1}, std::size_t{100'000}, zgfx_history_bytes, zgfx_history_bytes + 70'000}) {
        while (plain.size() < until)
            ASSERT_TRUE(first.decompress(
                test::zgfx_single(test::random_zgfx_segment(random, plain, 4000))));
        Writer w;
        first.save(w);
        Zgfx second;
        Reader r(w.view());
        ASSERT_TRUE(second.restore(r));
        EXPECT_TRUE(r.empty());
        const auto message = test::zgfx_single(test::random_zgfx_segment(random, plain, 4000));
        const auto a = first.decompress(message);
        const auto b = second.decompress(message);
        ASSERT_TRUE(a && b);
        EXPECT_EQ(to_bytes(*a), to_bytes(*b));
    }
    Writer too_long;
    too_long.u32_le(zgfx_history_bytes + 1);
    Reader r(too_long.view());
    EXPECT_FALSE(Zgfx().restore(r));
}

TEST(Zgfx, conformance_vectors) {
    if (!test::has_rdp_conformance_data()) GTEST_SKIP() << test::rdp_conformance_archive();
    // One stream: later messages refer to earlier ones.
    Zgfx zgfx;
    const std::string folder = "ironrdp/crates/ironrdp-graphics/src/zgfx/test_assets/";
    for (int i = 0; i < 5; ++i) {
        const auto number = std::to_string(i);
        const auto encoded = test::rdp_conformance_file(folder + "encoded." + number + ".bin");
        const auto decoded = test::rdp_conformance_file(folder + "decoded." + number + ".bin");
        ASSERT_FALSE(encoded.empty());
        const auto got = zgfx.decompress(encoded);
        ASSERT_TRUE(got) << i << " " << got.error().message();
        EXPECT_EQ(to_bytes(*got), decoded) << i;
    }
}

}  // namespace
}  // namespace lucid::rdp::bulk
