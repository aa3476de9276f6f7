// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Hostile clients of this bench, in a process of their own: they never log in and replace every
/// connection that is closed.

#include <cstdint>
#include <sys/types.h>

namespace lucid::bench {

/// What the connections of a flood do.
enum class Flood {
    half_open,  ///< connect and say nothing
    /// Half of them send their connection request byte by byte, the other half a whole one and then
    /// a TLS hello byte by byte; a byte every 100 ms.
    slow,
};

/// Starts a process that keeps `count` connections from 127.1.0.0/16, 40 of each address, to
/// 127.0.0.1:`port`. Returns when all are open; ends when killed.
pid_t start_flood(Flood kind, std::uint16_t port, unsigned count);

}  // namespace lucid::bench
