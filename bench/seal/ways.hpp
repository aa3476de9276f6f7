// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The ways from a file of plain data to sealed data on disk, each in a process of its own.

#include <cstdint>
#include <optional>
#include <string>

namespace lucid::bench {

struct Sample {
    double wall_s = 0;
    double cpu_s = 0;  ///< user and system, of the process and its children
    std::uint64_t stored_bytes = 0;
};

enum class Way { lucid, restic, borg, age };
inline constexpr Way all_ways[] = {Way::lucid, Way::restic, Way::borg, Way::age};

[[nodiscard]] const char* name_of(Way way);
/// False where its program is not installed.
[[nodiscard]] bool is_installed(Way way);

/// Seals `file` into the empty folder `to`; repositories are made before the clock starts. Nothing
/// when the program failed.
std::optional<Sample> seal_with(Way way, const std::string& file, const std::string& to);

}  // namespace lucid::bench
