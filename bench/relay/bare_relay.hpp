// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The yardstick: the smallest relay that ends TLS on both sides. X.224 passes in the clear, then
/// TLS with both peers, then bytes are copied; nothing is looked at, nothing recorded.

#include <cstdint>
#include <string>

namespace lucid::bench {

/// Accepts one connection on `listener` and relays it to 127.0.0.1:`host_port`; returns when it
/// ends.
int run_bare_relay(int listener, std::uint16_t host_port, const std::string& certificate_pem,
                   const std::string& key_pem);

}  // namespace lucid::bench
