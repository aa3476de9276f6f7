// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/event_pipe.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

using namespace std::chrono_literals;
const EventPipe::Time start{};

struct Ends {
    core::net::Fd relay, recorder;
    Ends() {
        int fds[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        relay = core::net::Fd(fds[0]);
        recorder = core::net::Fd(fds[1]);
    }
    Bytes receive() const {
        Bytes out(1 << 20);
        const auto got = ::recv(recorder.get(), out.data(), out.size(), MSG_DONTWAIT);
        out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return out;
    }
};

TEST(EventPipe, writes_the_layout_of_the_contract) {
    Ends ends;
    EventPipe pipe(std::move(ends.relay));
    const Bytes payload = {0xaa, 0xbb};
    pipe.put(1, 17, 0x0102030405060708, payload);
    ASSERT_TRUE(pipe.flush(start));
    EXPECT_EQ(ends.receive(), (Bytes{12, 0, 0, 0, 1, 17, 8, 7, 6, 5, 4, 3, 2, 1, 0xaa, 0xbb}));
    EXPECT_EQ(pipe.pending_bytes(), 0U);
    EXPECT_FALSE(pipe.deadline());
}

TEST(EventPipe, lifts_the_times_of_what_waits) {
    Ends ends;
    EventPipe pipe;
    pipe.put(0, 1, 5, Bytes{0xaa});
    pipe.put(0, 2, 900, Bytes{});
    pipe.not_before(600);
    pipe.attach(std::move(ends.relay));
    ASSERT_TRUE(pipe.flush(start));
    EXPECT_EQ(ends.receive(), (Bytes{11, 0, 0, 0, 0, 1, 0x58, 2, 0, 0, 0, 0, 0, 0, 0xaa,  //
                                     10, 0, 0, 0, 0, 2, 0x84, 3, 0, 0, 0, 0, 0, 0}));
}

TEST(EventPipe, is_full_at_the_high_water_mark_and_drains) {
    Ends ends;
    EventPipe pipe(std::move(ends.relay));
    const Bytes payload(64 * 1024, 1);
    while (!pipe.full()) pipe.put(0, 1, 0, payload);
    EXPECT_GE(pipe.pending_bytes(), EventPipe::high_water_bytes);
    std::size_t received = 0;
    auto now = start;
    while (pipe.pending_bytes() > 0) {
        ASSERT_TRUE(pipe.flush(now += 1s));
        received += ends.receive().size();
    }
    while (true) {
        const auto more = ends.receive().size();
        if (more == 0) break;
        received += more;
    }
    EXPECT_EQ(received % (payload.size() + 14), 0U);
}

TEST(EventPipe, gives_up_when_nothing_is_taken_for_the_grace_period) {
    Ends ends;
    EventPipe pipe(std::move(ends.relay));
    const Bytes payload(4 * 1024 * 1024, 1);
    pipe.put(0, 1, 0, payload);
    ASSERT_TRUE(pipe.flush(start));
    ASSERT_GT(pipe.pending_bytes(), 0U);
    EXPECT_TRUE(pipe.flush(start + EventPipe::grace - 1ms));
    const auto late = pipe.flush(start + EventPipe::grace);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::timed_out);
}

TEST(EventPipe, progress_starts_the_grace_period_anew) {
    Ends ends;
    EventPipe pipe(std::move(ends.relay));
    pipe.put(0, 1, 0, Bytes(4 * 1024 * 1024, 1));
    ASSERT_TRUE(pipe.flush(start));
    (void)ends.receive();
    ASSERT_TRUE(pipe.flush(start + 4s));
    EXPECT_TRUE(pipe.flush(start + 8s));
    EXPECT_FALSE(pipe.flush(start + 9s));
}

TEST(EventPipe, notices_a_recorder_that_is_gone) {
    Ends ends;
    EventPipe pipe(std::move(ends.relay));
    ends.recorder.reset();
    const auto result = pipe.flush(start);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::peer_closed);
}

TEST(EventPipe, counts_acknowledged_mebibytes_and_refuses_other_bytes) {
    Ends ends;
    EventPipe pipe(std::move(ends.relay));
    const std::uint8_t good[] = {1, 1, 1};
    ASSERT_EQ(::send(ends.recorder.get(), good, 3, 0), 3);
    ASSERT_TRUE(pipe.flush(start));
    EXPECT_EQ(pipe.stored_mebibytes(), 3U);
    const std::uint8_t bad[] = {2};
    ASSERT_EQ(::send(ends.recorder.get(), bad, 1, 0), 1);
    EXPECT_FALSE(pipe.flush(start));
}

}  // namespace
}  // namespace lucid::rdp::gateway
