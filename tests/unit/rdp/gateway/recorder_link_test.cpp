// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/recorder_link.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

SessionId some_id() {
    SessionId id;
    id.bytes[0] = 7;
    return id;
}

TEST(RecorderLink, the_open_request_survives_the_round_trip) {
    RecordingRequest request;
    request.id = some_id();
    request.ticket = "lt-abc";
    request.user = "alice";
    request.host = "desk";
    request.client_address = "192.0.2.1";
    request.policy = R"({"drive":false})";
    request.start_boottime_us = 123;
    const auto bytes = encode_open(request);
    const auto decoded = decode_open(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(encode_open(*decoded), bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(decode_open(ByteView(bytes).first(size)));
}

TEST(RecorderLink, answers_and_closings_are_told_apart) {
    const auto answer = decode_from_recorder(encode(OpenAnswer{some_id(), false, "disk full"}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<OpenAnswer>(*answer).reason, "disk full");
    RecordingClosed closed;
    closed.id = some_id();
    closed.state = "partial";
    closed.reason = "relay lost";
    closed.segments = 12;
    const auto got = decode_from_recorder(encode(closed));
    ASSERT_TRUE(got);
    EXPECT_EQ(std::get<RecordingClosed>(*got).segments, 12U);
    EXPECT_EQ(std::get<RecordingClosed>(*got).id, some_id());
}

TEST(RecorderLink, other_frames_are_refused) {
    for (const auto* text : {"", "[]", "{}", R"({"ok":1})", R"({"ok":true})",
                             R"({"ok":true,"session_id":"07"})", R"({"op":"closed"})"})
        EXPECT_FALSE(decode_from_recorder(as_bytes(text))) << text;
}

}  // namespace
}  // namespace lucid::rdp::gateway
