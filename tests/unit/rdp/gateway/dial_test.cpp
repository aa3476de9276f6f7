// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/dial.hpp>

#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

using namespace std::chrono_literals;

TEST(Dial, connects_to_a_listener_on_a_free_port) {
    const auto listener = listen_tcp({"127.0.0.1", 0});
    ASSERT_TRUE(listener);
    const auto on = *endpoint_of(listener->get(), false);
    EXPECT_GT(on.port, 0);
    const auto socket = connect_tcp(on, 2s);
    ASSERT_TRUE(socket);
    EXPECT_EQ(endpoint_of(socket->get(), true)->port, on.port);
}

TEST(Dial, a_closed_port_and_an_unknown_name_are_told_apart) {
    Endpoint closed;
    {
        const auto listener = listen_tcp({"127.0.0.1", 0});
        closed = *endpoint_of(listener->get(), false);
    }
    EXPECT_EQ(connect_tcp(closed, 2s).error().code, std::errc::connection_refused);
    EXPECT_EQ(connect_tcp({"no-such-host.invalid", 3389}, 2s).error().code, Errc::not_found);
}

TEST(Dial, a_taken_port_is_an_error_and_its_holder_is_named) {
    const auto listener = listen_tcp({"127.0.0.1", 0});
    const auto on = *endpoint_of(listener->get(), false);
    const auto second = listen_tcp(on);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, std::errc::address_in_use);
    const auto holder = port_holder(on.port);
    EXPECT_NE(holder.find(std::to_string(::getpid())), std::string::npos) << holder;
}

}  // namespace
}  // namespace lucid::rdp::gateway
