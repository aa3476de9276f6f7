// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The line to a host: TCP, X.224, TLS against a pinned certificate, CredSSP. Blocks while it is
/// opened, within the order's limit.

#include <lucid/rdp/gateway/leg.hpp>
#include <lucid/rdp/headless/order.hpp>
#include <lucid/rdp/headless/trouble.hpp>

namespace lucid::rdp::headless {

struct Connection {
    gateway::SslContext context;  ///< before the leg, which uses it
    gateway::Leg leg;
    std::uint32_t protocol = 0;  ///< what the host chose
    bool takes_monitors = false;
    Bytes input;  ///< read and not yet used
};

/// A host whose certificate is not the pinned one, or that nobody pinned, gets no byte of a
/// credential.
Outcome<Connection> open_connection(const Order& order);

}  // namespace lucid::rdp::headless
