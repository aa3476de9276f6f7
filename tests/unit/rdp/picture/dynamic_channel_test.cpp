// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/dynamic_channel.hpp>

#include <gtest/gtest.h>

// Chunks of "drdynvc" one by one.

namespace lucid::rdp::picture {
namespace {

using Event = DynamicChannel::Event;

constexpr std::uint32_t first = 1, last = 2, compressed = 0x200000;
constexpr std::string_view graphics = "Microsoft::Windows::RDS::Graphics";

Bytes chunk(std::uint32_t total, std::uint32_t flags, ByteView data) {
    Writer w;
    return w.u32_le(total).u32_le(flags).bytes(data).take();
}
/// One PDU in one chunk.
Bytes whole(ByteView pdu) {
    return chunk(static_cast<std::uint32_t>(pdu.size()), first | last, pdu);
}
Bytes create(std::uint8_t id, std::string_view name) {
    return whole(Writer().u8(0x10).u8(id).text(name).u8(0).view());
}
Bytes data(std::uint8_t id, std::string_view text) {
    return whole(Writer().u8(0x30).u8(id).text(text).view());
}
Bytes data_first(std::uint8_t id, std::uint32_t total, std::string_view text) {
    return whole(Writer().u8(0x28).u8(id).u32_le(total).text(text).view());
}

struct Dynamic : testing::Test {
    DynamicChannel channel;
    void SetUp() override { ASSERT_EQ(channel.chunk(create(3, graphics)), Event::opened); }
    std::error_code refused(ByteView user_data) {
        const auto done = channel.chunk(user_data);
        return done ? std::error_code() : done.error().code;
    }
};

TEST_F(Dynamic, follows_one_channel_from_its_creation_to_its_end) {
    EXPECT_EQ(channel.chunk(create(4, "Microsoft::Windows::RDS::Input")), Event::nothing);
    EXPECT_EQ(channel.graphics_channel(), 3U);
    EXPECT_EQ(channel.chunk(data(4, "other")), Event::nothing);
    EXPECT_EQ(channel.chunk(data(3, "mine")), Event::message);
    EXPECT_EQ(as_text(channel.message()), "mine");
    EXPECT_EQ(channel.chunk(whole(Bytes{0x50, 0, 3, 0})), Event::nothing) << "capabilities";
    EXPECT_EQ(channel.chunk(whole(Bytes{0x40, 4})), Event::nothing);
    EXPECT_EQ(channel.chunk(whole(Bytes{0x40, 3})), Event::closed);
    EXPECT_EQ(channel.chunk(data(3, "late")), Event::nothing);
}

TEST_F(Dynamic, puts_a_message_together_and_keeps_to_its_length) {
    EXPECT_EQ(channel.chunk(data_first(3, 6, "one")), Event::nothing);
    EXPECT_EQ(channel.chunk(data(3, "two")), Event::message);
    EXPECT_EQ(as_text(channel.message()), "onetwo");
    EXPECT_EQ(channel.chunk(data_first(3, 3, "one")), Event::message);
    EXPECT_EQ(refused(data_first(3, 2, "one")), Errc::bad_length);
    EXPECT_EQ(channel.chunk(data(3, "next")), Event::message) << "nothing is open after an error";
    EXPECT_EQ(refused(data_first(3, graphics_message_bytes_max + 1, "x")), Errc::limit_exceeded);
    EXPECT_EQ(channel.chunk(data_first(3, graphics_message_bytes_max, "x")), Event::nothing);
}

TEST_F(Dynamic, puts_a_pdu_together_from_chunks) {
    const auto pdu = Writer().u8(0x30).u8(3).text("text").take();
    const ByteView bytes(pdu);
    EXPECT_EQ(channel.chunk(chunk(6, first, bytes.first(2))), Event::nothing);
    EXPECT_EQ(channel.chunk(chunk(6, 0, bytes.subspan(2, 2))), Event::nothing);
    EXPECT_EQ(channel.chunk(chunk(6, last, bytes.subspan(4))), Event::message);
    EXPECT_EQ(as_text(channel.message()), "text");
    EXPECT_EQ(refused(chunk(6, last, {})), Errc::bad_value) << "the end of nothing";
    EXPECT_EQ(refused(chunk(5, first | last, bytes)), Errc::bad_length);
    EXPECT_EQ(refused(chunk(6, 0, bytes)), Errc::bad_value) << "closed by the error";
    EXPECT_EQ(refused(chunk(6, first | compressed, bytes)), Errc::unsupported);
    EXPECT_EQ(refused(chunk(dynamic_pdu_bytes_max + 1, first, bytes)), Errc::limit_exceeded);
    EXPECT_EQ(channel.chunk(chunk(dynamic_pdu_bytes_max, first, bytes)), Event::nothing);
    for (std::size_t n = 0; n < 8; ++n) EXPECT_EQ(refused(Bytes(n)), Errc::truncated) << n;
    EXPECT_EQ(refused(whole({})), Errc::truncated);
    EXPECT_EQ(refused(whole(Bytes{0x60, 3})), Errc::unsupported) << "compressed data";
}

TEST_F(Dynamic, state_comes_back_and_keeps_its_lengths) {
    ASSERT_EQ(channel.chunk(data_first(3, 6, "one")), Event::nothing);
    ASSERT_EQ(channel.chunk(chunk(5, first, Bytes{0x30, 3})), Event::nothing);
    Writer w;
    channel.save(w);
    DynamicChannel other;
    Reader r(w.view());
    ASSERT_TRUE(other.restore(r));
    EXPECT_TRUE(r.empty());
    EXPECT_EQ(other.chunk(chunk(5, last, as_bytes("two"))), Event::message);
    EXPECT_EQ(as_text(other.message()), "onetwo");
    for (std::size_t n = 0; n < w.offset(); ++n) {
        Reader cut(w.view().first(n));
        EXPECT_EQ(DynamicChannel().restore(cut).error().code, Errc::truncated) << n;
    }
    const auto with = [](std::uint32_t pdu_total, std::uint32_t pdu, std::uint32_t total,
                         std::uint32_t parts) {
        Writer state;
        state.u8(0).u32_le(pdu_total).u32_le(0).u32_le(total);
        state.u32_le(pdu).zeros(pdu).u32_le(parts).zeros(parts);
        Reader reader(state.view());
        const auto done = DynamicChannel().restore(reader);
        return done ? std::error_code() : done.error().code;
    };
    EXPECT_FALSE(with(dynamic_pdu_bytes_max, 9, graphics_message_bytes_max, 9));
    EXPECT_EQ(with(dynamic_pdu_bytes_max + 1, 0, 0, 0), Errc::bad_length);
    EXPECT_EQ(with(8, 9, 0, 0), Errc::bad_length);
    EXPECT_EQ(with(0, 0, graphics_message_bytes_max + 1, 0), Errc::bad_length);
    EXPECT_EQ(with(0, 0, 8, 9), Errc::bad_length);
}

}  // namespace
}  // namespace lucid::rdp::picture
