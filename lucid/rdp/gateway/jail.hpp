// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a process that parses hostile bytes gives up before it reads the first of them.

#include <lucid/common/result/result.hpp>

#include <span>

namespace lucid::rdp::gateway {

/// Descriptors a relay may ever hold at once: standard three, core channel, client, host, event
/// pipe, one in flight, and what a sanitizer or the C library opens for a moment.
inline constexpr unsigned relay_descriptors_max = 24;

/// Closes every descriptor above standard error that is not listed. Call first.
void close_descriptors_except(std::span<const int> kept);

/// No new privileges, no core dump, no ptrace by processes of the same user, no file may grow, few
/// descriptors. Irreversible.
Result<void> give_up_privileges();

}  // namespace lucid::rdp::gateway
