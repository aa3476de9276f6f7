// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/tile_path.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::tlog {
namespace {

TEST(TilePath, texts_and_values) {
    const std::pair<TilePath, const char*> cases[] = {
        {{0, 0, 256}, "tile/0/000"},
        {{3, 7, 256}, "tile/3/007"},
        {{0, 1234067, 256}, "tile/0/x001/x234/067"},
        {{63, 1000, 1}, "tile/63/x001/000.p/1"},
        {{1, 999, 255}, "tile/1/999.p/255"},
        {{std::nullopt, 42, 256}, "tile/entries/042"},
        {{std::nullopt, 1'000'000, 17}, "tile/entries/x001/x000/000.p/17"},
    };
    for (const auto& [path, text] : cases) {
        EXPECT_EQ(path.to_text(), text);
        const auto parsed = TilePath::from_text(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, path) << text;
    }
}

TEST(TilePath, other_spellings_are_refused) {
    for (const char* bad : {"",
                            "tile",
                            "tile/",
                            "tile/0",
                            "tile/0/",
                            "tile/0/0",
                            "tile/0/00",
                            "tile/0/0000",
                            "tile/00/000",
                            "tile/64/000",
                            "tile/-1/000",
                            "tile/x/000",
                            "tile/0/x000/001",
                            "tile/0/x001",
                            "tile/0/x001/",
                            "tile/0/001/002",
                            "tile/0/x001/x002",
                            "tile/0/000.p/0",
                            "tile/0/000.p/256",
                            "tile/0/000.p/01",
                            "tile/0/000.p/",
                            "tile/0/000.p/1/",
                            "tile/0/000.p/1.p/1",
                            "tile/0/../0",
                            "tile/0/0a0",
                            "/tile/0/000",
                            "tile/0/000/",
                            "tile/entries/0",
                            "tile/entry/000",
                            "tile/0/x001/x002/x003/x004/x005/x006/007"})
        EXPECT_FALSE(TilePath::from_text(bad)) << bad;
}

TEST(TilePath, a_log_has_its_full_and_its_last_partial_tiles) {
    const std::uint64_t size = 256 * 256 + 300;
    const auto exists = [&](const char* text) {
        return TilePath::from_text(text)->exists_at(size);
    };
    EXPECT_TRUE(exists("tile/0/256"));
    EXPECT_TRUE(exists("tile/0/257.p/44"));
    EXPECT_TRUE(exists("tile/0/257.p/1"));
    EXPECT_FALSE(exists("tile/0/257.p/45"));
    EXPECT_FALSE(exists("tile/0/257"));
    EXPECT_FALSE(exists("tile/0/258"));
    EXPECT_TRUE(exists("tile/1/000"));
    EXPECT_TRUE(exists("tile/1/001.p/1"));
    EXPECT_FALSE(exists("tile/1/001.p/2"));
    EXPECT_TRUE(exists("tile/2/000.p/1"));
    EXPECT_FALSE(exists("tile/2/000.p/2"));
    EXPECT_FALSE(exists("tile/3/000.p/1"));
    EXPECT_FALSE(exists("tile/63/000.p/1"));
    EXPECT_TRUE(exists("tile/entries/257.p/44"));
    EXPECT_FALSE(TilePath::from_text("tile/0/000.p/1")->exists_at(0));
}

TEST(TilePath, every_index_comes_back) {
    for (std::uint64_t index = 1; index < 1'000'000'000'000'000; index = index * 7 + 3) {
        const TilePath path{0, index, 256};
        const auto again = TilePath::from_text(path.to_text());
        ASSERT_TRUE(again) << path.to_text();
        EXPECT_EQ(*again, path);
    }
}

}  // namespace
}  // namespace lucid::blockchain::tlog
