// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "roles.hpp"

#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>
#include <lucid/scan/service/scanner_process.hpp>

#include <cstdlib>
#include <string_view>

#include "../gateway/recorder_double.hpp"

namespace lucid::test {
namespace {

constexpr int role_channel = 3;

int run_scanner_role(const char* clamd, const char* limit_ms) {
    const auto address = scan::service::ScannerAddress::parse(clamd);
    if (!address) return 1;
    scan::service::run_scanner(core::net::FrameChannel(core::net::Fd(role_channel)),
                               {*address, std::chrono::milliseconds(std::atoi(limit_ms))});
    return 0;
}

}  // namespace

std::optional<int> run_role(int argc, char** argv) {
    if (argc < 3 || std::string_view(argv[1]) != "role") return std::nullopt;
    const std::string_view role = argv[2];
    if (role == "relay") return rdp::gateway::run_relay_process(core::net::Fd(role_channel));
    if (role == "door") return rdp::gateway::run_door_process(core::net::Fd(role_channel));
    if (role == "scanner" && argc > 4) return run_scanner_role(argv[3], argv[4]);
    if (role == "recorder" && argc > 3) return rdp::gateway::test::run_recorder_double(argv[3]);
    return 2;
}

}  // namespace lucid::test
