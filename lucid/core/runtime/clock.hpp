// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace lucid::core::runtime {

/// µs of CLOCK_BOOTTIME: event times; runs on through suspend, never jumps.
[[nodiscard]] std::int64_t boottime_us();
/// Unix time in µs and whole seconds.
[[nodiscard]] std::int64_t wall_time_us();
[[nodiscard]] std::int64_t wall_time_s();
/// What the kernel says about NTP synchronisation (adjtimex).
[[nodiscard]] bool clock_synchronised();

}  // namespace lucid::core::runtime
