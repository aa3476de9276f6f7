// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What is in a recording's folder, against what its manifest says: for `lucid fsck`. Nothing is
/// changed here but by the two functions that say so.

#include <lucid/sessions/format/manifest.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lucid::sessions::recorder {

enum class RecordingState {
    unfinished,    ///< start.json: live, or left by a crash
    sealed,        ///< manifest.json
    pruned,        ///< contents went on purpose
    half_pruned,   ///< pruned.json, and contents are still there
    unexplained,   ///< neither start record nor manifest
    not_readable,  ///< a manifest that is none, or whose signature is not the node's
};

struct Inspection {
    RecordingState state = RecordingState::unexplained;
    std::optional<format::Manifest> manifest;
    Hash32 manifest_hash{};
    bool anchored = false;
    /// Relative paths. Files that the manifest does not account for …
    std::vector<std::string> orphans;
    /// … files that it names and that are not there, or not what was sealed …
    std::vector<std::string> missing;
    std::vector<std::string> damaged;
    /// … and tree tiles of which the same is true: made again from the chunks.
    bool tiles_broken = false;
    std::string reason;  ///< of not_readable
    std::uint64_t bytes = 0;

    [[nodiscard]] bool intact() const {
        return orphans.empty() && missing.empty() && damaged.empty() && !tiles_broken;
    }
};

/// With `every_byte` chunks are read and hashed, else only looked for and measured. `progress` gets
/// the bytes of each file that is done.
Inspection inspect(const std::string& directory, bool every_byte,
                   const std::function<void(std::uint64_t)>& progress = {});

/// Makes the tiles again. Errc::hash_mismatch when the chunks do not give the signed root.
Result<void> rebuild_tiles(const std::string& directory, const format::Manifest& manifest);

/// Moves files of a recording (relative paths; an empty one is the whole folder) to
/// `sessions/.set-aside/<id>/` on the same volume. What is there already is kept beside.
Result<void> set_aside(const std::string& directory, const std::vector<std::string>& files);

}  // namespace lucid::sessions::recorder
