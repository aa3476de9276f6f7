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

/// What refuses a segment: its error and the field.
std::string refusal(ByteView segment) {
    const auto got = Zgfx().decompress(test::zgfx_single(segment));
    return got ? "none" : got.error().context + (": " + got.error().code.message());
}
/// A literal, the bits, and the end of the data behind the last of them.
std::string refusal_after_bits(std::string_view bits) {
    ZgfxWriter w;
    w.literal('a');
    for (const char bit : bits) w.bits(bit == '1' ? 1 : 0, 1);
    return refusal(w.segment());
}

TEST(Zgfx, data_that_ends_inside_a_token_is_refused) {
    const auto cut = [](const char* field) {
        return field + (": " + make_error_code(Errc::truncated).message());
    };
    EXPECT_EQ(refusal_after_bits(""), "none");
    EXPECT_EQ(refusal_after_bits("11"), cut("zgfx prefix"));
    EXPECT_EQ(refusal_after_bits("10001"
                                 "0000"),
              cut("zgfx value"));
    // A match of distance 1: three; then counts of one zero, ones without a zero, too few low bits.
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00001"
                                 "0"),
              "none");
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00001"),
              cut("zgfx count"));
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00001"
                                 "11"),
              cut("zgfx count"));
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00001"
                                 "110"
                                 "00"),
              cut("zgfx count"));
    // Unencoded bytes: a count of 15 bits, and bytes from the next whole one on.
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00000"
                                 "00000000000000"),
              cut("zgfx unencoded bytes"));
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00000"
                                 "000000000000001"),
              cut("zgfx unencoded bytes"));
    // Of 27 bits the last five are no data: the bytes would begin behind the end.
    EXPECT_EQ(refusal(Bytes{0x24, 0x88, 0, 0, 0, 5}), cut("zgfx unencoded bytes"));
    EXPECT_EQ(refusal(Bytes{0x24, 0x88, 0, 0, 0, 0}), "none");
}

TEST(Zgfx, counts_have_fifteen_ones_at_most) {
    const auto limit = make_error_code(Errc::limit_exceeded).message();
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00001"
                                 "1111111111111111"
                                 "0"),
              "zgfx count: " + limit);
    EXPECT_EQ(refusal_after_bits("10001"
                                 "00001"
                                 "111111111111111"
                                 "0"
                                 "0000000000000000"),
              "zgfx segment: " + limit)
        << "65536, behind the one literal";
}

TEST(Zgfx, unencoded_bytes_end_at_the_segment_limit) {
    ZgfxWriter at;
    const Bytes half(zgfx_segment_bytes_max / 2 - 1, 'x');
    at.unencoded(half);
    at.unencoded(half);
    at.unencoded(Bytes(2, 'y'));
    const auto message = test::zgfx_single(at.segment());
    Zgfx zgfx;
    const auto whole = zgfx.decompress(message);
    ASSERT_TRUE(whole) << whole.error().message();
    EXPECT_EQ(whole->size(), zgfx_segment_bytes_max);
    EXPECT_EQ(whole->back(), 'y');
    at.unencoded(Bytes(1, 'z'));
    EXPECT_EQ(refusal(at.segment()),
              "zgfx segment: " + make_error_code(Errc::limit_exceeded).message());
}

/// Fills the ring and goes round it by a bit.
Bytes fill_ring(Zgfx& zgfx) {
    Bytes plain;
    std::mt19937 random(8);
    while (plain.size() <= zgfx_history_bytes) {
        Bytes segment = {0x04};
        for (std::size_t n = 0; n < zgfx_segment_bytes_max; ++n)
            segment.push_back(static_cast<std::uint8_t>(random()));
        EXPECT_TRUE(zgfx.decompress(test::zgfx_single(segment)));
        append(plain, ByteView(segment).subspan(1));
    }
    return plain;
}

TEST(Zgfx, a_distance_reaches_as_far_as_the_ring_and_no_farther) {
    for (const std::uint32_t past : {0U, 1U}) {
        Zgfx zgfx;
        auto plain = fill_ring(zgfx);
        ZgfxWriter w;
        w.literal('x');
        w.match(zgfx_history_bytes + past, 5);
        plain.push_back('x');
        const auto got = zgfx.decompress(test::zgfx_single(w.segment()));
        if (past == 1) {
            ASSERT_FALSE(got);
            EXPECT_EQ(got.error().code, Errc::bad_value);
            continue;
        }
        ASSERT_TRUE(got) << got.error().message();
        const auto from = ByteView(plain).subspan(plain.size() - zgfx_history_bytes, 5);
        EXPECT_TRUE(std::equal(from.begin(), from.end(), got->begin() + 1));
    }
}

TEST(Zgfx, goes_on_without_its_history_but_for_what_is_taken_from_it) {
    Zgfx first;
    auto plain = fill_ring(first);
    Writer w;
    first.save(w, SavedHistory::left_out);
    EXPECT_LT(w.offset(), 16U);
    Zgfx second;
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    first.mark();
    // Near, far, and across the end of the ring.
    const auto end = static_cast<std::uint32_t>(plain.size() % zgfx_history_bytes);
    ZgfxWriter message;
    for (const auto& [distance, count] : {std::pair{40U, 30U}, std::pair{2'000'000U, 200U},
                                          std::pair{end + 330U, 150U}, std::pair{7U, 100U}})
        message.match(distance, count);
    const auto got = to_bytes(*first.decompress(test::zgfx_single(message.segment())));
    EXPECT_EQ(got.size(), 480U);
    // Once more, from what was written in between: that is not taken from the state.
    ZgfxWriter more;
    more.match(400, 300);
    const auto behind = to_bytes(*first.decompress(test::zgfx_single(more.segment())));
    const auto slices = first.take_slices();
    std::size_t kept = 0;
    for (const auto& slice : slices) {
        kept += slice.bytes.size();
        ASSERT_TRUE(second.patch(slice));
    }
    EXPECT_LT(kept, 1000U);
    EXPECT_EQ(to_bytes(*second.decompress(test::zgfx_single(message.segment()))), got);
    EXPECT_EQ(to_bytes(*second.decompress(test::zgfx_single(more.segment()))), behind);
    EXPECT_EQ(second.patch({zgfx_history_bytes, {1}}).error().code, Errc::bad_value);
}

TEST(Zgfx, refuses_a_state_that_is_none) {
    const auto restore = [](std::uint32_t size, std::uint32_t next) {
        Writer w;
        w.u32_le(size).u32_le(next).u8(0);
        Reader r(w.view());
        const auto done = Zgfx().restore(r);
        return done ? std::error_code() : done.error().code;
    };
    EXPECT_FALSE(restore(0, 0));
    EXPECT_FALSE(restore(7, 7));
    EXPECT_EQ(restore(7, 6), Errc::bad_value);
    EXPECT_FALSE(restore(zgfx_history_bytes, zgfx_history_bytes - 1));
    EXPECT_EQ(restore(zgfx_history_bytes, zgfx_history_bytes), Errc::bad_value);
    EXPECT_EQ(restore(zgfx_history_bytes + 1, 0), Errc::bad_value);
    for (std::size_t n = 0; n < 9; ++n) {
        const Bytes cut(n);
        Reader r(cut);
        EXPECT_EQ(Zgfx().restore(r).error().code, Errc::truncated) << n;
    }
}

TEST(Zgfx, refuses_a_message_cut_anywhere_in_its_header) {
    const Bytes message = {0xe1, 1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0x04, 'x'};
    EXPECT_EQ(as_text(*Zgfx().decompress(message)), "x");
    for (std::size_t n = 0; n < message.size(); ++n)
        EXPECT_EQ(Zgfx().decompress(ByteView(message).first(n)).error().code, Errc::truncated) << n;
    Bytes trailing = message;
    trailing.push_back(0);
    EXPECT_EQ(Zgfx().decompress(trailing).error().code, Errc::trailing_bytes);
    EXPECT_EQ(Zgfx().decompress(test::zgfx_multipart({Bytes{0x03}}, 0)).error().code,
              Errc::unsupported);
    EXPECT_EQ(refusal({}), "segment header: " + make_error_code(Errc::truncated).message());
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
