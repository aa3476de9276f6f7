// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/catalog/catalog.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <unistd.h>

#include <gtest/gtest.h>

// What SQLite refuses, as errors of ours.

namespace lucid::storage::catalog {
namespace {

namespace fs = std::filesystem;

struct DatabaseTest : testing::Test {
    fs::path root = fs::temp_directory_path() / ("lucid-database-" + std::to_string(::getpid()));
    std::string file = (root / "catalog.sqlite").string();
    void SetUp() override { fs::create_directories(root); }
    void TearDown() override { fs::remove_all(root); }

    /// The one value of a query.
    static std::int64_t number(Database& database, const char* sql) {
        std::int64_t value = -1;
        EXPECT_TRUE(database.query(sql, {}, [&](const Row& row) { value = row.integer(0); }));
        return value;
    }
};

TEST_F(DatabaseTest, values_of_every_type_come_back) {
    auto database = *Database::open(file);
    ASSERT_TRUE(database.execute("CREATE TABLE t(n, i, s, b, e)"));
    EXPECT_EQ(*database.execute(
                  "INSERT INTO t VALUES(?,?,?,?,?)",
                  {nullptr, std::int64_t{-5}, std::string("a\0b", 3), Bytes{0, 1, 2}, Bytes{}}),
              1);
    int rows = 0;
    ASSERT_TRUE(database.query("SELECT * FROM t", {}, [&](const Row& row) {
        ++rows;
        EXPECT_TRUE(row.is_null(0));
        EXPECT_EQ(row.text(0), "");
        EXPECT_EQ(row.blob(0), Bytes());
        EXPECT_FALSE(row.is_null(1));
        EXPECT_EQ(row.integer(1), -5);
        EXPECT_EQ(row.text(2), std::string("a\0b", 3));
        EXPECT_EQ(row.blob(3), (Bytes{0, 1, 2}));
        EXPECT_FALSE(row.is_null(4));
        EXPECT_EQ(row.blob(4), Bytes());
    }));
    EXPECT_EQ(rows, 1);
}

TEST_F(DatabaseTest, statements_that_are_none_and_values_without_a_place_are_errors) {
    auto database = *Database::open(file);
    EXPECT_EQ(database.execute("NONSENSE").error().code, Errc::io_failed);
    EXPECT_NE(database.last_message().find("NONSENSE"), std::string::npos);
    EXPECT_EQ(database.execute("SELECT 1", {std::int64_t{5}}).error().code, Errc::io_failed);
    EXPECT_FALSE(database.query("SELECT * FROM missing", {}, [](const Row&) {}));
    // Statements that give rows are run to their end.
    EXPECT_TRUE(database.execute("SELECT 1 UNION SELECT 2"));
    auto moved = std::move(database);
    EXPECT_EQ(database.last_message(), "not open");
    database = std::move(moved);
    EXPECT_TRUE(database.execute("SELECT 1"));
}

TEST_F(DatabaseTest, a_file_that_cannot_be_opened_or_written_is_no_permission) {
    EXPECT_EQ(Database::open((root / "nowhere" / "x").string()).error().code,
              std::errc::permission_denied);
    auto database = *Database::open(file);
    ASSERT_TRUE(database.execute("CREATE TABLE t(i)"));
    ASSERT_TRUE(database.execute("PRAGMA query_only = ON"));
    EXPECT_EQ(database.execute("INSERT INTO t VALUES(1)").error().code,
              std::errc::permission_denied);
}

TEST_F(DatabaseTest, that_is_full_says_so_and_keeps_what_it_has) {
    auto database = *Database::open(file);
    ASSERT_TRUE(database.execute("CREATE TABLE t(b)"));
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1)"));
    ASSERT_TRUE(database.execute("PRAGMA max_page_count = 4"));
    EXPECT_EQ(database.execute("INSERT INTO t VALUES(?)", {Bytes(100'000)}).error().code,
              std::errc::no_space_on_device);
    EXPECT_EQ(number(database, "SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, a_write_on_what_another_has_changed_meanwhile_is_too_late) {
    auto one = *Database::open(file);
    auto two = *Database::open(file);
    ASSERT_TRUE(one.execute("CREATE TABLE t(i)"));
    ASSERT_TRUE(one.execute("BEGIN"));
    EXPECT_EQ(number(one, "SELECT count(*) FROM t"), 0);
    ASSERT_TRUE(two.execute("INSERT INTO t VALUES(1)"));
    EXPECT_EQ(one.execute("INSERT INTO t VALUES(2)").error().code, Errc::timed_out);
    ASSERT_TRUE(one.execute("ROLLBACK"));
    EXPECT_TRUE(one.execute("INSERT INTO t VALUES(2)"));
}

/// A catalog from under which somebody takes tables.
struct TornCatalog : DatabaseTest {
    static Salvaged rows() {
        Salvaged rows;
        rows.users = {{"alice", "age1x", "owner", 1}};
        rows.hosts.emplace_back();
        rows.hosts[0].name = "desk";
        rows.tickets.emplace_back();
        rows.tickets[0].name = "lt-x";
        rows.sessions.emplace_back();
        rows.sessions[0].id = "abc1";
        rows.holds = {{"abc1", "case 7", 5}};
        rows.volumes = {{"v1", "/mnt/a"}};
        return rows;
    }
    void drop(const std::string& table) const {
        auto database = *Database::open(file);
        ASSERT_TRUE(database.execute(("DROP TABLE " + table).c_str()));
    }
};

TEST_F(TornCatalog, every_call_says_that_its_table_is_gone) {
    auto c = *Catalog::open(file);
    const auto r = rows();
    for (const auto* table : {"users", "hosts", "tickets", "sessions", "holds", "volumes"})
        drop(table);
    const std::vector<std::pair<const char*, std::function<bool()>>> calls = {
        {"add_user", [&] { return bool(c.add_user(r.users[0])); }},
        {"users", [&] { return bool(c.users()); }},
        {"add_host", [&] { return bool(c.add_host(r.hosts[0])); }},
        {"host", [&] { return bool(c.host("desk")); }},
        {"hosts", [&] { return bool(c.hosts()); }},
        {"remove_host", [&] { return bool(c.remove_host("desk")); }},
        {"set_host_pin", [&] { return bool(c.set_host_pin("desk", {})); }},
        {"add_ticket", [&] { return bool(c.add_ticket(r.tickets[0])); }},
        {"ticket", [&] { return bool(c.ticket("lt-x")); }},
        {"tickets", [&] { return bool(c.tickets()); }},
        {"move_ticket", [&] { return bool(c.move_ticket("lt-x", "a", "b", "s", 0)); }},
        {"count_ticket_failure", [&] { return bool(c.count_ticket_failure("lt-x")); }},
        {"put_session", [&] { return bool(c.put_session(r.sessions[0])); }},
        {"session", [&] { return bool(c.session("abc1")); }},
        {"sessions", [&] { return bool(c.sessions()); }},
        {"find_session", [&] { return bool(c.find_session("abc1")); }},
        {"set_anchor", [&] { return bool(c.set_anchor("abc1", 1, "tx")); }},
        {"put_hold", [&] { return bool(c.put_hold(r.holds[0])); }},
        {"remove_hold", [&] { return bool(c.remove_hold("abc1")); }},
        {"holds", [&] { return bool(c.holds()); }},
        {"put_volume", [&] { return bool(c.put_volume(r.volumes[0])); }},
        {"volumes", [&] { return bool(c.volumes()); }}};
    for (const auto& [name, call] : calls) EXPECT_FALSE(call()) << name;
    EXPECT_EQ(Catalog::salvage(file).lost.size(), 6U) << "each table";
}

TEST_F(TornCatalog, is_filled_whole_or_not_at_all) {
    for (const std::string table : {"users", "hosts", "tickets", "sessions", "holds", "volumes"}) {
        fs::remove_all(root);
        fs::create_directories(root);
        auto catalog = *Catalog::open(file);
        drop(table);
        EXPECT_FALSE(catalog.fill(rows())) << table;
        EXPECT_EQ(catalog.users() && !catalog.users()->empty(), false) << table;
        EXPECT_EQ(catalog.sessions() && !catalog.sessions()->empty(), false) << table;
    }
    fs::remove_all(root);
    fs::create_directories(root);
    auto catalog = *Catalog::open(file);
    ASSERT_TRUE(catalog.fill(rows()));
    EXPECT_EQ(catalog.tickets()->size(), 1U);
    ASSERT_TRUE(catalog.count_ticket_failure("lt-x"));
    EXPECT_EQ((*catalog.ticket("lt-x"))->failures, 1);
    EXPECT_EQ(catalog.hosts()->size(), 1U);
    EXPECT_EQ((*catalog.session("abc1"))->id, "abc1");
    EXPECT_FALSE(*catalog.session("abc2"));
    EXPECT_FALSE(*catalog.set_host_pin("other", {}));
    EXPECT_FALSE(*catalog.set_anchor("other", 1, ""));
}

TEST_F(DatabaseTest, a_catalog_that_cannot_be_read_is_an_error_by_every_way) {
    std::ofstream(file) << std::string(5000, 'x');
    EXPECT_EQ(Catalog::open(file).error().code, Errc::bad_magic);
    EXPECT_EQ(Catalog::open_existing(file).error().code, Errc::bad_magic);
    EXPECT_EQ(Catalog::upgrade(file).error().code, Errc::bad_magic);
    EXPECT_EQ(Catalog::snapshot(file).error().code, Errc::bad_magic);
    EXPECT_EQ(Catalog::open_existing("/dev/null/catalog").error().code, std::errc::not_a_directory);
}

TEST_F(DatabaseTest, a_newer_catalog_is_not_upgraded) {
    {
        auto database = *Database::open(file);
        ASSERT_TRUE(database.execute("PRAGMA user_version = 4"));
    }
    EXPECT_EQ(Catalog::upgrade(file).error().code, Errc::bad_version);
}

TEST_F(DatabaseTest, integrity_names_rows_that_refer_to_nothing) {
    auto catalog = *Catalog::open(file);
    {
        auto database = *Database::open(file);
        ASSERT_TRUE(database.execute("PRAGMA foreign_keys = OFF"));
        ASSERT_TRUE(database.execute("CREATE TABLE owners(id INTEGER PRIMARY KEY)"));
        ASSERT_TRUE(database.execute("CREATE TABLE owned(owner REFERENCES owners(id))"));
        ASSERT_TRUE(database.execute("INSERT INTO owned VALUES(7)"));
    }
    EXPECT_EQ(*catalog.check_integrity(),
              std::vector<std::string>{"a row of owned names a missing row of owners"});
}

}  // namespace
}  // namespace lucid::storage::catalog
