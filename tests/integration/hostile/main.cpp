// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>

#include <csignal>
#include <string_view>

#include "recorder_double.hpp"
#include <gtest/gtest.h>

int main(int argc, char** argv) {
    using namespace lucid::rdp::gateway;
    const std::string_view mode = argc > 2 ? argv[1] : "";
    if (mode == "role" && std::string_view(argv[2]) == "relay")
        return run_relay_process(lucid::core::net::Fd(3));
    if (mode == "role" && std::string_view(argv[2]) == "door")
        return run_door_process(lucid::core::net::Fd(3));
    if (mode == "role" && std::string_view(argv[2]) == "recorder" && argc > 3)
        return test::run_recorder_double(argv[3]);
    std::signal(SIGPIPE, SIG_IGN);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
