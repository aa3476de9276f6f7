// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/catalog/database.hpp>

#include <cerrno>
#include <sys/stat.h>
#include <utility>

#include <sqlite3.h>

namespace lucid::storage::catalog {
namespace {

constexpr int busy_timeout_ms = 5000;

tl::unexpected<Error> sqlite_failure(int code, const char* context) {
    if ((code & 0xff) == SQLITE_CONSTRAINT) return fail(Errc::already_exists, context);
    if ((code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT)
        return fail(Errc::bad_magic, context, static_cast<std::uint64_t>(code));
    if ((code & 0xff) == SQLITE_BUSY) return fail(Errc::timed_out, context);
    if ((code & 0xff) == SQLITE_FULL) return fail_errno(ENOSPC, context);
    if ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY)
        return fail_errno(EACCES, context);
    return fail(Errc::io_failed, context, static_cast<std::uint64_t>(code));
}

int bind(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
        return sqlite3_bind_int64(statement, index, *number);
    if (const auto* text = std::get_if<std::string>(&value))
        return sqlite3_bind_text(statement, index, text->data(), static_cast<int>(text->size()),
                                 SQLITE_TRANSIENT);
    if (const auto* blob = std::get_if<Bytes>(&value)) {
        if (blob->empty()) return sqlite3_bind_zeroblob(statement, index, 0);
        return sqlite3_bind_blob(statement, index, blob->data(), static_cast<int>(blob->size()),
                                 SQLITE_TRANSIENT);
    }
    return sqlite3_bind_null(statement, index);
}

}  // namespace

std::int64_t Row::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}
std::string Row::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return text == nullptr
               ? std::string()
               : std::string(text,
                             static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}
Bytes Row::blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    if (data == nullptr) return {};
    return {data, data + sqlite3_column_bytes(statement_, column)};
}
bool Row::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::string& path) {
    sqlite3* handle = nullptr;
    const auto old_mask = ::umask(077);
    const int code = sqlite3_open_v2(
        path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
        nullptr);
    Database database(handle);
    if (code != SQLITE_OK) {
        ::umask(old_mask);
        return sqlite_failure(code, "open catalog");
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_timeout_ms);
    const int set = sqlite3_exec(handle,
                                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                                 "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;",
                                 nullptr, nullptr, nullptr);
    ::umask(old_mask);
    if (set != SQLITE_OK) return sqlite_failure(set, "open catalog");
    return database;
}

Database::~Database() {
    sqlite3_close_v2(handle_);
}
Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
Database& Database::operator=(Database&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

Result<Database::Statement> Database::prepare(const char* sql,
                                              std::initializer_list<Value> values) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(handle_, sql, -1, &raw, nullptr);
    Statement statement(raw);
    if (code != SQLITE_OK) return sqlite_failure(code, "catalog statement");
    int index = 1;
    for (const auto& value : values)
        if (const int bound = bind(raw, index++, value); bound != SQLITE_OK)
            return sqlite_failure(bound, "catalog value");
    return statement;
}

Result<bool> Database::step(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_failure(code, "catalog");
}

Result<std::int64_t> Database::execute(const char* sql, std::initializer_list<Value> values) {
    LUCID_TRY(const auto statement, prepare(sql, values));
    for (;;) {
        LUCID_TRY(const bool more, step(statement.get()));
        if (!more) break;
    }
    return sqlite3_changes64(handle_);
}

/// Each step fails where there is no memory or the device does.
Result<Bytes> Database::serialize() const {
    sqlite3* memory = nullptr;
    const int opened =
        sqlite3_open_v2(":memory:", &memory, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    const Database copy(memory);
    if (opened != SQLITE_OK) return sqlite_failure(opened, "catalog snapshot");
    auto* backup = sqlite3_backup_init(memory, "main", handle_, "main");
    if (backup == nullptr) return sqlite_failure(sqlite3_errcode(memory), "catalog snapshot");
    // All pages in one step: one read transaction, so one moment.
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE) return sqlite_failure(stepped, "catalog snapshot");
    if (finished != SQLITE_OK) return sqlite_failure(finished, "catalog snapshot");
    sqlite3_int64 size = 0;
    auto* data = sqlite3_serialize(memory, "main", &size, 0);
    if (data == nullptr) return fail(Errc::io_failed, "catalog snapshot");
    Bytes out(data, data + size);
    sqlite3_free(data);
    return out;
}

std::string Database::last_message() const {
    return handle_ == nullptr ? "not open" : sqlite3_errmsg(handle_);
}

}  // namespace lucid::storage::catalog
