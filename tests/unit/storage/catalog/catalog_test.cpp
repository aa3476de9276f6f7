// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/catalog/catalog.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::storage::catalog {
namespace {

namespace fs = std::filesystem;

class CatalogTest : public testing::Test {
  protected:
    void SetUp() override {
        root_ = fs::temp_directory_path() / ("lucid-catalog-" + std::to_string(::getpid()));
        fs::create_directories(root_);
    }
    void TearDown() override { fs::remove_all(root_); }
    [[nodiscard]] std::string file() const { return (root_ / "catalog.sqlite").string(); }
    fs::path root_;
};

Host sample_host(const std::string& name) {
    Host host;
    host.name = name;
    host.address = "192.0.2.1";
    host.security = "nla";
    host.certificate_pin = Bytes(32, 7);
    host.policy = "{}";
    host.sealed_password = Bytes{0, 1, 2};
    return host;
}

TEST_F(CatalogTest, keeps_hosts_across_connections) {
    {
        auto catalog = Catalog::open(file());
        ASSERT_TRUE(catalog);
        ASSERT_TRUE(catalog->add_host(sample_host("desk")));
        EXPECT_EQ(catalog->add_host(sample_host("desk")).error().code,
                  make_error_code(Errc::already_exists));
        EXPECT_FALSE(catalog->add_host(sample_host("no spaces")));
        EXPECT_EQ(catalog->add_user({".alice", "age1x", "owner", 1}).error().code,
                  make_error_code(Errc::bad_value));
    }
    auto catalog = Catalog::open(file());
    auto other = Catalog::open(file());
    ASSERT_TRUE(catalog && other);
    EXPECT_EQ((*catalog->host("desk"))->sealed_password, (Bytes{0, 1, 2}));
    EXPECT_TRUE(*catalog->set_host_pin("desk", Bytes(32, 9)));
    EXPECT_EQ((*other->host("desk"))->certificate_pin, Bytes(32, 9));
    EXPECT_TRUE(*other->remove_host("desk"));
    EXPECT_FALSE(*catalog->remove_host("desk"));
    EXPECT_FALSE(*catalog->host("desk"));
}

TEST_F(CatalogTest, a_ticket_moves_once_whoever_asks) {
    auto one = Catalog::open(file());
    auto two = Catalog::open(file());
    ASSERT_TRUE(one && two);
    Ticket ticket;
    ticket.name = "lt-x";
    ticket.state = "issued";
    ASSERT_TRUE(one->add_ticket(ticket));
    EXPECT_TRUE(*one->move_ticket("lt-x", "issued", "redeemed", "s", 0));
    EXPECT_FALSE(*two->move_ticket("lt-x", "issued", "redeemed", "t", 0));
    EXPECT_EQ((*two->ticket("lt-x"))->session_id, "s");
}

TEST_F(CatalogTest, sessions_are_found_by_unambiguous_prefix) {
    auto catalog = Catalog::open(file());
    ASSERT_TRUE(catalog);
    Session session;
    session.id = "abc1";
    session.started_s = 1;
    ASSERT_TRUE(catalog->put_session(session));
    session.id = "abd2";
    session.started_s = 2;
    ASSERT_TRUE(catalog->put_session(session));
    EXPECT_EQ(catalog->sessions()->front().id, "abd2");
    EXPECT_EQ(catalog->find_session("abc")->id, "abc1");
    EXPECT_EQ(catalog->find_session("ab").error().code, make_error_code(Errc::bad_value));
    for (const auto* bad : {"", "*", "zz", "abc1%", "ffff"})
        EXPECT_EQ(catalog->find_session(bad).error().code, make_error_code(Errc::not_found)) << bad;
    EXPECT_TRUE(*catalog->set_anchor("abc1", 5, "tx"));
    session = *catalog->find_session("abc1");
    session.state = "complete";
    ASSERT_TRUE(catalog->put_session(session));
    EXPECT_EQ(catalog->find_session("abc1")->anchor_block, 5);
}

TEST_F(CatalogTest, damaged_and_newer_files_are_refused) {
    std::ofstream(file()) << std::string(5000, 'x');
    EXPECT_FALSE(Catalog::open(file()));
    fs::remove(file());
    {
        auto database = Database::open(file());
        ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
    }
    EXPECT_EQ(Catalog::open(file()).error().code, make_error_code(Errc::bad_version));
}

TEST_F(CatalogTest, an_older_catalog_is_refused_until_it_is_upgraded_and_keeps_its_rows) {
    {
        auto catalog = Catalog::open(file());
        Session session;
        session.id = "abc1";
        session.state = "complete";
        ASSERT_TRUE(catalog->put_session(session));
    }
    {
        // As the version before left it.
        auto database = Database::open(file());
        ASSERT_TRUE(database->execute("DROP TABLE holds"));
        ASSERT_TRUE(database->execute("DROP TABLE volumes"));
        ASSERT_TRUE(database->execute("ALTER TABLE sessions DROP COLUMN volume"));
        ASSERT_TRUE(database->execute("PRAGMA user_version = 1"));
    }
    EXPECT_EQ(Catalog::open(file()).error().code, make_error_code(Errc::bad_version));
    ASSERT_TRUE(Catalog::upgrade(file()));
    ASSERT_TRUE(Catalog::upgrade(file())) << "nothing is left to do";
    auto catalog = Catalog::open(file());
    ASSERT_TRUE(catalog);
    EXPECT_EQ(catalog->find_session("abc1")->volume, "");
    EXPECT_TRUE(catalog->find_session("abc1"));
    ASSERT_TRUE(catalog->put_hold({"abc1", "case 7", 5}));
    ASSERT_TRUE(catalog->put_hold({"abc1", "case 8", 6}));
    const auto holds = catalog->holds();
    ASSERT_EQ(holds->size(), 1U);
    EXPECT_EQ(holds->front().reason, "case 8");
    EXPECT_TRUE(*catalog->remove_hold("abc1"));
    EXPECT_FALSE(*catalog->remove_hold("abc1"));
}

TEST_F(CatalogTest, an_upgrade_that_fails_in_the_middle_changes_nothing) {
    {
        auto database = Database::open(file());
        // The second step's table is there already: an upgrade from 1 must fail, and leave 1.
        ASSERT_TRUE(database->execute("CREATE TABLE sessions(id TEXT) STRICT"));
        ASSERT_TRUE(database->execute("CREATE TABLE volumes(id TEXT) STRICT"));
        ASSERT_TRUE(database->execute("PRAGMA user_version = 1"));
    }
    EXPECT_FALSE(Catalog::upgrade(file()));
    auto database = Database::open(file());
    std::int64_t version = 0, holds = 0;
    ASSERT_TRUE(database->query("PRAGMA user_version", {},
                                [&](const Row& row) { version = row.integer(0); }));
    ASSERT_TRUE(database->query("SELECT count(*) FROM sqlite_master WHERE name = 'holds'", {},
                                [&](const Row& row) { holds = row.integer(0); }));
    EXPECT_EQ(version, 1);
    EXPECT_EQ(holds, 0);
}

TEST_F(CatalogTest, a_snapshot_holds_what_was_committed_and_not_what_came_behind) {
    auto catalog = Catalog::open(file());
    ASSERT_TRUE(catalog->add_host(sample_host("before")));
    const auto snapshot = Catalog::snapshot(file());
    ASSERT_TRUE(snapshot) << snapshot.error().message();
    ASSERT_TRUE(catalog->add_host(sample_host("behind")));
    const auto copy = (root_ / "copy.sqlite").string();
    std::ofstream(copy, std::ios::binary)
        .write(reinterpret_cast<const char*>(snapshot->data()),
               static_cast<std::streamsize>(snapshot->size()));
    auto opened = Catalog::open_existing(copy);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_TRUE(*opened->host("before"));
    EXPECT_FALSE(*opened->host("behind"));
    EXPECT_TRUE(opened->check_integrity()->empty());
}

TEST_F(CatalogTest, what_is_salvaged_fills_a_new_one) {
    {
        auto catalog = Catalog::open(file());
        ASSERT_TRUE(catalog->add_user({"alice", "age1x", "owner", 1}));
        ASSERT_TRUE(catalog->add_host(sample_host("desk")));
        Session session;
        session.id = "abc1";
        session.volume = "v1";
        ASSERT_TRUE(catalog->put_session(session));
        ASSERT_TRUE(catalog->put_hold({"abc1", "case 7", 5}));
        ASSERT_TRUE(catalog->put_volume({"v1", "/mnt/a"}));
    }
    const auto rows = Catalog::salvage(file());
    EXPECT_TRUE(rows.lost.empty());
    auto made = Catalog::open((root_ / "new.sqlite").string());
    ASSERT_TRUE(made->fill(rows));
    ASSERT_TRUE(made->fill(rows)) << "twice is once";
    EXPECT_EQ(made->users()->size(), 1U);
    EXPECT_TRUE(*made->host("desk"));
    EXPECT_EQ(made->find_session("abc1")->volume, "v1");
    EXPECT_EQ(made->holds()->size(), 1U);
    EXPECT_EQ(made->volumes()->front().path, "/mnt/a");
}

TEST_F(CatalogTest, salvage_says_what_it_could_not_read) {
    EXPECT_EQ(Catalog::salvage(file()).lost.size(), 1U) << "no file";
    std::ofstream(file()) << std::string(5000, 'x');
    const auto junk = Catalog::salvage(file());
    EXPECT_FALSE(junk.lost.empty());
    EXPECT_TRUE(junk.users.empty());
    fs::remove(file());
    {
        auto catalog = Catalog::open(file());
        ASSERT_TRUE(catalog->add_user({"alice", "age1x", "owner", 1}));
        for (int i = 0; i < 200; ++i)
            ASSERT_TRUE(catalog->add_host(sample_host("host-" + std::to_string(i))));
    }
    {
        std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
        const std::string zeros(4096, 0);
        for (const int page : {14, 15, 16}) out.seekp(page * 4096).write(zeros.data(), 4096);
    }
    const auto torn = Catalog::salvage(file());
    EXPECT_EQ(torn.users.size(), 1U);
    EXPECT_LT(torn.hosts.size(), 200U);
    EXPECT_FALSE(torn.lost.empty());
}

TEST_F(CatalogTest, a_lost_catalog_is_not_made_anew) {
    EXPECT_EQ(Catalog::open_existing(file()).error().code, make_error_code(Errc::not_found));
    EXPECT_FALSE(fs::exists(file()));
    ASSERT_TRUE(Catalog::open(file()));
    EXPECT_TRUE(Catalog::open_existing(file()));
}

TEST_F(CatalogTest, integrity_check_names_a_damaged_page) {
    {
        auto catalog = Catalog::open(file());
        ASSERT_TRUE(catalog);
        for (int i = 0; i < 200; ++i)
            ASSERT_TRUE(catalog->add_host(sample_host("host-" + std::to_string(i))));
        const auto complaints = catalog->check_integrity();
        ASSERT_TRUE(complaints);
        EXPECT_TRUE(complaints->empty());
    }
    // Past the schema's pages; a header of zeros is no page of a tree.
    std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
    const std::string zeros(4096, 0);
    for (const int page : {10, 11, 12}) out.seekp(page * 4096).write(zeros.data(), 4096);
    out.close();
    auto catalog = Catalog::open(file());
    ASSERT_TRUE(catalog);
    const auto complaints = catalog->check_integrity();
    EXPECT_TRUE(!complaints || !complaints->empty());
}

TEST(Name, allows_what_a_shell_and_a_path_can_take) {
    for (const auto* good : {"a", "desk-1", "A.b_c"}) EXPECT_TRUE(is_valid_name(good)) << good;
    for (const auto* bad : {"", ".a", "-a", "a/b", "a b", "ä"}) EXPECT_FALSE(is_valid_name(bad));
    // The neighbours of what is allowed.
    for (const char c : std::string_view("`{@[/:,^"))
        EXPECT_FALSE(is_valid_name(std::string{'a', c})) << c;
    for (const char c : std::string_view("azAZ09._-"))
        EXPECT_TRUE(is_valid_name(std::string{'a', c})) << c;
    EXPECT_TRUE(is_valid_name(std::string(64, 'a')));
    EXPECT_FALSE(is_valid_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace lucid::storage::catalog
