// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A node from a backup, into an empty data directory; or one recording into a node that has lost
/// it. `format` is written last: a directory without it never counts as complete, and the same call
/// again goes on where it stopped.

#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/storage/backup/reader.hpp>

#include <functional>
#include <string>

namespace lucid::app::backup {

struct Restored {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::size_t were_there = 0;  ///< of an earlier call, or whole anyway
};

using RestoreProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// `name` is the snapshot's; `path` absolute.
std::variant<Restored, core::runtime::Problem> restore_node(
    storage::backup::Reader& reader, const storage::backup::Snapshot& snapshot,
    const std::string& name, const std::string& path, const RestoreProgress& progress);

/// Files of one recording (whole id) that are missing or damaged in `directory`.
/// Errc::not_found when the backup does not have it.
Result<Restored> restore_recording(storage::backup::Reader& reader, const std::string& id,
                                   const std::string& directory);

}  // namespace lucid::app::backup
