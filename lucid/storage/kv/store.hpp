// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Ordered key-value store on LMDB.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

struct MDB_env;
struct MDB_txn;

namespace lucid::storage::kv {

inline constexpr std::size_t key_bytes_max = 511;
/// The file in a store's directory that holds everything; the other one is for locks.
inline constexpr const char* data_file_name = "data.mdb";
inline constexpr const char* lock_file_name = "lock.mdb";

/// One write transaction: visible to its own gets, to others after commit(). Dropped without
/// commit: nothing happened.
class Batch {
  public:
    ~Batch();
    Batch(Batch&&) noexcept;
    Batch& operator=(Batch&&) = delete;

    /// What this batch has put or the store holds; Errc::not_found.
    Result<Bytes> get(ByteView key) const;
    Result<void> put(ByteView key, ByteView value);
    /// Fine if the key is not there.
    Result<void> erase(ByteView key);
    /// Durable when it returns.
    Result<void> commit();

  private:
    friend class Store;
    Batch(MDB_txn* transaction, unsigned table) : transaction_(transaction), table_(table) {}
    MDB_txn* transaction_;
    unsigned table_;
};

/// The store as it was at one moment, while others write. Short-lived: pages that it can see are
/// not reused. Used by one thread at a time; must not outlive its store.
class Snapshot {
  public:
    ~Snapshot();
    Snapshot(Snapshot&&) noexcept;
    Snapshot& operator=(Snapshot&&) = delete;

    /// Errc::not_found.
    Result<Bytes> get(ByteView key) const;
    /// The same without a copy: valid as long as the snapshot.
    Result<ByteView> view(ByteView key) const;
    /// The first entry at or after `key` that begins with `prefix`; nothing if there is none.
    Result<std::optional<std::pair<Bytes, Bytes>>> first_from(ByteView key, ByteView prefix) const;
    /// All keys with a prefix, in order; stops when `visit` gives false.
    Result<void> scan(ByteView prefix, const std::function<bool(ByteView, ByteView)>& visit) const;

  private:
    friend class Store;
    Snapshot(MDB_txn* transaction, unsigned table) : transaction_(transaction), table_(table) {}
    MDB_txn* transaction_;
    unsigned table_;
};

class Store {
  public:
    /// Opens or makes the store in this directory; `bytes_max` bounds its size.
    static Result<Store> open(const std::string& directory, std::size_t bytes_max);
    /// Writes the store as of one moment to `fd`, as the file that a store consists of, while other
    /// processes go on writing to it. Errc::not_found where there is none.
    static Result<void> copy(const std::string& directory, int fd);
    ~Store();
    Store(Store&& other) noexcept;
    Store& operator=(Store&&) = delete;

    /// Errc::not_found.
    Result<Bytes> get(ByteView key) const;
    /// All keys with a prefix, in order; stops when `visit` gives false.
    Result<void> scan(ByteView prefix, const std::function<bool(ByteView, ByteView)>& visit) const;
    Result<Batch> begin();
    Result<Snapshot> snapshot() const;

  private:
    explicit Store(MDB_env* environment, unsigned table)
        : environment_(environment), table_(table) {}
    MDB_env* environment_;
    unsigned table_;
};

}  // namespace lucid::storage::kv
