// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the tests of this folder share: a folder for backups that goes away, keys, and a map of
/// files that stands for a node.

#include <lucid/storage/backup/reader.hpp>
#include <lucid/storage/backup/writer.hpp>

#include <map>
#include <string>

namespace lucid::storage::backup::test {

class BackupRig {
  public:
    BackupRig();
    ~BackupRig();
    BackupRig(const BackupRig&) = delete;
    BackupRig& operator=(const BackupRig&) = delete;

    [[nodiscard]] std::string folder() const { return root_ + "/backup"; }
    [[nodiscard]] std::string out() const { return root_ + "/out"; }
    Result<Repository> repository() const { return Repository::open_or_make(folder()); }
    /// Sealed to `recovery` and `node`.
    [[nodiscard]] WriterOptions options() const;
    /// Writes all of `files`.
    Result<Writer::Done> back_up(const std::map<std::string, Bytes>& files, std::int64_t now_s,
                                 std::uint64_t* stored_bytes = nullptr) const;
    /// What the newest backup, or the one with that name, gives back.
    Result<std::map<std::string, Bytes>> restore(const std::string& name = "") const;
    [[nodiscard]] std::vector<std::string> objects() const;

    crypto::age::Identity recovery;
    crypto::age::Identity node;
    crypto::Ed25519Key key;

  private:
    std::string root_;
};

/// Bytes that do not repeat, always the same for one seed.
Bytes noise(std::size_t count, std::uint64_t seed);

}  // namespace lucid::storage::backup::test
