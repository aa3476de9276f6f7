// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/storage/kv/store.hpp>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace lucid::storage::kv {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t mebibyte = 1024 * 1024;

ByteView text(std::string_view t) {
    return as_bytes(t);
}

class StoreTest : public testing::Test {
  protected:
    StoreTest()
        : directory_(fs::temp_directory_path() / ("lucid-kv-" + std::to_string(::getpid()) + "-" +
                                                  std::to_string(counter_++))) {
        fs::create_directories(directory_);
    }
    ~StoreTest() override {
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }
    [[nodiscard]] Result<Store> open(std::size_t bytes_max = mebibyte) const {
        return Store::open(directory_.string(), bytes_max);
    }
    [[nodiscard]] fs::path file() const { return directory_ / "data.mdb"; }
    static void put(Store& store, std::string_view key, std::string_view value) {
        auto batch = store.begin();
        ASSERT_TRUE(batch);
        ASSERT_TRUE(batch->put(text(key), text(value)));
        ASSERT_TRUE(batch->commit());
    }
    static std::vector<std::string> keys(const Store& store, std::string_view prefix) {
        std::vector<std::string> found;
        EXPECT_TRUE(store.scan(text(prefix), [&](ByteView key, ByteView) {
            found.emplace_back(as_text(key));
            return true;
        }));
        return found;
    }

  private:
    static inline int counter_ = 0;
    fs::path directory_;
};

TEST_F(StoreTest, what_is_committed_is_there_after_reopening) {
    {
        auto store = open();
        ASSERT_TRUE(store);
        put(*store, "key", "value");
    }
    const auto store = open();
    ASSERT_TRUE(store);
    EXPECT_EQ(as_text(*store->get(text("key"))), "value");
    EXPECT_EQ(store->get(text("other")).error().code, Errc::not_found);
}

TEST_F(StoreTest, a_batch_sees_itself_and_nobody_else_does_before_it_is_committed) {
    auto store = open();
    auto batch = store->begin();
    ASSERT_TRUE(batch->put(text("a"), text("1")));
    EXPECT_EQ(as_text(*batch->get(text("a"))), "1");
    EXPECT_FALSE(store->get(text("a")));
    ASSERT_TRUE(batch->put(text("a"), text("2")));
    ASSERT_TRUE(batch->commit());
    EXPECT_EQ(as_text(*store->get(text("a"))), "2");
}

TEST_F(StoreTest, a_batch_that_is_dropped_did_nothing) {
    auto store = open();
    put(*store, "kept", "1");
    {
        auto batch = store->begin();
        ASSERT_TRUE(batch->put(text("lost"), text("1")));
        ASSERT_TRUE(batch->erase(text("kept")));
        const auto moved = std::move(*batch);
    }
    EXPECT_EQ(keys(*store, "k"), std::vector<std::string>{"kept"});
    EXPECT_FALSE(store->get(text("lost")));
}

TEST_F(StoreTest, erasing_what_is_not_there_is_fine) {
    auto store = open();
    put(*store, "a", "1");
    auto batch = store->begin();
    EXPECT_TRUE(batch->erase(text("a")));
    EXPECT_TRUE(batch->erase(text("a")));
    EXPECT_FALSE(batch->erase({})) << "no key is empty";
    ASSERT_TRUE(batch->commit());
    EXPECT_FALSE(store->get(text("a")));
}

TEST_F(StoreTest, keys_have_one_to_511_bytes) {
    auto store = open();
    auto batch = store->begin();
    EXPECT_EQ(batch->put({}, text("x")).error().code, Errc::bad_length);
    EXPECT_TRUE(batch->put(Bytes(key_bytes_max, 'k'), text("x")));
    EXPECT_EQ(batch->put(Bytes(key_bytes_max + 1, 'k'), text("x")).error().code, Errc::bad_length);
}

TEST_F(StoreTest, scans_are_in_order_within_the_prefix_and_stop_when_told) {
    auto store = open();
    for (const auto* key : {"b2", "a", "b1", "c", "b3"}) put(*store, key, "v");
    EXPECT_EQ(keys(*store, "b"), (std::vector<std::string>{"b1", "b2", "b3"}));
    EXPECT_EQ(keys(*store, "d"), std::vector<std::string>{});
    EXPECT_EQ(keys(*store, "b2x"), std::vector<std::string>{});
    EXPECT_EQ(keys(*store, ""), (std::vector<std::string>{"a", "b1", "b2", "b3", "c"}));
    int seen = 0;
    ASSERT_TRUE(store->scan(text("b"), [&](ByteView, ByteView) { return ++seen < 2; }));
    EXPECT_EQ(seen, 2);
}

TEST_F(StoreTest, a_snapshot_stays_as_it_was) {
    auto store = open();
    put(*store, "a1", "old");
    auto first = store->snapshot();
    ASSERT_TRUE(first);
    const auto snapshot = std::move(*first);
    put(*store, "a1", "new");
    put(*store, "a2", "later");
    EXPECT_EQ(as_text(*snapshot.get(text("a1"))), "old");
    EXPECT_EQ(snapshot.get(text("a2")).error().code, Errc::not_found);
    EXPECT_EQ(as_text(*snapshot.view(text("a1"))), "old");
    EXPECT_EQ(snapshot.view(text("a2")).error().code, Errc::not_found);
    EXPECT_EQ(as_text(*store->get(text("a1"))), "new");
}

TEST_F(StoreTest, the_first_entry_from_a_key_within_a_prefix) {
    auto store = open();
    for (const auto* key : {"h1", "h3", "i1"}) put(*store, key, "v");
    const auto snapshot = store->snapshot();
    const auto at = [&](std::string_view key) {
        const auto found = snapshot->first_from(text(key), text("h"));
        EXPECT_TRUE(found);
        return *found ? std::string(as_text((*found)->first)) : std::string("none");
    };
    EXPECT_EQ(at("h"), "h1");
    EXPECT_EQ(at("h1"), "h1");
    EXPECT_EQ(at("h2"), "h3");
    EXPECT_EQ(at("h4"), "none");
    EXPECT_EQ(at("z"), "none");
}

TEST_F(StoreTest, a_full_store_says_so_and_keeps_what_it_has) {
    auto store = open(64 * 1024);
    ASSERT_TRUE(store);
    put(*store, "kept", "1");
    auto batch = store->begin();
    Errc last = Errc::internal;
    const Bytes value(4000, 7);
    for (int i = 0; i < 100; ++i)
        if (const auto done = batch->put(text("k" + std::to_string(i)), value); !done) {
            EXPECT_EQ(done.error().code, Errc::limit_exceeded);
            last = Errc::limit_exceeded;
            break;
        }
    EXPECT_EQ(last, Errc::limit_exceeded);
    {
        const auto dropped = std::move(*batch);
    }
    EXPECT_EQ(as_text(*store->get(text("kept"))), "1");
}

TEST_F(StoreTest, more_snapshots_than_fit_are_refused_and_harm_nobody) {
    auto store = open();
    put(*store, "a", "1");
    std::vector<Snapshot> many;
    for (int i = 0; i < 2000; ++i) {
        auto next = store->snapshot();
        if (!next) break;
        many.push_back(std::move(*next));
    }
    EXPECT_GE(many.size(), 512U);
    EXPECT_LT(many.size(), 2000U);
    EXPECT_FALSE(store->get(text("a")));
    many.clear();
    EXPECT_TRUE(store->get(text("a")));
}

/// Runs `body` in a process of its own; gives what it exits with.
int in_a_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(StoreTest, is_not_opened_where_no_slot_for_a_reader_is_left) {
    auto store = open();
    put(*store, "a", "1");
    const auto open_elsewhere = [&] { return in_a_child([&] { return open() ? 0 : 1; }); };
    EXPECT_EQ(open_elsewhere(), 0);
    {
        std::vector<Snapshot> all;
        for (;;) {
            auto next = store->snapshot();
            if (!next) break;
            all.push_back(std::move(*next));
        }
        EXPECT_EQ(open_elsewhere(), 1);
        EXPECT_FALSE(store->scan({}, [](ByteView, ByteView) { return true; }));
    }
    EXPECT_EQ(open_elsewhere(), 0);
}

TEST_F(StoreTest, a_commit_on_a_full_disk_says_so_and_changes_nothing) {
    {
        auto store = open();
        put(*store, "kept", "1");
    }
    const auto size = fs::file_size(file());
    EXPECT_EQ(in_a_child([&] {
                  std::signal(SIGXFSZ, SIG_IGN);
                  const rlimit full{size, size};
                  ::setrlimit(RLIMIT_FSIZE, &full);
                  auto store = open();
                  if (!store) return 1;
                  auto batch = store->begin();
                  for (int i = 0; i < 100; ++i)
                      if (!batch->put(text("k" + std::to_string(i)), Bytes(1000, 7))) return 2;
                  const auto done = batch->commit();
                  if (done) return 3;
                  // LMDB's word for a write of which a part was done is an input/output error.
                  const auto code = done.error().code;
                  return code == std::errc::file_too_large || code == std::errc::io_error ? 0 : 4;
              }),
              0);
    auto store = open();
    ASSERT_TRUE(store);
    EXPECT_EQ(keys(*store, ""), std::vector<std::string>{"kept"});
}

TEST_F(StoreTest, a_file_that_lost_pages_without_use_is_filled_up_again) {
    {
        auto store = open();
        auto large = store->begin();
        for (int i = 0; i < 100; ++i)
            ASSERT_TRUE(large->put(text("k" + std::to_string(i)), Bytes(4000, 7)));
        ASSERT_TRUE(large->commit());
        auto less = store->begin();
        for (int i = 0; i < 100; ++i) ASSERT_TRUE(less->erase(text("k" + std::to_string(i))));
        ASSERT_TRUE(less->commit());
        // What is left moves to the free pages at the front.
        for (int i = 0; i < 8; ++i) put(*store, "kept", std::to_string(i));
    }
    const auto size = fs::file_size(file());
    fs::resize_file(file(), size - 4096);
    EXPECT_EQ(in_a_child([&] {
                  std::signal(SIGXFSZ, SIG_IGN);
                  const rlimit full{size - 4096, size - 4096};
                  ::setrlimit(RLIMIT_FSIZE, &full);
                  const auto opened = open();
                  return !opened && opened.error().code == std::errc::file_too_large ? 0 : 1;
              }),
              0);
    auto store = open();
    ASSERT_TRUE(store) << store.error().message();
    EXPECT_GE(fs::file_size(file()), size);
    EXPECT_EQ(as_text(*store->get(text("kept"))), "7");
}

TEST_F(StoreTest, damage_behind_an_open_store_is_an_error) {
    auto store = open();
    put(*store, "a", "1");
    std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(2 * 4096).write(std::string(3 * 4096, '\0').data(), 3 * 4096);
    out.close();
    EXPECT_EQ(store->get(text("a")).error().code, Errc::bad_magic);
    EXPECT_EQ(store->scan({}, [](ByteView, ByteView) { return true; }).error().code,
              Errc::bad_magic);
    EXPECT_EQ(store->snapshot()->first_from(text("a"), {}).error().code, Errc::bad_magic);
    auto batch = store->begin();
    EXPECT_EQ(batch->erase(text("a")).error().code, Errc::bad_magic);
    EXPECT_FALSE(batch->put(text("b"), text("2")));
    EXPECT_EQ(batch->commit().error().code, Errc::io_failed) << "LMDB has given it up";
}

TEST_F(StoreTest, a_copy_is_the_store_as_it_was) {
    const auto target = file().parent_path() / "copy";
    fs::create_directories(target);
    const auto copy_to = [&](const fs::path& from, const fs::path& to) {
        const int fd = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        const auto copied = Store::copy(from.string(), fd);
        if (fd >= 0) ::close(fd);
        return copied ? std::error_code() : copied.error().code;
    };
    EXPECT_EQ(copy_to(target, target / "other.mdb"), Errc::not_found);
    {
        auto store = open();
        put(*store, "key", "value");
    }
    EXPECT_FALSE(copy_to(file().parent_path(), target / data_file_name));
    EXPECT_EQ(copy_to(file().parent_path(), "/nonexistent/copy"), std::errc::bad_file_descriptor);
    auto copied = Store::open(target.string(), mebibyte);
    ASSERT_TRUE(copied) << copied.error().message();
    EXPECT_EQ(as_text(*copied->get(text("key"))), "value");
    std::ofstream(target / data_file_name, std::ios::binary) << std::string(8192, 'x');
    EXPECT_EQ(copy_to(target, target / "other.mdb"), Errc::bad_magic);
}

TEST_F(StoreTest, what_is_no_store_is_not_opened) {
    EXPECT_FALSE(Store::open("/nonexistent/lucid", mebibyte));
    std::ofstream(file(), std::ios::binary) << std::string(8192, 'x');
    EXPECT_EQ(open().error().code, Errc::bad_magic);
}

/// Fills a store with trees of three levels, values on pages of their own, and a free list.
class DamagedStoreTest : public StoreTest {
  protected:
    void SetUp() override {
        auto store = open(large);
        for (int round = 0; round < 3; ++round) {
            auto batch = store->begin();
            for (int i = 0; i < 6000; ++i)
                ASSERT_TRUE(batch->put(text("key" + std::to_string(i)),
                                       Bytes(i % 100 == 0 ? 9000 : 120, 1)));
            for (int i = round; i < 6000; i += 7)
                ASSERT_TRUE(batch->erase(text("key" + std::to_string(i))));
            ASSERT_TRUE(batch->commit());
        }
        std::ifstream in(file(), std::ios::binary);
        whole_.assign(std::istreambuf_iterator<char>(in), {});
    }
    /// Refused with an error, or everything can be read and written; never the end of the process.
    bool is_refused(const std::string& bytes) {
        std::ofstream(file(), std::ios::binary) << bytes;
        auto store = open(large);
        if (!store) return true;
        std::size_t count = 0;
        EXPECT_TRUE(store->scan({}, [&](ByteView, ByteView value) {
            count += value.size();
            return true;
        }));
        put(*store, "more", "values");
        return false;
    }
    static constexpr std::size_t large = 64 * mebibyte;
    static constexpr std::size_t page = 4096;
    std::string whole_;
};

TEST_F(DamagedStoreTest, a_file_that_was_cut_is_refused_or_lost_nothing) {
    ASSERT_GT(whole_.size(), 300 * page);
    EXPECT_FALSE(is_refused(whole_));
    std::size_t refused = 0;
    std::size_t cuts = 0;
    for (auto size = whole_.size() - page; size > 2 * page; size -= std::min(size, 97 * page - 11))
        refused += (++cuts, is_refused(whole_.substr(0, size))) ? 1 : 0;
    EXPECT_GT(refused, cuts / 2);
}

TEST_F(DamagedStoreTest, pages_of_zeros_are_refused_or_not_in_use) {
    std::size_t refused = 0;
    for (std::size_t at = 2 * page; at + page <= whole_.size(); at += 15 * page) {
        auto damaged = whole_;
        damaged.replace(at, page, page, '\0');
        refused += is_refused(damaged) ? 1 : 0;
    }
    EXPECT_GT(refused, 8U);
}

/// Numbers, flags, bounds and nodes of pages: a bit each.
TEST_F(DamagedStoreTest, flipped_bits_in_the_structure_end_nothing) {
    std::mt19937 random(5);
    std::size_t refused = 0;
    for (int round = 0; round < 80; ++round) {
        auto damaged = whole_;
        const auto number = 2 + random() % (whole_.size() / page - 2);
        const auto at = number * page + random() % 48;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
        refused += is_refused(damaged) ? 1 : 0;
    }
    EXPECT_GT(refused, 15U);
}

}  // namespace
}  // namespace lucid::storage::kv
