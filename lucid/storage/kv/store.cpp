// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/kv/page_check.hpp>
#include <lucid/storage/kv/store.hpp>

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <lmdb.h>

namespace lucid::storage::kv {
namespace {

constexpr unsigned readers_max = 512;  ///< snapshots at once

tl::unexpected<Error> lmdb_failure(int code, const char* context) {
    if (code == MDB_NOTFOUND) return fail(Errc::not_found, context);
    if (code == MDB_MAP_FULL) return fail(Errc::limit_exceeded, context);
    if (code == MDB_CORRUPTED || code == MDB_INVALID) return fail(Errc::bad_magic, context);
    if (code > 0) return fail_errno(code, context);
    return fail(Errc::io_failed, context, static_cast<std::uint64_t>(-code));
}

MDB_val value_of(ByteView bytes) {
    return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
ByteView view_of(const MDB_val& value) {
    return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

Result<ByteView> view_in(MDB_txn* transaction, MDB_dbi table, ByteView key) {
    auto k = value_of(key);
    MDB_val v{};
    if (const int code = mdb_get(transaction, table, &k, &v); code != 0)
        return lmdb_failure(code, "store get");
    return view_of(v);
}
Result<Bytes> get_in(MDB_txn* transaction, MDB_dbi table, ByteView key) {
    LUCID_TRY(const auto value, view_in(transaction, table, key));
    return to_bytes(value);
}

/// From the first key at or after `from`, as long as keys begin with `prefix` and `visit` wants.
Result<void> walk(MDB_txn* transaction, MDB_dbi table, ByteView from, ByteView prefix,
                  const std::function<bool(ByteView, ByteView)>& visit) {
    MDB_cursor* cursor = nullptr;
    // No memory.
    if (const int code = mdb_cursor_open(transaction, table, &cursor); code != 0)
        return lmdb_failure(code, "store scan");
    auto k = value_of(from);
    MDB_val v{};
    // LMDB has no empty key to begin from.
    int code = mdb_cursor_get(cursor, &k, &v, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
    while (code == 0) {
        const auto key = view_of(k);
        if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin()))
            break;
        if (!visit(key, view_of(v))) break;
        code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (code != 0 && code != MDB_NOTFOUND) return lmdb_failure(code, "store scan");
    return {};
}

/// Makes the file as long as its pages are numbered.
/// WHY: LMDB reads through a map; a page behind the end of a file that was cut would end the
/// process (SIGBUS). A page of zeros is an error that it reports. Pages that nothing uses may be
/// missing at the end of a sound file too.
Result<void> fill_up(MDB_env* environment) {
    MDB_envinfo info{};
    MDB_stat facts{};
    mdb_filehandle_t file{};
    // Of an open environment none of these fails.
    if (mdb_env_info(environment, &info) != 0 || mdb_env_stat(environment, &facts) != 0 ||
        mdb_env_get_fd(environment, &file) != 0)
        return fail(Errc::internal, "open store");
    struct stat status{};
    if (::fstat(file, &status) != 0) return fail_errno(errno, "open store");  // as above
    const auto wanted = static_cast<off_t>((info.me_last_pgno + 1) * facts.ms_psize);
    // LMDB makes its map as large as its header says, unless that wraps.
    if (wanted > static_cast<off_t>(info.me_mapsize)) return fail(Errc::bad_magic, "open store");
    if (status.st_size < wanted && ::ftruncate(file, wanted) != 0)
        return fail_errno(errno, "open store");
    return {};
}

}  // namespace

Batch::~Batch() {
    if (transaction_ != nullptr) mdb_txn_abort(transaction_);
}
Batch::Batch(Batch&& other) noexcept
    : transaction_(std::exchange(other.transaction_, nullptr)), table_(other.table_) {}

Result<Bytes> Batch::get(ByteView key) const {
    return get_in(transaction_, table_, key);
}

Result<void> Batch::put(ByteView key, ByteView value) {
    if (key.empty() || key.size() > key_bytes_max)
        return fail(Errc::bad_length, "store key", key.size());
    auto k = value_of(key);
    auto v = value_of(value);
    if (const int code = mdb_put(transaction_, table_, &k, &v, 0); code != 0)
        return lmdb_failure(code, "store put");
    return {};
}

Result<void> Batch::erase(ByteView key) {
    auto k = value_of(key);
    const int code = mdb_del(transaction_, table_, &k, nullptr);
    if (code != 0 && code != MDB_NOTFOUND) return lmdb_failure(code, "store erase");
    return {};
}

Result<void> Batch::commit() {
    const int code = mdb_txn_commit(std::exchange(transaction_, nullptr));
    if (code != 0) return lmdb_failure(code, "store commit");
    return {};
}

Result<Store> Store::open(const std::string& directory, std::size_t bytes_max) {
    MDB_env* environment = nullptr;
    // No memory; and below, where a transaction writes, the device.
    if (const int code = mdb_env_create(&environment); code != 0)
        return lmdb_failure(code, "open store");
    Store store(environment, 0);
    mdb_env_set_mapsize(environment, bytes_max);
    mdb_env_set_maxreaders(environment, readers_max);
    // Readers of several threads share the environment: slots are bound to transactions, not
    // threads.
    if (const int code = mdb_env_open(environment, directory.c_str(), MDB_NOTLS, 0600); code != 0)
        return lmdb_failure(code, "open store");
    MDB_txn* transaction = nullptr;
    if (const int code = mdb_txn_begin(environment, nullptr, MDB_RDONLY, &transaction); code != 0)
        return lmdb_failure(code, "open store");
    mdb_filehandle_t file{};
    mdb_env_get_fd(environment, &file);
    const auto checked = check_pages(file, mdb_txn_id(transaction));
    mdb_txn_abort(transaction);
    LUCID_CHECK(checked);
    LUCID_CHECK(fill_up(environment));
    if (const int code = mdb_txn_begin(environment, nullptr, 0, &transaction); code != 0)
        return lmdb_failure(code, "open store");
    MDB_dbi table = 0;
    if (const int code = mdb_dbi_open(transaction, nullptr, 0, &table); code != 0) {
        mdb_txn_abort(transaction);
        return lmdb_failure(code, "open store");
    }
    if (const int code = mdb_txn_commit(transaction); code != 0)
        return lmdb_failure(code, "open store");
    store.table_ = table;
    return store;
}

Result<void> Store::copy(const std::string& directory, int fd) {
    MDB_env* environment = nullptr;
    // No memory.
    if (const int code = mdb_env_create(&environment); code != 0)
        return lmdb_failure(code, "copy store");
    const Store store(environment, 0);
    if (const int code = mdb_env_open(environment, directory.c_str(), MDB_RDONLY | MDB_NOTLS, 0600);
        code != 0)
        return code == ENOENT ? fail(Errc::not_found, "copy store")
                              : lmdb_failure(code, "copy store");
    if (const int code = mdb_env_copyfd(environment, fd); code != 0)
        return lmdb_failure(code, "copy store");
    return {};
}

Store::~Store() {
    if (environment_ != nullptr) mdb_env_close(environment_);
}
Store::Store(Store&& other) noexcept
    : environment_(std::exchange(other.environment_, nullptr)), table_(other.table_) {}

Result<Bytes> Store::get(ByteView key) const {
    LUCID_TRY(const auto reading, snapshot());
    return reading.get(key);
}

Result<void> Store::scan(ByteView prefix,
                         const std::function<bool(ByteView, ByteView)>& visit) const {
    LUCID_TRY(const auto reading, snapshot());
    return reading.scan(prefix, visit);
}

Result<Snapshot> Store::snapshot() const {
    MDB_txn* transaction = nullptr;
    if (const int code = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction); code != 0)
        return lmdb_failure(code, "store snapshot");
    return Snapshot(transaction, table_);
}

Snapshot::~Snapshot() {
    if (transaction_ != nullptr) mdb_txn_abort(transaction_);
}
Snapshot::Snapshot(Snapshot&& other) noexcept
    : transaction_(std::exchange(other.transaction_, nullptr)), table_(other.table_) {}

Result<Bytes> Snapshot::get(ByteView key) const {
    return get_in(transaction_, table_, key);
}

Result<ByteView> Snapshot::view(ByteView key) const {
    return view_in(transaction_, table_, key);
}

Result<std::optional<std::pair<Bytes, Bytes>>> Snapshot::first_from(ByteView key,
                                                                    ByteView prefix) const {
    std::optional<std::pair<Bytes, Bytes>> found;
    LUCID_CHECK(walk(transaction_, table_, key, prefix, [&](ByteView k, ByteView v) {
        found.emplace(to_bytes(k), to_bytes(v));
        return false;
    }));
    return found;
}

Result<void> Snapshot::scan(ByteView prefix,
                            const std::function<bool(ByteView, ByteView)>& visit) const {
    return walk(transaction_, table_, prefix, prefix, visit);
}

Result<Batch> Store::begin() {
    MDB_txn* transaction = nullptr;
    // No memory.
    if (const int code = mdb_txn_begin(environment_, nullptr, 0, &transaction); code != 0)
        return lmdb_failure(code, "store begin");
    return Batch(transaction, table_);
}

}  // namespace lucid::storage::kv
