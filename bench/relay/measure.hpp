// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "peers.hpp"

namespace lucid::bench {

enum class Traffic { incompressible, compressible };

/// A client that asks the scripted host of this benchmark for traffic.
struct Sample {
    double megabytes_per_s = 0;
    double cpu_ms_per_megabyte = 0;    ///< of the processes between client and host
    double relay_ms_per_megabyte = 0;  ///< of the first of them alone
    std::vector<double> round_trips_us;
};

/// Answers keys: 1 echoes, 2 sends a bulk of incompressible, 3 of compressible screen output.
rdp::gateway::test::ScriptedHost::Answer bulk_host(std::size_t bulk_bytes);

/// Time on a CPU of a process's live threads so far, in ns (/proc/PID/task/*/schedstat).
[[nodiscard]] std::uint64_t cpu_ns(pid_t pid);

Result<Sample> measure(rdp::gateway::test::ScriptedClient& client, Traffic traffic,
                       std::size_t bulk_bytes, const std::vector<pid_t>& between);

[[nodiscard]] double percentile(std::vector<double> values, double share);

}  // namespace lucid::bench
