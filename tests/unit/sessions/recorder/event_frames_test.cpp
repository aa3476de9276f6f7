// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/recorder/event_frames.hpp>

#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

Bytes frame_with(std::uint32_t length, std::uint8_t event_class, std::size_t payload_bytes) {
    Writer w;
    w.u32_le(length).u8(event_class).u8(format::kind_server_pdu).u64_le(77).zeros(payload_bytes);
    return w.take();
}

TEST(EventFrames, a_frame_gives_class_kind_time_and_payload) {
    const Bytes stream = {0x0d, 0, 0, 0, 4, 64, 1, 2, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c', 0xff};
    const auto frame = peek_frame(stream);
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->event_class, format::EventClass::audit);
    EXPECT_EQ((*frame)->kind, format::kind_note);
    EXPECT_EQ((*frame)->time_us, 0x0201U);
    EXPECT_EQ(as_text((*frame)->payload), "abc");
    EXPECT_EQ((*frame)->length, stream.size() - 1);
}

TEST(EventFrames, a_frame_cut_at_any_byte_waits_for_more) {
    const auto whole = frame_with(10 + 5, 0, 5);
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const auto frame = peek_frame(ByteView(whole).first(cut));
        ASSERT_TRUE(frame) << cut;
        EXPECT_FALSE(*frame) << cut;
    }
    EXPECT_TRUE(*peek_frame(whole));
}

TEST(EventFrames, a_length_at_the_limit_is_taken_and_past_it_refused) {
    EXPECT_TRUE(*peek_frame(frame_with(10, 0, 0)));
    EXPECT_FALSE(peek_frame(frame_with(9, 0, 0)));
    const auto max = static_cast<std::uint32_t>(frame_body_bytes_max);
    EXPECT_TRUE(*peek_frame(frame_with(max, 0, max - 10)));
    EXPECT_FALSE(peek_frame(frame_with(max + 1, 0, max - 9)));
    EXPECT_FALSE(peek_frame(frame_with(0xffffffff, 0, 0)));
}

TEST(EventFrames, an_unknown_class_is_refused) {
    const auto last = static_cast<std::uint8_t>(format::event_classes - 1);
    EXPECT_TRUE(peek_frame(frame_with(10, last, 0)));
    EXPECT_FALSE(peek_frame(frame_with(10, last + 1, 0)));
}

TEST(EventFrames, an_end_has_a_known_state_and_a_reason_of_limited_length) {
    const auto ending = decode_ending(as_bytes(R"({"reason":"left","state":"complete"})"));
    ASSERT_TRUE(ending);
    EXPECT_TRUE(ending->complete);
    EXPECT_EQ(ending->reason, "left");
    EXPECT_FALSE(decode_ending(as_bytes(R"({"reason":"left","state":"perfect"})")));
    EXPECT_FALSE(decode_ending(as_bytes(R"({"state":"complete"})")));
    EXPECT_FALSE(decode_ending(as_bytes(R"({"reason":7,"state":"complete"})")));
    EXPECT_FALSE(decode_ending(as_bytes("garbage")));
    const auto text = R"({"state":"partial","reason":")" + std::string(100'000, 'x') + "\"}";
    EXPECT_EQ(decode_ending(as_bytes(text))->reason.size(), 512U);
}

}  // namespace
}  // namespace lucid::sessions::recorder
