// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/storage/kv/page_check.hpp>

#include <fcntl.h>
#include <functional>
#include <map>
#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

// A store's file made page by page (MDB_page, MDB_node, MDB_meta, MDB_db of LMDB 0.9), sound and
// then with one field that is not.

namespace lucid::storage::kv {
namespace {

constexpr std::uint16_t branch = 1, leaf = 2, overflow = 4, meta_kind = 8;
constexpr std::size_t header = 16;

struct Tree {
    std::uint16_t flags = 0;
    std::uint16_t depth = 0;
    std::uint64_t entries = 0;
    std::uint64_t root = UINT64_MAX;
};
struct Meta {
    std::uint16_t kind = meta_kind;
    std::uint32_t magic = 0xBEEFC0DE;
    std::uint32_t version = 1;
    std::uint32_t page_bytes = 4096;
    Tree free;
    Tree main;
    std::uint64_t last_page = 1;
    std::uint64_t transaction = 7;

    [[nodiscard]] Bytes bytes() const {
        Writer w;
        w.zeros(10).u16_le(kind).zeros(4).u32_le(magic).u32_le(version).zeros(16);
        std::uint32_t pad = page_bytes;
        for (const auto& tree : {free, main}) {
            w.u32_le(pad).u16_le(tree.flags).u16_le(tree.depth).zeros(24);
            w.u64_le(tree.entries).u64_le(tree.root);
            pad = 0;
        }
        return w.u64_le(last_page).u64_le(transaction).zeros(256).take();
    }
};

Bytes leaf_node(std::string_view key, ByteView data) {
    Writer w;
    w.u32_le(static_cast<std::uint32_t>(data.size())).u16_le(0);
    return w.u16_le(static_cast<std::uint16_t>(key.size())).text(key).bytes(data).take();
}
Bytes big_node(std::string_view key, std::uint32_t size, std::uint64_t page) {
    Writer w;
    w.u32_le(size).u16_le(1).u16_le(static_cast<std::uint16_t>(key.size()));
    return w.text(key).u64_le(page).take();
}
Bytes branch_node(std::string_view key, std::uint64_t page) {
    Writer w;
    w.u32_le(static_cast<std::uint32_t>(page)).u16_le(static_cast<std::uint16_t>(page >> 32));
    return w.u16_le(static_cast<std::uint16_t>(key.size())).text(key).take();
}
Bytes tree_page(std::uint64_t number, std::uint16_t kind, const std::vector<Bytes>& nodes,
                std::size_t page_bytes = 4096) {
    std::size_t upper = page_bytes;
    for (const auto& node : nodes) upper -= node.size();
    Writer w;
    w.u64_le(number).u16_le(0).u16_le(kind);
    w.u16_le(static_cast<std::uint16_t>(header + 2 * nodes.size()));
    w.u16_le(static_cast<std::uint16_t>(upper));
    std::size_t at = upper;
    for (const auto& node : nodes) {
        w.u16_le(static_cast<std::uint16_t>(at));
        at += node.size();
    }
    w.zeros(upper - w.offset());
    for (const auto& node : nodes) w.bytes(node);
    return w.take();
}
Bytes overflow_page(std::uint64_t number, std::uint32_t count, ByteView data = {}) {
    Writer w;
    w.u64_le(number).u16_le(0).u16_le(overflow).u32_le(count).bytes(data);
    return w.zeros(4096 * std::size_t{count} - w.offset()).take();
}
/// What a transaction left free: so many numbers of pages.
Bytes free_pages(std::uint64_t count) {
    Writer w;
    w.u64_le(count);
    for (std::uint64_t i = 0; i < count; ++i) w.u64_le(9);
    return w.take();
}

class PageCheck : public testing::Test {
  protected:
    /// Two leaves below a branch, a value of 5000 bytes on pages 5 and 6, a free list.
    void SetUp() override {
        meta.main = {0, 2, 3, 2};
        meta.free = {8, 1, 1, 7};
        meta.last_page = 9;
        pages[2] = tree_page(2, branch, {branch_node("", 3), branch_node("c", 4)});
        pages[3] = tree_page(3, leaf, {leaf_node("a", Bytes(5)), leaf_node("b", {})});
        pages[4] = tree_page(4, leaf, {big_node("c", 5000, 5)});
        pages[5] = overflow_page(5, 2);
        pages[7] = tree_page(7, leaf, {leaf_node("12345678", free_pages(2))});
    }
    [[nodiscard]] Result<void> check(std::uint64_t transaction = 7) const {
        const int file = ::memfd_create("store", MFD_CLOEXEC);
        EXPECT_GE(file, 0);
        const auto put = [&](std::uint64_t at, const Bytes& bytes) {
            EXPECT_EQ(::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at)),
                      static_cast<ssize_t>(bytes.size()));
        };
        for (const auto& [number, bytes] : pages) put(number * meta.page_bytes, bytes);
        put(meta_at, meta.bytes());
        EXPECT_EQ(::ftruncate(file, static_cast<off_t>(file_pages * meta.page_bytes)), 0);
        const auto checked = check_pages(file, transaction);
        ::close(file);
        return checked;
    }
    /// "none", or the error's context and page.
    [[nodiscard]] std::string refusal() const {
        const auto done = check();
        if (done) return "none";
        EXPECT_EQ(done.error().code, Errc::bad_magic);
        return done.error().context + (" " + std::to_string(done.error().offset));
    }
    static std::string damaged(std::uint64_t page) {
        return "damaged store: page " + std::to_string(page);
    }
    void put_u16(std::uint64_t page, std::size_t at, std::uint16_t value) {
        pages[page][at] = static_cast<std::uint8_t>(value);
        pages[page][at + 1] = static_cast<std::uint8_t>(value >> 8);
    }
    /// The first node of a page.
    [[nodiscard]] std::size_t node_at(std::uint64_t page) {
        return pages[page][header] | std::size_t{pages[page][header + 1]} << 8;
    }

    Meta meta;
    std::map<std::uint64_t, Bytes> pages;
    std::uint64_t meta_at = 0;
    std::uint64_t file_pages = 10;
};

TEST_F(PageCheck, a_sound_file_passes) {
    EXPECT_EQ(refusal(), "none");
    meta_at = 4096;
    EXPECT_EQ(refusal(), "none") << "the second header";
    meta.main = meta.free = {};
    EXPECT_EQ(refusal(), "none") << "trees without a root";
}

TEST_F(PageCheck, a_header_of_another_transaction_is_not_looked_at) {
    pages[2].clear();
    EXPECT_EQ(refusal(), damaged(2));
    EXPECT_TRUE(check(8));
    for (const auto& change : std::vector<std::function<void()>>{
             [&] { meta.kind = leaf; }, [&] { meta.magic = 1; }, [&] { meta.version = 2; }}) {
        const auto sound = meta;
        change();
        EXPECT_EQ(refusal(), "none");
        meta = sound;
    }
}

TEST_F(PageCheck, a_header_keeps_its_ranges) {
    const auto refused = [&](const std::function<void()>& change) {
        const auto sound = meta;
        change();
        EXPECT_EQ(refusal(), "store header 0");
        meta = sound;
    };
    refused([&] { meta.page_bytes = 511; });
    refused([&] { meta.page_bytes = 65537; });
    refused([&] { meta.last_page = 0; });
    refused([&] { meta.last_page = UINT64_MAX / 4096; });
    refused([&] { meta.main.flags = 4; });
}

TEST_F(PageCheck, a_tree_is_as_deep_and_has_as_many_entries_as_its_header_says) {
    for (const auto depth : {std::uint16_t{0}, std::uint16_t{33}}) {
        meta.main.depth = depth;
        EXPECT_EQ(refusal(), damaged(2)) << depth;
    }
    for (const auto depth : {std::uint16_t{1}, std::uint16_t{3}}) {
        meta.main.depth = depth;
        EXPECT_NE(refusal(), "none") << depth;
    }
    meta.main.depth = 2;
    meta.main.entries = 4;
    EXPECT_EQ(refusal(), damaged(2));
    meta.main.entries = 3;
    meta.free.entries = 0;
    EXPECT_EQ(refusal(), damaged(7));
}

TEST_F(PageCheck, a_page_is_in_the_file_and_no_header) {
    for (const std::uint64_t root : {0U, 1U, 10U, 99U}) {
        meta.main.root = root;
        EXPECT_EQ(refusal(), damaged(root));
    }
    meta.main.root = 2;
    file_pages = 7;
    EXPECT_EQ(refusal(), damaged(7)) << "cut";
}

TEST_F(PageCheck, a_page_that_stands_in_the_tree_again_and_again_ends_the_walk) {
    std::vector<Bytes> children(10, branch_node("", 3));
    pages[2] = tree_page(2, branch, children);
    EXPECT_EQ(refusal(), damaged(3));
}

TEST_F(PageCheck, a_page_has_the_number_kind_and_bounds_it_should) {
    const auto refused = [&](std::uint64_t page, std::size_t at, std::uint16_t value) {
        const auto sound = pages;
        put_u16(page, at, value);
        EXPECT_EQ(refusal(), damaged(page)) << page << " " << at << " " << value;
        pages = sound;
    };
    constexpr std::size_t number = 0, kind = 10, lower = 12, upper = 14;
    refused(3, number, 4);
    refused(3, kind, branch);
    refused(3, kind, leaf | 0x20);
    refused(2, kind, leaf);
    refused(3, lower, 14);
    refused(3, lower, 4094);
    refused(3, lower, 19);
    refused(3, lower, 16);
    refused(3, upper, 4097);
    refused(2, lower, 18);  // one child
}

TEST_F(PageCheck, a_free_list_may_have_one_child) {
    pages[7] = tree_page(7, branch, {branch_node("", 8)});
    pages[8] = tree_page(8, leaf, {leaf_node("12345678", free_pages(1))});
    meta.free.depth = 2;
    EXPECT_EQ(refusal(), "none");
    pages[7] = tree_page(7, branch, {});
    EXPECT_EQ(refusal(), damaged(7));
}

TEST_F(PageCheck, a_node_lies_behind_the_bounds_and_in_the_page) {
    const auto at = static_cast<std::uint16_t>(node_at(3));
    put_u16(3, header, static_cast<std::uint16_t>(at - 1));
    EXPECT_EQ(refusal(), damaged(3));
    put_u16(3, header, 4096 - 7);
    EXPECT_EQ(refusal(), damaged(3));
    put_u16(3, header, at);
    put_u16(2, node_at(2) + 6, 5000);
    EXPECT_EQ(refusal(), damaged(2)) << "a key behind the page";
}

TEST_F(PageCheck, a_value_lies_in_its_page_or_on_pages_of_its_own) {
    const auto refused = [&](std::uint64_t page, std::size_t at, std::uint16_t value) {
        const auto sound = pages;
        put_u16(page, at, value);
        EXPECT_EQ(refusal(), damaged(page)) << page << " " << at << " " << value;
        pages = sound;
    };
    constexpr std::size_t size = 0, flags = 4, key = 6;
    refused(3, node_at(3) + flags, 2);
    refused(3, node_at(3) + key, 4000);
    refused(3, node_at(3) + size, 4000);
    // A key that leaves less than the number of a page behind it.
    refused(4, node_at(4) + key, 2);
    constexpr std::size_t own = 0, kind = 10, count = 12;
    refused(5, own, 6);
    refused(5, kind, leaf);
    refused(5, count, 1);
    refused(5, count, 6);
    pages[4] = tree_page(4, leaf, {big_node("c", 5000, 1)});
    EXPECT_EQ(refusal(), damaged(1));
    pages[4] = tree_page(4, leaf, {big_node("c", 2 * 4096 - 16, 5)});
    EXPECT_EQ(refusal(), "none");
    pages[4] = tree_page(4, leaf, {big_node("c", 2 * 4096 - 15, 5)});
    EXPECT_EQ(refusal(), damaged(5)) << "one byte more than two pages hold";
}

TEST_F(PageCheck, a_list_of_free_pages_is_as_long_as_its_value) {
    const auto with = [&](std::uint64_t count, std::size_t bytes) {
        auto list = free_pages(count);
        list.resize(bytes);
        pages[7] = tree_page(7, leaf, {leaf_node("12345678", list)});
        return refusal();
    };
    EXPECT_EQ(with(2, 24), "none");
    EXPECT_EQ(with(2, 16), damaged(7));
    EXPECT_EQ(with(2, 4), damaged(7)) << "less than its own length";
    // On a page of its own.
    pages[7] = tree_page(7, leaf, {big_node("12345678", 3000, 8)});
    pages[8] = overflow_page(8, 1, free_pages(374));
    EXPECT_EQ(refusal(), "none");
    pages[8] = overflow_page(8, 1, free_pages(375));
    EXPECT_EQ(refusal(), damaged(8));
}

/// A tree of four levels that has few pages and refers to them often.
class LargeTree : public PageCheck {
  protected:
    static constexpr std::size_t small = 512, fan = 49;
    /// 65,529 pages and `leaves`; every leaf has one entry, and the header one too many.
    void make(std::size_t leaves) {
        pages.clear();
        meta.page_bytes = small;
        meta.free = {};
        meta.last_page = 79'999;
        file_pages = 80'000;
        const auto node = [](std::uint64_t number) { return branch_node("", number); };
        const auto page = [&](std::uint64_t number, std::vector<Bytes> children) {
            pages[number] = tree_page(number, branch, children, small);
        };
        pages[7] = tree_page(7, leaf, {leaf_node("a", {})}, small);
        page(6, std::vector(leaves, node(7)));
        page(5, std::vector(fan, node(7)));
        page(4, std::vector(fan, node(5)));
        auto last = std::vector(36, node(5));
        last.push_back(node(6));
        page(3, last);
        auto root = std::vector(26, node(4));
        root.push_back(node(3));
        page(2, root);
        meta.main = {0, 4, 26 * fan * fan + 36 * fan + leaves + 1, 2};
    }
};

TEST_F(LargeTree, is_checked_up_to_the_limit_unless_the_file_was_cut) {
    static_assert(pages_checked_at_open ==
                  1 + 26 * (1 + fan * (1 + fan)) + 1 + 36 * (1 + fan) + 1 + 7);
    make(7);
    EXPECT_EQ(refusal(), damaged(2)) << "at the limit all of it";
    make(8);
    EXPECT_EQ(refusal(), "none") << "past it, the entries are not counted";
    file_pages = 79'999;
    EXPECT_EQ(refusal(), damaged(2)) << "cut";
}

TEST(PageCheckFile, that_is_none_is_an_error) {
    EXPECT_FALSE(check_pages(-1, 1));
    const int empty = ::memfd_create("store", MFD_CLOEXEC);
    EXPECT_TRUE(check_pages(empty, 1)) << "no header";
    ::close(empty);
}

}  // namespace
}  // namespace lucid::storage::kv
