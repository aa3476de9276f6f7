// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The anchor log in the store: an RFC 6962 tree over SHA-256. Hashes of full subtrees are kept, so
/// roots and proofs of any size read O(log² n) rows and appending writes two rows an entry.

#include <lucid/blockchain/store/state_rows.hpp>

namespace lucid::blockchain::store {

/// One entry, with what is needed to find it again.
struct LogEntry {
    Hash32 leaf{};
    std::uint64_t block_slot = 0;
    Bytes data;  ///< leaf data
};

class AnchorLog {
  public:
    /// The log as `snapshot` has it; appended entries are seen by this object alone until their
    /// rows() are written.
    AnchorLog(const storage::kv::Snapshot& snapshot, std::uint64_t size)
        : snapshot_(snapshot), size_(size) {}

    [[nodiscard]] std::uint64_t size() const { return size_; }
    Result<LogEntry> entry(std::uint64_t index) const;
    /// Hash of the full subtree `index` of 2^level leaves; Errc::not_found while it is not full.
    Result<Hash32> subtree(unsigned level, std::uint64_t index) const;
    /// Of the first `size` entries.
    Result<Hash32> root(std::uint64_t size) const;
    Result<Hash32> root() const { return root(size_); }
    /// RFC 6962 §2.1.1; index < size <= size().
    Result<std::vector<Hash32>> inclusion(std::uint64_t index, std::uint64_t size) const;
    /// RFC 6962 §2.1.2; old_size <= size <= size().
    Result<std::vector<Hash32>> consistency(std::uint64_t old_size, std::uint64_t size) const;

    Result<void> append(const LogEntry& entry);
    [[nodiscard]] const std::map<Bytes, Bytes>& rows() const { return rows_; }

  private:
    Result<Bytes> row(const Bytes& key) const;
    /// Root of `count` leaves from `first`, which is a multiple of the power of two at or above
    /// count.
    Result<Hash32> range(std::uint64_t first, std::uint64_t count) const;
    Result<void> path(std::uint64_t index, std::uint64_t first, std::uint64_t count,
                      std::vector<Hash32>& proof) const;
    Result<void> subproof(std::uint64_t old_size, std::uint64_t first, std::uint64_t count,
                          bool known, std::vector<Hash32>& proof) const;

    const storage::kv::Snapshot& snapshot_;
    std::uint64_t size_;
    std::map<Bytes, Bytes> rows_;
};

}  // namespace lucid::blockchain::store
