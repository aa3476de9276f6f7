// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The relay role: one client connection from accept to end, in a process of its own that holds
/// nothing but two sockets, the event pipe and, once the ticket is proven, one credential.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

namespace lucid::rdp::gateway {

/// Descriptors a relay may ever hold at once: standard three, core channel, client, host, event
/// pipe, one in flight, and what a sanitizer or the C library opens for a moment.
inline constexpr unsigned relay_descriptors_max = 24;

/// Before a relay reads its first byte: descriptors, memory and the clock are all that is left to
/// it. Irreversible.
Result<void> confine_relay();

/// Takes the channel to core; returns the exit code: 0 when the end was told to core.
int run_relay_process(core::net::Fd channel);

}  // namespace lucid::rdp::gateway
