// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Does the catalog fit what is on the disks, and is every recording whole? With repair: the
/// catalog is made to fit, unfinished recordings are sealed, what belongs to nothing is set aside.
/// Nothing is deleted, and whatever cannot be mended is said. Doing it twice changes nothing more.

#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lucid::app::fsck {

enum class State {
    repaired,   ///< was wrong, is right now
    to_repair,  ///< --repair mends it
    note,       ///< nothing is wrong with the data, yet somebody should know
    broken,     ///< cannot be mended from what is here
};

struct Finding {
    State state = State::note;
    std::string where;  ///< "catalog", "recording 2da527…"
    std::string what;
    std::string next;  ///< the command that leads on; may be empty
};

struct Report {
    std::vector<Finding> findings;
    std::size_t recordings = 0;
    std::size_t live = 0;
    std::uint64_t bytes = 0;  ///< of chunks that were looked at
    [[nodiscard]] std::size_t count(State state) const;
    /// Nothing is left to do.
    [[nodiscard]] bool good() const {
        return count(State::broken) == 0 && count(State::to_repair) == 0;
    }
};

struct Options {
    bool repair = false;      ///< the caller holds the data directory's locks
    bool every_byte = false;  ///< hash all chunks, not only look for them
    bool running = false;     ///< a node works on it: what is unfinished is live
    std::function<void(std::uint64_t)> progress;
};

Report check(const core::runtime::DataDir& data, const Options& options);

/// The catalog, made anew where it is lost or damaged (and `repair` is given); nothing when there
/// is none to work on.
std::optional<storage::catalog::Catalog> check_catalog(const core::runtime::DataDir& data,
                                                       const Options& options, Report& report);
/// Each recording, and the catalog's rows against them.
void check_recordings(const core::runtime::DataDir& data, const Options& options,
                      storage::catalog::Catalog* catalog, Report& report);

}  // namespace lucid::app::fsck
