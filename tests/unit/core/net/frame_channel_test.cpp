// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/bytes.hpp>
#include <lucid/core/net/frame_channel.hpp>

#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::core::net {
namespace {

using namespace std::chrono_literals;

TEST(FrameChannel, carries_frames_of_all_sizes_in_order) {
    auto pair = FrameChannel::make_pair();
    ASSERT_TRUE(pair);
    std::thread writer([&] {
        for (const std::size_t size : {0U, 1U, 5000U, 3000000U})
            ASSERT_TRUE(pair->first.send(Bytes(size, static_cast<std::uint8_t>(size))));
    });
    for (const std::size_t size : {0U, 1U, 5000U, 3000000U}) {
        const auto frame = pair->second.receive(10s);
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->payload, Bytes(size, static_cast<std::uint8_t>(size)));
        EXPECT_FALSE(frame->fd.valid());
    }
    writer.join();
}

TEST(FrameChannel, passes_a_descriptor) {
    auto pair = FrameChannel::make_pair();
    ASSERT_TRUE(pair);
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(::pipe(pipe_ends.data()), 0);
    const Fd read_end(pipe_ends[0]);
    {
        const Fd write_end(pipe_ends[1]);
        ASSERT_TRUE(pair->first.send(as_bytes("fd"), write_end.get()));
    }
    auto frame = pair->second.receive(1s);
    ASSERT_TRUE(frame);
    ASSERT_TRUE(frame->fd.valid());
    ASSERT_EQ(::write(frame->fd.get(), "x", 1), 1);
    char got = 0;
    EXPECT_EQ(::read(read_end.get(), &got, 1), 1);
    EXPECT_EQ(got, 'x');
}

TEST(FrameChannel, tells_time_out_from_closed_peer) {
    auto pair = FrameChannel::make_pair();
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->second.receive(1ms).error().code, make_error_code(Errc::timed_out));
    pair->first = FrameChannel();
    EXPECT_EQ(pair->second.receive(1s).error().code, make_error_code(Errc::peer_closed));
    EXPECT_EQ(pair->second.send(as_bytes("x")).error().code, make_error_code(Errc::peer_closed));
}

TEST(FrameChannel, refuses_frames_over_the_limit) {
    auto pair = FrameChannel::make_pair();
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->first.send(Bytes(frame_bytes_max + 1)).error().code,
              make_error_code(Errc::limit_exceeded));
    const ByteArray<4> prefix = {1, 0, 0, 1};  // 16 MiB + 1
    ASSERT_EQ(::send(pair->first.fd(), prefix.data(), prefix.size(), 0), 4);
    EXPECT_EQ(pair->second.receive(1s).error().code, make_error_code(Errc::limit_exceeded));
}

}  // namespace
}  // namespace lucid::core::net
