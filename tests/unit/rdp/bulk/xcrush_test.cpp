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
