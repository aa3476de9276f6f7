// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a backup of a node consists of, and in which order it is copied while the node runs:
/// catalog first (a recording that is not in it is found on disk), recordings, and the chain last
/// (no recording is anchored in a block that the copy of the chain lacks). log/ and run/ are not
/// part of it.

#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/storage/backup/writer.hpp>

#include <string>
#include <vector>

namespace lucid::app::backup {

struct Collected {
    std::size_t recordings = 0;
    std::size_t live = 0;
    /// On a volume that is absent, or gone: their files are those of the backup before.
    std::vector<std::string> carried_over;
    /// The same, and no backup before has them.
    std::vector<std::string> missing;
    /// A sentence each: copied as they are, or not readable.
    std::vector<std::string> problems;
    [[nodiscard]] bool complete() const { return missing.empty() && problems.empty(); }
};

Result<Collected> collect(const core::runtime::DataDir& data, storage::backup::Writer& writer);

/// keys/backup.key, the node's own recipient: with it the node sees what is stored already. Made
/// when it is not there.
Result<crypto::age::Identity> node_identity(const core::runtime::DataDir& data);

/// backup.json: the last backup, for `lucid doctor`, and for the next one without a folder.
struct LastBackup {
    std::string directory;
    std::string snapshot;
    std::int64_t created_s = 0;
    bool complete = false;
};
Result<LastBackup> read_last(const core::runtime::DataDir& data);
Result<void> write_last(const core::runtime::DataDir& data, const LastBackup& last);

}  // namespace lucid::app::backup
