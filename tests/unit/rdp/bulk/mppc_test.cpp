// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/mppc.hpp>

#include <tests/support/bulk_samples.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::bulk {
namespace {

TEST(Mppc, decompresses_the_examples) {
    Mppc small(MppcHistory::rdp4_8k);
    const auto plain = small.decompress(packet_compressed, test::bells_mppc_8k);
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ(as_text(*plain), test::bells);
    Mppc large(MppcHistory::rdp5_64k);
    const auto same = large.decompress(packet_compressed | 1, test::bells_mppc_64k);
    ASSERT_TRUE(same) << same.error().message();
    EXPECT_EQ(as_text(*same), test::bells);
}

TEST(Mppc, passes_what_is_not_compressed) {
    Mppc mppc(MppcHistory::rdp5_64k);
    const Bytes raw = {1, 2, 3};
    const auto plain = mppc.decompress(packet_flushed | 1, raw);
    ASSERT_TRUE(plain);
    EXPECT_EQ(to_bytes(*plain), raw);
}

TEST(Mppc, refers_to_earlier_packets_until_flushed) {
    // 11110 + 8 bits: 64 + 0; here 111110 + 6 bits gives small offsets: 3 back, length 3.
    const Bytes three_literals = {'a', 'b', 'c'};
    const Bytes copy_three_back = {0xf8, 0x60};  // 11111 000011 0
    Mppc mppc(MppcHistory::rdp5_64k);
    ASSERT_TRUE(mppc.decompress(packet_compressed, three_literals));
    const auto again = mppc.decompress(packet_compressed, copy_three_back);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(as_text(*again), "abc");
    const auto flushed = mppc.decompress(packet_compressed | packet_flushed, copy_three_back);
    ASSERT_TRUE(flushed);
    EXPECT_EQ(to_bytes(*flushed), (Bytes{0, 0, 0}));
    ASSERT_TRUE(mppc.decompress(packet_compressed, three_literals));
    const auto front = mppc.decompress(packet_compressed | packet_at_front, Bytes{'x'});
    ASSERT_TRUE(front);
    EXPECT_EQ(as_text(*front), "x");
}

TEST(Mppc, refuses_an_offset_of_zero_and_one_outside_the_history) {
    Mppc mppc(MppcHistory::rdp4_8k);
    EXPECT_FALSE(mppc.decompress(packet_compressed, Bytes{0xf0, 0x00}));
    // 110 + 13 ones: 320 + 8191.
    EXPECT_FALSE(mppc.decompress(packet_compressed, Bytes{0xdf, 0xff, 0x00}));
}

TEST(Mppc, stops_at_the_end_of_its_history) {
    const Bytes whole(8192, 'x');
    Mppc mppc(MppcHistory::rdp4_8k);
    const auto plain = mppc.decompress(packet_compressed, whole);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->size(), 8192U);
    EXPECT_FALSE(mppc.decompress(packet_compressed, Bytes{'x'}));
    // A length of 8191 at most is written with 11 ones; 12 are none.
    Mppc other(MppcHistory::rdp4_8k);
    EXPECT_FALSE(other.decompress(packet_compressed, Bytes{'a', 0xf0, 0x7f, 0xff, 0xff, 0xff}));
}

TEST(Mppc, names_what_a_packet_ends_inside_of) {
    const auto refusal = [](Bytes data) {
        Mppc mppc(MppcHistory::rdp4_8k);
        const auto got = mppc.decompress(packet_compressed, data);
        return got ? std::string("none")
                   : got.error().context + (": " + got.error().code.message());
    };
    const auto cut = make_error_code(Errc::truncated).message();
    EXPECT_EQ(refusal({0x80}), "mppc literal: " + cut) << "nine bits";
    EXPECT_EQ(refusal({0xc0}), "mppc copy offset: " + cut) << "sixteen bits";
    // 1111 000001 is an offset of ten bits; 111110 begins a length of twelve.
    EXPECT_EQ(refusal({'a', 0xf0, 0x7e}), "mppc match length: " + cut);
    // Fewer than eight bits are padding.
    EXPECT_EQ(refusal({'a', 0xf0, 0x40}), "none");
}

TEST(Mppc, a_match_ends_with_the_history) {
    Mppc mppc(MppcHistory::rdp4_8k);
    ASSERT_TRUE(mppc.decompress(packet_compressed, Bytes(8189, 'x')));
    const Bytes three = {0xf0, 0x40};
    const auto last = mppc.decompress(packet_compressed, three);
    ASSERT_TRUE(last);
    EXPECT_EQ(as_text(*last), "xxx");
    EXPECT_EQ(mppc.decompress(packet_compressed, three).error().code, Errc::limit_exceeded);
}

TEST(Mppc, goes_on_without_its_history_but_for_what_is_taken_from_it) {
    Bytes whole(8192);
    for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = static_cast<std::uint8_t>(i % 127);
    Mppc first(MppcHistory::rdp4_8k);
    ASSERT_TRUE(first.decompress(packet_compressed, whole));
    ASSERT_TRUE(first.decompress(packet_compressed | packet_at_front, as_bytes("abc")));
    Writer w;
    first.save(w, SavedHistory::left_out);
    EXPECT_LT(w.offset(), 16U);
    first.mark();
    // Five back from the third byte: the last two of the round before, and "abc".
    const Bytes copy = {0xf1, 0x64};
    const auto got = first.decompress(packet_compressed, copy);
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(to_bytes(*got), (Bytes{8190 % 127, 8191 % 127, 'a', 'b', 'c'}));
    // Three back: of this packet alone.
    const Bytes near = {'d', 'e', 'f', 0xf0, 0xc0};
    EXPECT_EQ(as_text(*first.decompress(packet_compressed, near)), "defdef");
    const auto slices = first.take_slices();
    ASSERT_EQ(slices.size(), 2U) << "both ends of the ring";
    Mppc second(MppcHistory::rdp4_8k);
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    for (const auto& slice : slices) ASSERT_TRUE(second.patch(slice));
    EXPECT_EQ(to_bytes(*second.decompress(packet_compressed, copy)),
              (Bytes{8190 % 127, 8191 % 127, 'a', 'b', 'c'}));
    EXPECT_EQ(second.patch({8192, {0}}).error().code, Errc::bad_value);
}

TEST(Mppc, refuses_an_offset_behind_its_history) {
    for (const std::uint32_t past : {0U, 1U}) {
        Writer w;
        w.u32_le(8192 + past).u8(0);
        Reader r(w.view());
        const auto done = Mppc(MppcHistory::rdp4_8k).restore(r);
        EXPECT_EQ(done ? std::error_code() : done.error().code,
                  past == 0 ? std::error_code() : make_error_code(Errc::bad_value));
    }
}

TEST(Mppc, survives_every_cut_and_bit) {
    for (const auto history : {MppcHistory::rdp4_8k, MppcHistory::rdp5_64k}) {
        const auto& sample =
            history == MppcHistory::rdp4_8k ? test::bells_mppc_8k : test::bells_mppc_64k;
        for (std::size_t i = 0; i < sample.size(); ++i) {
            Mppc cut(history);
            const auto plain = cut.decompress(packet_compressed, ByteView(sample).first(i));
            if (plain) {
                EXPECT_TRUE(test::bells.starts_with(as_text(*plain))) << i;
            }
            for (int bit = 0; bit < 8; ++bit) {
                Bytes damaged = sample;
                damaged[i] ^= static_cast<std::uint8_t>(1U << bit);
                Mppc mppc(history);
                (void)mppc.decompress(packet_compressed, damaged);
            }
        }
    }
}

TEST(Mppc, goes_on_from_a_saved_state) {
    Mppc first(MppcHistory::rdp5_64k);
    ASSERT_TRUE(first.decompress(packet_compressed, test::bells_mppc_64k));
    Writer w;
    first.save(w);
    Mppc second(MppcHistory::rdp5_64k);
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    EXPECT_TRUE(r.empty());
    const Bytes copy = {0xf8, 0x60};
    EXPECT_EQ(to_bytes(*first.decompress(packet_compressed, copy)),
              to_bytes(*second.decompress(packet_compressed, copy)));
    for (std::size_t n = 0; n < 100; ++n) {
        Reader cut(w.view().first(n));
        EXPECT_FALSE(Mppc(MppcHistory::rdp5_64k).restore(cut));
    }
}

}  // namespace
}  // namespace lucid::rdp::bulk
