// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Makes one backup: files in, objects and at the end a snapshot out. What an earlier backup stored
/// already is named again, not stored again: parts are known by the hash of what they hold.

#include <lucid/storage/backup/snapshot.hpp>

#include <functional>
#include <map>

namespace lucid::storage::backup {

/// Parts of large files, and objects that small files share.
inline constexpr std::size_t part_bytes_max = std::size_t{8} << 20;
inline constexpr std::size_t pack_bytes_max = std::size_t{4} << 20;
/// Files up to this size share objects.
inline constexpr std::size_t small_file_bytes_max = std::size_t{256} << 10;

struct WriterOptions {
    std::vector<crypto::age::Recipient> recipients;
    /// Opens the index of the backup before: one of the recipients, the node's own.
    const crypto::age::Identity* identity = nullptr;
    const crypto::Ed25519Key* key = nullptr;
    /// node, lucid; the rest is filled in.
    Snapshot description;
    /// Bytes of files done so far.
    std::function<void(std::uint64_t)> progress;
    /// So much newly stored data, or a quarter of all, is made durable and named at a time: what a
    /// killed backup loses.
    std::uint64_t durable_every_bytes = std::uint64_t{256} << 20;
};

class Writer {
  public:
    /// Reads what is stored already, and removes what no snapshot names. Under the repository's
    /// lock.
    static Result<Writer> begin(Repository& repository, WriterOptions options);

    /// A file that is in memory, in parts of at most `part_bytes`.
    Result<void> add(const std::string& path, ByteView content,
                     std::size_t part_bytes = part_bytes_max);
    /// A file on disk. Errc::not_found when it has gone meanwhile.
    Result<void> add_file(const std::string& path, const std::string& source);
    /// A file named by its SHA-256: not even read when it is stored. False when its bytes do not
    /// have that hash: stored all the same, somebody has to be told.
    Result<bool> add_named(const std::string& path, const std::string& source, const Hash32& hash);
    /// Bytes that come one after the other, from `source(buffer)` until it gives 0.
    Result<void> add_stream(const std::string& path, std::size_t part_bytes,
                            const std::function<Result<std::size_t>(MutableByteView)>& source);
    /// Takes over what the backup before had below `prefix` (a recording on a disk that is not
    /// there) and has still; gives how many files.
    std::size_t carry_over(const std::string& prefix);
    /// Forgets what was added below `prefix`: it changed while it was read.
    void forget(const std::string& prefix);

    [[nodiscard]] Snapshot& description() { return options_.description; }
    /// Stored in this run, sealed.
    [[nodiscard]] std::uint64_t stored_bytes() const { return stored_bytes_; }
    [[nodiscard]] std::uint64_t stored_objects() const { return stored_objects_; }

    struct Done {
        std::string name;
        Snapshot snapshot;
    };
    /// From here on the backup exists. `now_s` names it.
    Result<Done> finish(std::int64_t now_s);

  private:
    Writer(Repository& repository, WriterOptions options)
        : repository_(repository), options_(std::move(options)) {}
    struct Pending {
        std::size_t file = 0;
        std::size_t part = 0;
    };
    Result<void> load(const std::string& name);
    Result<void> sweep();
    [[nodiscard]] const Part* known(const Hash32& hash, std::uint64_t length);
    Result<void> add_part(IndexedFile& file, ByteView content, bool small);
    Result<ObjectRef> put(ByteView plaintext);
    Result<void> flush_pack();
    Result<Snapshot> describe();
    Result<void> keep_durable();
    /// Errc::bad_value for a path that a reader would refuse.
    Result<IndexedFile*> new_file(const std::string& path);

    Repository& repository_;
    WriterOptions options_;
    std::map<std::string, IndexedFile> files_;
    /// By hash of the plaintext.
    std::map<Hash32, Part> parts_;
    std::map<Hash32, std::uint64_t> object_bytes_;
    std::map<Hash32, bool> present_;
    std::map<std::string, IndexedFile> before_;
    Bytes pack_;
    std::vector<Hash32> pack_hashes_;
    std::uint64_t stored_bytes_ = 0;
    std::uint64_t stored_objects_ = 0;
    std::uint64_t durable_bytes_ = 0;
    std::uint64_t done_bytes_ = 0;
};

}  // namespace lucid::storage::backup
