// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Is every backup in a folder whole? Without a key: signatures of snapshots, and every object
/// against its name. With one: every file, too.

#include <lucid/storage/backup/repository.hpp>

#include <functional>

namespace lucid::storage::backup {

struct VerifyFindings {
    std::size_t snapshots = 0;
    std::size_t objects = 0;
    std::uint64_t bytes = 0;
    std::size_t files = 0;               ///< opened and checked; 0 without an identity
    std::vector<std::string> bad;        ///< a sentence each: what is wrong with what
    std::vector<Hash32> bad_objects;     ///< missing or damaged
    std::vector<std::string> bad_files;  ///< "20261128T…Z: sessions/…", with an identity
};

/// Errors are those of the folder itself; what is wrong with backups is in the findings.
/// `identity` may be null; `progress` gets bytes done and bytes in all.
Result<VerifyFindings> verify(const Repository& repository, const std::vector<std::string>& names,
                              const crypto::age::Identity* identity,
                              const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace lucid::storage::backup
