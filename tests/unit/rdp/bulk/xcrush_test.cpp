// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/xcrush.hpp>

#include <tests/support/bulk_samples.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::bulk {
namespace {

constexpr std::uint8_t compressed = packet_compressed | 3;

/// Level1ComprFlags 1: one match between the literals.
Bytes packet(std::uint16_t length, std::uint16_t output_offset, std::uint32_t from,
             std::string_view literals) {
    Writer w;
    w.u8(0x11).u8(0).u16_le(1).u16_le(length).u16_le(output_offset).u32_le(from).text(literals);
    return w.take();
}
Bytes literal_packet(std::string_view literals, std::uint8_t flags = 0x12) {
    Writer w;
    w.u8(flags).u8(0).text(literals);
    return w.take();
}

TEST(Xcrush, copies_from_the_history_between_literals) {
    Xcrush xcrush;
    const auto first = xcrush.decompress(compressed, literal_packet("hello world "));
    ASSERT_TRUE(first);
    EXPECT_EQ(as_text(*first), "hello world ");
    const auto second = xcrush.decompress(compressed, packet(5, 2, 6, "a b"));
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(as_text(*second), "a worldb");
    // A source that runs into what is being written repeats it.
    const auto third = xcrush.decompress(compressed, packet(6, 2, 20, "xy"));
    ASSERT_TRUE(third) << third.error().message();
    EXPECT_EQ(as_text(*third), "xyxyxyxy");
}

TEST(Xcrush, has_level_two_inside) {
    Writer w;
    w.u8(0x12).u8(packet_compressed | 1).bytes(test::bells_mppc_64k);
    Xcrush xcrush;
    const auto plain = xcrush.decompress(compressed, w.view());
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ(as_text(*plain), test::bells);
}

TEST(Xcrush, refuses_what_lies_outside) {
    Xcrush xcrush;
    EXPECT_FALSE(xcrush.decompress(compressed, packet(1, 0, xcrush_history_bytes, "")));
    EXPECT_FALSE(xcrush.decompress(compressed, packet(2, 0, xcrush_history_bytes - 1, "")));
    EXPECT_TRUE(xcrush.decompress(compressed, packet(1, 0, xcrush_history_bytes - 1, "")));
    EXPECT_FALSE(xcrush.decompress(compressed, packet(1, 3, 0, "ab")));
    EXPECT_FALSE(xcrush.decompress(compressed, literal_packet("a", 0x10)));
    EXPECT_FALSE(xcrush.decompress(compressed, Bytes{0x11}));
}

TEST(Xcrush, gives_no_more_than_a_packet_and_a_history) {
    Writer bomb;
    bomb.u8(0x11).u8(0).u16_le(2);
    bomb.u16_le(65535).u16_le(0).u32_le(0).u16_le(2).u16_le(65535).u32_le(0);
    Xcrush xcrush;
    const auto refused = xcrush.decompress(compressed, bomb.view());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, make_error_code(Errc::limit_exceeded));
    Xcrush other;
    for (std::size_t filled = 0; filled + 65535 <= xcrush_history_bytes; filled += 65535)
        ASSERT_TRUE(other.decompress(compressed, packet(65535, 0, 0, "")));
    EXPECT_FALSE(other.decompress(compressed, packet(65535, 0, 0, "")));
}

TEST(Xcrush, literals_end_at_the_packet_and_the_history) {
    Xcrush xcrush;
    const std::string whole(packet_bytes_max, 'x');
    EXPECT_EQ(xcrush.decompress(compressed, literal_packet(whole + 'x')).error().code,
              Errc::limit_exceeded);
    for (std::size_t filled = 0; filled + whole.size() <= xcrush_history_bytes;
         filled += whole.size())
        ASSERT_EQ(xcrush.decompress(compressed, literal_packet(whole))->size(), whole.size());
    const std::string rest(xcrush_history_bytes % whole.size(), 'y');
    EXPECT_EQ(xcrush.decompress(compressed, literal_packet(rest + 'y')).error().code,
              Errc::limit_exceeded);
    EXPECT_EQ(xcrush.decompress(compressed, literal_packet(rest))->size(), rest.size());
    EXPECT_EQ(xcrush.decompress(compressed, literal_packet("z")).error().code,
              Errc::limit_exceeded);
    EXPECT_EQ(as_text(*xcrush.decompress(compressed, literal_packet("z", 0x16))), "z")
        << "from the front again";
}

TEST(Xcrush, literals_in_front_of_a_match_end_at_the_history_too) {
    Xcrush xcrush;
    std::size_t left = xcrush_history_bytes;
    for (; left > packet_bytes_max; left -= packet_bytes_max)
        ASSERT_TRUE(xcrush.decompress(compressed, literal_packet(std::string(65536, 'x'))));
    ASSERT_TRUE(xcrush.decompress(compressed, literal_packet(std::string(left - 10, 'x'))));
    const auto past = xcrush.decompress(compressed, packet(1, 11, 0, "elevenbytes"));
    ASSERT_FALSE(past);
    EXPECT_EQ(past.error().code, Errc::limit_exceeded);
    EXPECT_STREQ(past.error().context, "xcrush literals");
}

TEST(Xcrush, refuses_a_packet_cut_anywhere_in_its_header) {
    const auto whole = packet(2, 1, 0, "a");
    EXPECT_EQ(as_text(*Xcrush().decompress(compressed, whole)), "aaa");
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_EQ(Xcrush().decompress(compressed, ByteView(whole).first(n)).error().code,
                  Errc::truncated)
            << n;
    Bytes backwards = {0x11, 0, 2, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 'a'};
    EXPECT_EQ(Xcrush().decompress(compressed, backwards).error().code, Errc::bad_value)
        << "the second match would begin before the end of the first";
    const Bytes level_2 = {0x12, packet_compressed | 1, 0x80};
    EXPECT_EQ(Xcrush().decompress(compressed, level_2).error().code, Errc::truncated);
}

TEST(Xcrush, a_flush_forgets_and_what_is_not_compressed_passes) {
    Xcrush xcrush;
    ASSERT_TRUE(xcrush.decompress(compressed, literal_packet("hello")));
    EXPECT_EQ(as_text(*xcrush.decompress(3, as_bytes("plain"))), "plain");
    EXPECT_EQ(as_text(*xcrush.decompress(compressed, packet(2, 0, 0, ""))), "he");
    EXPECT_EQ(to_bytes(*xcrush.decompress(compressed | packet_flushed, packet(2, 0, 0, ""))),
              Bytes(2));
}

TEST(Xcrush, goes_on_without_its_history_but_for_what_is_taken_from_it) {
    Xcrush first;
    ASSERT_TRUE(first.decompress(compressed, literal_packet(std::string(500, '-') + "hello")));
    ASSERT_TRUE(first.decompress(compressed, literal_packet(std::string(500, '.'))));
    Writer w;
    first.save(w, SavedHistory::left_out);
    EXPECT_LT(w.offset(), 16U);
    first.mark();
    const auto far = packet(5, 1, 500, "(");
    EXPECT_EQ(as_text(*first.decompress(compressed, far)), "(hello");
    // Of its own literals: nothing is taken for it.
    EXPECT_EQ(as_text(*first.decompress(compressed, packet(4, 2, 1011, "ab"))), "ababab");
    // From the front again: everything lies behind it.
    auto front = packet(5, 0, 500, "");
    front[0] |= 0x04;
    EXPECT_EQ(as_text(*first.decompress(compressed, front)), "hello");
    const auto slices = first.take_slices();
    ASSERT_EQ(slices.size(), 1U);
    EXPECT_EQ(slices[0].offset, 448U);
    Xcrush second;
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    ASSERT_TRUE(second.patch(slices[0]));
    EXPECT_EQ(as_text(*second.decompress(compressed, far)), "(hello");
    EXPECT_EQ(second.patch({xcrush_history_bytes, {0}}).error().code, Errc::bad_value);
}

TEST(Xcrush, refuses_a_state_that_is_none) {
    const auto state = [](std::uint8_t used, std::uint32_t offset) {
        Writer w;
        w.u32_le(0).u8(0).u8(used).u32_le(offset).u8(0);
        return w.take();
    };
    const auto restore = [](ByteView saved) {
        Reader r(saved);
        const auto done = Xcrush().restore(r);
        return done ? std::error_code() : done.error().code;
    };
    EXPECT_FALSE(restore(state(0, 0)));
    EXPECT_FALSE(restore(state(1, xcrush_history_bytes)));
    EXPECT_EQ(restore(state(2, 0)), Errc::bad_value);
    EXPECT_EQ(restore(state(0, 1)), Errc::bad_value);
    EXPECT_EQ(restore(state(1, xcrush_history_bytes + 1)), Errc::bad_value);
    const auto whole = state(0, 0);
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_EQ(restore(ByteView(whole).first(n)), Errc::truncated) << n;
    Writer unused;
    Xcrush().save(unused);
    Xcrush back;
    Reader r(unused.view());
    ASSERT_TRUE(back.restore(r));
    EXPECT_TRUE(r.empty());
    EXPECT_EQ(as_text(*back.decompress(compressed, literal_packet("new"))), "new");
}

TEST(Xcrush, goes_on_from_a_saved_state) {
    Xcrush first;
    ASSERT_TRUE(first.decompress(compressed, literal_packet("hello world ")));
    Writer w;
    first.save(w);
    Xcrush second;
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    EXPECT_TRUE(r.empty());
    EXPECT_EQ(as_text(*second.decompress(compressed, packet(5, 0, 6, "!"))), "world!");
    Reader cut(w.view().first(w.view().size() - 1));
    EXPECT_FALSE(Xcrush().restore(cut));
}

}  // namespace
}  // namespace lucid::rdp::bulk
