// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A gateway with ticket and recorder doubles in front of one real host, for trying real clients by
/// hand:
///   test_integration_gateway rig host=127.0.0.1:3389 pin=HEX security=tls user=U password=P
///     listen=127.0.0.1:0 tickets=20 secret=S preset=custom events=DIR tls_only=0
/// Tickets are ticket0, ticket1, …; ends on SIGINT.

#include <map>
#include <string>

namespace lucid::rdp::gateway::test {

int run_rig(const std::map<std::string, std::string>& arguments);

}  // namespace lucid::rdp::gateway::test
