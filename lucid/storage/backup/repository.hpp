// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder that holds backups. Everything in it is sealed or signed: it may lie on a disk of
/// somebody else.
///
///   lucid-backup                "lucid-backup 1\n"
///   objects/<2 hex>/<64 hex>    age v1 files, named by the SHA-256 of their bytes
///   snapshots/<time>.json       what a backup consists of (snapshot.hpp), written last
///   lock
///
/// Objects are never changed. One that no snapshot names is left of a backup that was killed.

#include <lucid/common/crypto/age.hpp>
#include <lucid/core/net/fd.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lucid::storage::backup {

/// Largest object, sealed.
inline constexpr std::size_t object_bytes_max = std::size_t{16} << 20;
inline constexpr std::size_t snapshot_bytes_max = std::size_t{256} << 20;

struct ObjectRef {
    Hash32 name{};
    std::uint64_t bytes = 0;  ///< sealed
    friend bool operator<(const ObjectRef& a, const ObjectRef& b) { return a.name < b.name; }
    friend bool operator==(const ObjectRef&, const ObjectRef&) = default;
};

class Repository {
  public:
    /// Makes it in an empty or new folder. Errc::refused for a folder that holds something else.
    static Result<Repository> open_or_make(const std::string& path);
    /// Errc::not_found when the folder holds no backups, Errc::bad_version for a newer layout.
    static Result<Repository> open(const std::string& path);

    [[nodiscard]] const std::string& path() const { return path_; }
    /// For whoever writes or removes. Errc::timed_out while somebody else does.
    Result<core::net::Fd> lock() const;

    /// Seals and stores; durable only after sync().
    Result<ObjectRef> put(ByteView plaintext, std::span<const crypto::age::Recipient> recipients);
    /// Reads and checks the name. Errc::not_found, Errc::hash_mismatch.
    Result<Bytes> read(const Hash32& name) const;
    /// There, with that size; the bytes are not looked at.
    [[nodiscard]] bool has(const ObjectRef& object) const;
    /// Everything that was put is on the disk when it returns.
    Result<void> sync() const;

    /// Names of snapshots, oldest first.
    Result<std::vector<std::string>> snapshots() const;
    Result<Bytes> read_snapshot(const std::string& name) const;
    /// Durable and whole, or not there.
    Result<void> write_snapshot(const std::string& name, ByteView text) const;
    Result<void> remove_snapshot(const std::string& name) const;

    /// What a backup that was interrupted had stored so far: not a backup, yet worth keeping.
    static constexpr const char* unfinished = ".unfinished";

    struct Swept {
        std::size_t objects = 0;
        std::uint64_t bytes = 0;
    };
    /// Removes objects that are not in `keep`, and torn files. Under lock().
    Result<Swept> sweep(const std::set<Hash32>& keep) const;
    /// Moves a damaged object out of the way, so that the next backup stores it again.
    Result<void> set_aside(const Hash32& name) const;

  private:
    explicit Repository(std::string path) : path_(std::move(path)) {}
    [[nodiscard]] std::string object_path(const Hash32& name) const;
    [[nodiscard]] std::string snapshot_path(const std::string& name) const;
    std::string path_;
    unsigned torn_ = 0;  ///< counts temporary names
};

}  // namespace lucid::storage::backup
