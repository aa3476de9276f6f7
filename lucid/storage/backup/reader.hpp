// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Opens a backup with an age identity: its files, one by one, each part checked.

#include <lucid/storage/backup/snapshot.hpp>

namespace lucid::storage::backup {

class Reader {
  public:
    /// Errc::refused when the identity is none of the recipients, Errc::not_found and
    /// Errc::hash_mismatch when an object of the index is missing or damaged. `repository` outlives
    /// this; `identity` too.
    static Result<Reader> open(const Repository& repository, const Snapshot& snapshot,
                               const crypto::age::Identity& identity);

    /// By path.
    [[nodiscard]] const std::vector<IndexedFile>& files() const { return files_; }

    /// Whole content of a small file.
    Result<Bytes> read(const IndexedFile& file, std::size_t bytes_max);
    /// Writes it to `target` (mode 0600), whose folder exists; whoever calls syncs.
    Result<void> restore(const IndexedFile& file, const std::string& target);
    /// True when `target` already holds exactly that.
    [[nodiscard]] bool is_there(const IndexedFile& file, const std::string& target) const;
    /// Reads and checks all parts.
    Result<void> check(const IndexedFile& file);

  private:
    Reader(const Repository& repository, const crypto::age::Identity& identity)
        : repository_(repository), identity_(identity) {}
    Result<ByteView> part(const Part& wanted);
    const Repository& repository_;
    const crypto::age::Identity& identity_;
    std::vector<IndexedFile> files_;
    /// Small files come in the order of their object: the last one opened is the next one needed.
    Hash32 open_name_{};
    crypto::Secret open_object_;
};

}  // namespace lucid::storage::backup
