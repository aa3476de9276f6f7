// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// TCP towards hosts and from clients: addresses, connecting with a limit, listening, and who holds
/// a port that is taken.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/config.hpp>

#include <chrono>
#include <string>

namespace lucid::rdp::gateway {

using core::runtime::Endpoint;

/// Resolves (a name is allowed here) and connects, trying each address within one limit. Blocks.
/// Errc::not_found: no such name; Errc::timed_out; else the system's error of the last attempt.
Result<core::net::Fd> connect_tcp(const Endpoint& to, std::chrono::milliseconds limit);

/// A listening socket on a numeric address; port 0 takes a free one. EADDRINUSE when taken.
Result<core::net::Fd> listen_tcp(const Endpoint& on);
/// The address a socket is bound to or, with `peer`, connected to.
Result<Endpoint> endpoint_of(int socket, bool peer);

/// "process 812 (xrdp)" for a listening TCP port of this machine, "another user's process" when it
/// may not be seen, empty when nobody listens.
[[nodiscard]] std::string port_holder(std::uint16_t port);

}  // namespace lucid::rdp::gateway
