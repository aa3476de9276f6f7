// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A thin, checked face of SQLite: prepared statements with typed binding, errors as values.
/// One connection per process and thread; several processes may use the file at once (WAL, busy
/// timeout 5 s).

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace lucid::storage::catalog {

using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Bytes>;

/// One result row, valid until the statement moves on.
class Row {
  public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes blob(int column) const;
    [[nodiscard]] bool is_null(int column) const;

  private:
    sqlite3_stmt* statement_;
};

class Database {
  public:
    /// Opens or makes the file (mode 0600) with WAL and synchronous=FULL.
    static Result<Database> open(const std::string& path);
    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs a statement without rows; gives the number of changed rows.
    /// Errc::already_exists when a unique key is taken.
    Result<std::int64_t> execute(const char* sql, std::initializer_list<Value> values = {});
    /// Calls `visit` for each row.
    template <class Visit>
    Result<void> query(const char* sql, std::initializer_list<Value> values, Visit&& visit) {
        LUCID_TRY(auto statement, prepare(sql, values));
        for (;;) {
            LUCID_TRY(const bool more, step(statement.get()));
            if (!more) return {};
            visit(Row(statement.get()));
        }
    }
    /// The whole file as of one moment, also while others write.
    Result<Bytes> serialize() const;
    /// Text of the last failure, for people.
    [[nodiscard]] std::string last_message() const;

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
    explicit Database(sqlite3* handle) : handle_(handle) {}
    Result<Statement> prepare(const char* sql, std::initializer_list<Value> values);
    Result<bool> step(sqlite3_stmt* statement);
    sqlite3* handle_ = nullptr;
};

}  // namespace lucid::storage::catalog
