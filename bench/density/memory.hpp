// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <sys/types.h>

namespace lucid::bench {

/// Proportional set size of a process in bytes (/proc/PID/smaps_rollup), 0 when it is gone.
[[nodiscard]] std::size_t pss_bytes(pid_t pid);

}  // namespace lucid::bench
