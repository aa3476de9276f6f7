// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/storage/kv/page_check.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

// The format is what mdb.c 0.9 (lmdb.tech) calls MDB_page, MDB_node, MDB_meta and MDB_db, on a
// little-endian machine of 64 bits.

namespace lucid::storage::kv {
namespace {

constexpr std::size_t page_header_bytes = 16;  ///< number 8, pad 2, flags 2, bounds 4
constexpr std::size_t node_header_bytes = 8;   ///< size 4, flags 2, key size 2
constexpr std::uint32_t meta_magic = 0xBEEFC0DE;
constexpr std::uint64_t no_page = UINT64_MAX;
constexpr std::size_t depth_max = 32;  ///< CURSOR_STACK
constexpr std::size_t meta_bytes = 256;

constexpr unsigned branch_flag = 0x01;
constexpr unsigned leaf_flag = 0x02;
constexpr unsigned overflow_flag = 0x04;
constexpr unsigned meta_flag = 0x08;
constexpr unsigned kind_flags = 0x6f;  ///< those, fixed-size leaves, pages within pages
constexpr unsigned big_data_flag = 0x01;

struct Tree {
    std::uint16_t flags = 0;
    std::size_t depth = 0;
    std::uint64_t entries = 0;
    std::uint64_t root = no_page;
};
struct Meta {
    std::uint64_t page_bytes = 0;
    Tree free;
    Tree main;
    std::uint64_t last_page = 0;
    std::uint64_t transaction = 0;
};

Result<Tree> read_tree(Reader& r) {
    Tree tree;
    LUCID_CHECK(r.skip(4, "pad"));
    LUCID_TRY(tree.flags, r.u16_le("flags"));
    LUCID_TRY(tree.depth, r.u16_le("depth"));
    LUCID_CHECK(r.skip(24, "counts of pages"));
    LUCID_TRY(tree.entries, r.u64_le("entries"));
    LUCID_TRY(tree.root, r.u64_le("root"));
    return tree;
}

/// `page`: meta_bytes of it, so that no LUCID_TRY of a field fails.
Result<Meta> read_meta(ByteView page) {
    Reader r(page);
    Meta meta;
    LUCID_CHECK(r.skip(10, "page number"));
    LUCID_TRY(const auto flags, r.u16_le("page flags"));
    LUCID_CHECK(r.skip(4, "page bounds"));
    LUCID_TRY(const auto magic, r.u32_le("magic"));
    LUCID_TRY(const auto version, r.u32_le("version"));
    if ((flags & meta_flag) == 0 || magic != meta_magic || version != 1)
        return fail(Errc::bad_magic, "store header");
    LUCID_CHECK(r.skip(16, "address and size of the map"));
    Reader page_size(r.rest());
    LUCID_TRY(meta.page_bytes, page_size.u32_le("page size"));
    LUCID_TRY(meta.free, read_tree(r));
    LUCID_TRY(meta.main, read_tree(r));
    LUCID_TRY(meta.last_page, r.u64_le("last page"));
    LUCID_TRY(meta.transaction, r.u64_le("transaction"));
    return meta;
}

/// Each field is read behind a check of the bounds of its page or node: no LUCID_TRY of a field
/// fails.
class Walk {
  public:
    Walk(int file, const Meta& meta, std::uint64_t file_bytes)
        : file_(file),
          meta_(meta),
          pages_(std::min(meta.last_page + 1, file_bytes / meta.page_bytes)),
          is_whole_(pages_ == meta.last_page + 1) {}

    Result<void> tree(const Tree& tree, bool is_free_list) {
        if (tree.root == no_page) return {};
        if (tree.depth == 0 || tree.depth > depth_max) return damaged(tree.root);
        entries_ = 0;
        is_free_list_ = is_free_list;
        LUCID_CHECK(page(tree.root, tree.depth));
        if (!stopped_ && entries_ != tree.entries) return damaged(tree.root);
        return {};
    }

  private:
    static tl::unexpected<Error> damaged(std::uint64_t page) {
        return fail(Errc::bad_magic, "damaged store: page", page);
    }
    Result<Bytes> read(std::uint64_t number) const {
        if (number < 2 || number >= pages_) return damaged(number);
        Bytes bytes(meta_.page_bytes);
        const auto count = ::pread(file_, bytes.data(), bytes.size(),
                                   static_cast<off_t>(number * meta_.page_bytes));
        // The file has that page: its device fails, or somebody cuts it right now.
        if (count != static_cast<ssize_t>(bytes.size()))
            return count < 0 ? fail_errno(errno, "read store") : damaged(number);
        return bytes;
    }

    /// `height`: 1 for leaves.
    Result<void> page(std::uint64_t number, std::size_t height) {
        if (is_whole_ && seen_ >= pages_checked_at_open) stopped_ = true;
        if (stopped_) return {};
        // A page that stands in the tree twice would let the walk go on for ever.
        if (++seen_ > meta_.last_page) return damaged(number);
        LUCID_TRY(const auto bytes, read(number));
        Reader r(bytes);
        LUCID_TRY(const auto own, r.u64_le("page number"));
        LUCID_CHECK(r.skip(2, "pad"));
        LUCID_TRY(const auto flags, r.u16_le("page flags"));
        LUCID_TRY(const std::size_t lower, r.u16_le("lower"));
        LUCID_TRY(const std::size_t upper, r.u16_le("upper"));
        const bool is_leaf = height == 1;
        if (own != number || (flags & kind_flags) != (is_leaf ? leaf_flag : branch_flag) ||
            lower < page_header_bytes || lower > upper || upper > bytes.size() || lower % 2 != 0)
            return damaged(number);
        const auto nodes = (lower - page_header_bytes) / 2;
        if (nodes < (is_leaf || is_free_list_ ? 1 : 2)) return damaged(number);
        for (std::size_t i = 0; i < nodes; ++i) {
            LUCID_TRY(const std::size_t at, r.u16_le("node offset"));
            if (at < upper || at + node_header_bytes > bytes.size()) return damaged(number);
            LUCID_CHECK(is_leaf ? leaf(number, ByteView(bytes).subspan(at))
                                : branch(number, ByteView(bytes).subspan(at), height));
        }
        return {};
    }

    Result<void> branch(std::uint64_t number, ByteView node, std::size_t height) {
        Reader r(node);
        LUCID_TRY(const std::uint64_t low, r.u32_le("child"));
        LUCID_TRY(const std::uint64_t high, r.u16_le("child"));
        LUCID_TRY(const auto key_bytes, r.u16_le("key size"));
        if (key_bytes > r.remaining()) return damaged(number);
        return page(low | high << 32, height - 1);
    }

    Result<void> leaf(std::uint64_t number, ByteView node) {
        ++entries_;
        Reader r(node);
        LUCID_TRY(const std::size_t data_bytes, r.u32_le("data size"));
        LUCID_TRY(const auto flags, r.u16_le("node flags"));
        LUCID_TRY(const auto key_bytes, r.u16_le("key size"));
        if (flags > big_data_flag || key_bytes > r.remaining()) return damaged(number);
        LUCID_CHECK(r.skip(key_bytes, "key"));
        if (flags == 0) {
            if (data_bytes > r.remaining()) return damaged(number);
            return is_free_list_ ? free_list(number, r.rest(), data_bytes) : Result<void>{};
        }
        if (r.remaining() < 8) return damaged(number);
        LUCID_TRY(const auto first, r.u64_le("data page"));
        return overflow(first, data_bytes);
    }

    Result<void> overflow(std::uint64_t number, std::size_t data_bytes) {
        LUCID_TRY(const auto bytes, read(number));
        Reader r(bytes);
        LUCID_TRY(const auto own, r.u64_le("page number"));
        LUCID_CHECK(r.skip(2, "pad"));
        LUCID_TRY(const auto flags, r.u16_le("page flags"));
        LUCID_TRY(const std::uint64_t count, r.u32_le("data pages"));
        const auto needed = (page_header_bytes - 1 + data_bytes) / meta_.page_bytes + 1;
        if (own != number || (flags & kind_flags) != overflow_flag || count < needed ||
            count > pages_ - number)
            return damaged(number);
        return is_free_list_ ? free_list(number, r.rest(), data_bytes) : Result<void>{};
    }

    /// A number and so many page numbers.
    Result<void> free_list(std::uint64_t number, ByteView data, std::size_t data_bytes) const {
        const auto count = Reader(data).u64_le("free pages");
        if (!count || *count >= data_bytes / 8) return damaged(number);
        return {};
    }

    int file_;
    const Meta& meta_;
    std::uint64_t pages_;  ///< in the file
    bool is_whole_;
    bool is_free_list_ = false;
    bool stopped_ = false;
    std::uint64_t seen_ = 0;
    std::uint64_t entries_ = 0;
};

std::optional<Meta> meta_at(int file, std::uint64_t offset, std::uint64_t transaction) {
    Bytes bytes(meta_bytes);
    const auto count = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count != static_cast<ssize_t>(bytes.size())) return std::nullopt;
    const auto meta = read_meta(bytes);
    if (!meta || meta->transaction != transaction) return std::nullopt;
    return *meta;
}

}  // namespace

Result<void> check_pages(int file, std::uint64_t transaction) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return fail_errno(errno, "open store");
    const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    auto meta = meta_at(file, 0, transaction);
    if (!meta) meta = meta_at(file, page_bytes, transaction);
    // Somebody writes to it right now: it was checked when that one opened it.
    if (!meta) return {};
    if (meta->page_bytes < 512 || meta->page_bytes > 65536 || meta->last_page < 1 ||
        meta->last_page > UINT64_MAX / meta->page_bytes - 1)
        return fail(Errc::bad_magic, "store header");
    // Nothing here keeps several values under one key.
    if (meta->main.flags != 0) return fail(Errc::bad_magic, "store header");
    Walk walk(file, *meta, static_cast<std::uint64_t>(status.st_size));
    LUCID_CHECK(walk.tree(meta->main, false));
    return walk.tree(meta->free, true);
}

}  // namespace lucid::storage::kv
