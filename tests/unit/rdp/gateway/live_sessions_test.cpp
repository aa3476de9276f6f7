// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/live_sessions.hpp>

#include <sys/socket.h>
#include <thread>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

using namespace std::chrono_literals;

class LiveSessionsTest : public testing::Test {
  protected:
    LiveSessionsTest() {
        int fds[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        relay_end = core::net::Fd(fds[0]);
        recorder_end = core::net::Fd(fds[1]);
        id.bytes[0] = 7;
        live.on_take_over([this](const SessionId&) { ++asked; });
        EXPECT_TRUE(live.open(id, {5, "desk", "{}", 1}, relay_end.get()));
    }
    /// Whether the recorder sees the end of its pipe.
    [[nodiscard]] bool pipe_ended() const {
        char byte = 0;
        return ::recv(recorder_end.get(), &byte, 1, MSG_DONTWAIT) == 0;
    }

    LiveSessions live;
    SessionId id;
    core::net::Fd relay_end, recorder_end;
    int asked = 0;
};

TEST_F(LiveSessionsTest, the_pipe_outlives_the_relay_and_ends_with_the_session) {
    relay_end.reset();
    EXPECT_FALSE(pipe_ended());
    live.close(id);
    EXPECT_TRUE(pipe_ended());
    EXPECT_FALSE(live.find(id));
}

TEST_F(LiveSessionsTest, a_cookie_is_for_the_host_that_gave_it_and_for_one_connection) {
    const auto cookie = [](std::uint8_t byte) { return crypto::Secret(Bytes(28, byte)); };
    live.keep_cookie(id, "desk", cookie(1));
    live.keep_cookie(id, "desk", cookie(2));
    EXPECT_TRUE(live.take_cookie(id, "desk2").empty());
    EXPECT_EQ(to_bytes(live.take_cookie(id, "desk").expose()), Bytes(28, 2));
    EXPECT_TRUE(live.take_cookie(id, "desk").empty());
    live.close(id);
    live.keep_cookie(id, "desk", cookie(1));
    EXPECT_TRUE(live.take_cookie(id, "desk").empty());
}

TEST_F(LiveSessionsTest, an_attached_session_is_not_given_away) {
    EXPECT_EQ(live.take_over(id, 10ms).error().code, Errc::refused);
    EXPECT_EQ(asked, 0);
}

TEST_F(LiveSessionsTest, a_lost_one_is_given_when_its_relay_has_let_go) {
    ASSERT_TRUE(live.lose(id, false));
    live.on_take_over([this](const SessionId& asked_for) {
        EXPECT_TRUE(live.handing_over(asked_for));
        live.release(asked_for);
    });
    const auto pipe = live.take_over(id, 1s);
    ASSERT_TRUE(pipe);
    relay_end.reset();
    EXPECT_EQ(::send(pipe->get(), "x", 1, 0), 1);
    EXPECT_EQ(live.find(id)->legs, 2U);
    EXPECT_FALSE(live.take_over(id, 10ms)) << "the next one waits until it is lost again";
}

TEST_F(LiveSessionsTest, of_two_that_come_back_one_gets_it) {
    ASSERT_TRUE(live.lose(id, false));
    std::thread first([this] { EXPECT_TRUE(live.take_over(id, 5s)); });
    while (!live.handing_over(id)) std::this_thread::yield();
    EXPECT_EQ(live.take_over(id, 5s).error().code, Errc::refused);
    live.release(id);
    first.join();
}

TEST_F(LiveSessionsTest, a_relay_that_does_not_let_go_costs_the_session) {
    ASSERT_TRUE(live.lose(id, false));
    EXPECT_EQ(live.take_over(id, 20ms).error().code, Errc::timed_out);
    relay_end.reset();
    EXPECT_TRUE(pipe_ended());
    live.release(id);
    EXPECT_FALSE(live.find(id));
}

TEST_F(LiveSessionsTest, a_session_that_ends_meanwhile_is_refused) {
    ASSERT_TRUE(live.lose(id, false));
    live.on_take_over([this](const SessionId&) { live.close(id); });
    EXPECT_EQ(live.take_over(id, 1s).error().code, Errc::refused);
    EXPECT_EQ(live.lose(id, false).error().code, Errc::not_found);
}

TEST_F(LiveSessionsTest, losses_are_bounded) {
    for (unsigned i = 0; i < LiveSessions::host_losses_max; ++i) EXPECT_TRUE(live.lose(id, true));
    EXPECT_EQ(live.lose(id, true).error().code, Errc::limit_exceeded);
    EXPECT_TRUE(live.lose(id, false)) << "a client may still be waited for";
    live.close(id);
    ASSERT_TRUE(live.open(id, {5, "desk", "{}", LiveSessions::legs_max - 1}, recorder_end.get()));
    EXPECT_TRUE(live.lose(id, false));
    live.close(id);
    ASSERT_TRUE(live.open(id, {5, "desk", "{}", LiveSessions::legs_max}, recorder_end.get()));
    EXPECT_EQ(live.lose(id, false).error().code, Errc::limit_exceeded);
}

}  // namespace
}  // namespace lucid::rdp::gateway
