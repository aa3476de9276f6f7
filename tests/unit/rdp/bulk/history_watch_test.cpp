// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/history_watch.hpp>

#include <numeric>

#include <gtest/gtest.h>

namespace lucid::rdp::bulk {
namespace {

constexpr std::size_t granule = HistoryWatch::granule_bytes;

/// 0, 1, 2, … as far as a byte goes.
Bytes counted(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    return bytes;
}

struct Piece {
    std::size_t offset;
    std::size_t size;
    friend bool operator==(const Piece&, const Piece&) = default;
};
std::vector<Piece> pieces_of(HistoryWatch& watch, const Bytes& history) {
    std::vector<Piece> pieces;
    for (const auto& [offset, bytes] : watch.take()) {
        EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), history.begin() + offset)) << offset;
        pieces.push_back({offset, bytes.size()});
    }
    return pieces;
}

struct Watch : testing::Test {
    /// Three whole pieces and eight bytes of a fourth.
    Bytes history = counted(3 * granule + 8);
    HistoryWatch watch;
};

TEST_F(Watch, keeps_nothing_before_a_mark_and_after_take) {
    watch.reads(history, 0, 10);
    watch.wrote(0, 10);
    EXPECT_FALSE(watch.on());
    EXPECT_TRUE(watch.take().empty());
    watch.mark(history.size());
    EXPECT_TRUE(watch.on());
    watch.reads(history, 0, 10);
    EXPECT_EQ(watch.take().size(), 1U);
    EXPECT_FALSE(watch.on());
    watch.reads(history, 0, 10);
    EXPECT_TRUE(watch.take().empty());
}

TEST_F(Watch, keeps_whole_pieces_and_joins_neighbours) {
    watch.mark(history.size());
    watch.reads(history, 5, 0);
    watch.wrote(5, 0);
    watch.reads(history, granule - 1, 2);
    watch.reads(history, 3 * granule, 8);
    EXPECT_EQ(pieces_of(watch, history), (std::vector<Piece>{{0, 2 * granule}, {3 * granule, 8}}));
}

TEST_F(Watch, keeps_bytes_as_they_were_when_first_read) {
    watch.mark(history.size());
    watch.reads(history, 0, 1);
    const auto before = history;
    history[0] = 99;
    watch.wrote(0, 1);
    watch.reads(history, 0, 1);
    EXPECT_EQ(pieces_of(watch, before), (std::vector<Piece>{{0, granule}}));
}

TEST_F(Watch, what_was_overwritten_whole_is_not_kept) {
    watch.mark(history.size());
    // Neither write covers the second piece; both together do.
    watch.wrote(granule - 4, 10);
    watch.wrote(granule + 6, granule - 6);
    watch.reads(history, granule, granule);
    // A write in part does not count, wherever it lies.
    watch.wrote(2 * granule + 1, granule - 1);
    watch.reads(history, 2 * granule, 1);
    EXPECT_EQ(pieces_of(watch, history), (std::vector<Piece>{{2 * granule, granule}}));
    watch.mark(history.size());
    watch.wrote(3 * granule, 8);
    watch.reads(history, 0, history.size());
    EXPECT_EQ(pieces_of(watch, history), (std::vector<Piece>{{0, 3 * granule}}))
        << "the end of the history is the end of its last piece";
}

TEST_F(Watch, what_is_kept_stays_so_when_it_is_overwritten) {
    watch.mark(history.size());
    watch.reads(history, 0, 1);
    watch.wrote(0, granule);
    EXPECT_EQ(pieces_of(watch, history), (std::vector<Piece>{{0, granule}}));
}

TEST_F(Watch, reads_behind_what_was_marked_or_is_there_end_at_it) {
    watch.mark(history.size() - 8);
    watch.reads(history, 2 * granule, granule + 8);
    EXPECT_EQ(pieces_of(watch, history), (std::vector<Piece>{{2 * granule, granule}}));
    watch.mark(history.size());
    const auto shorter = ByteView(history).first(granule);
    watch.reads(shorter, 0, 2 * granule);
    EXPECT_EQ(pieces_of(watch, history), (std::vector<Piece>{{0, granule}}));
}

TEST(SavedHistory, comes_back_whole_or_as_zeros) {
    const auto history = counted(10);
    for (const auto form : {SavedHistory::whole, SavedHistory::left_out}) {
        Writer w;
        save_history(w, history, form);
        Bytes back(10, 0xee);
        Reader r(w.view());
        ASSERT_TRUE(restore_history(r, back));
        EXPECT_TRUE(r.empty());
        EXPECT_EQ(back, form == SavedHistory::whole ? history : Bytes(10));
    }
    Bytes back(10);
    for (const auto& [saved, code] :
         {std::pair{Bytes{}, Errc::truncated}, std::pair{Bytes{2}, Errc::bad_value},
          std::pair{Bytes{1, 0, 0}, Errc::truncated}}) {
        Reader r(saved);
        EXPECT_EQ(restore_history(r, back).error().code, code) << saved.size();
    }
}

TEST(SavedHistory, is_patched_inside_of_it_only) {
    Bytes history(10);
    ASSERT_TRUE(patch_history(history, {8, {1, 2}}));
    EXPECT_EQ(history, (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 1, 2}));
    EXPECT_TRUE(patch_history(history, {10, {}}));
    EXPECT_EQ(patch_history(history, {9, {1, 2}}).error().code, Errc::bad_value);
    EXPECT_EQ(patch_history(history, {11, {}}).error().code, Errc::bad_value);
}

}  // namespace
}  // namespace lucid::rdp::bulk
