// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/offered_files.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

namespace lucid::rdp::headless {
namespace {

namespace fs = std::filesystem;

class OfferedFilesTest : public testing::Test {
  protected:
    OfferedFilesTest() {
        char name[] = "/tmp/lucid-offered-XXXXXX";
        root = ::mkdtemp(name);
        fs::create_directories(root / "box/deep");
        std::ofstream(root / "box/a.txt") << "hello";
        std::ofstream(root / "box/deep/b.txt") << "inner";
        std::ofstream(root / "outside.txt") << "secret";
        fs::create_symlink("../outside.txt", root / "box/link");
    }
    ~OfferedFilesTest() override { fs::remove_all(root); }
    fs::path root;
};

TEST_F(OfferedFilesTest, a_folder_is_all_that_is_in_it) {
    auto files = OfferedFiles::collect((root / "box/").string());
    ASSERT_TRUE(files) << files.error().message();
    std::set<std::string> names;
    std::set<std::string> seen;
    for (std::uint32_t i = 0; i < files->list().size(); ++i) {
        const auto& file = files->list()[i];
        names.insert(file.name);
        const auto slash = file.name.rfind('/');
        if (slash != std::string::npos)
            EXPECT_TRUE(seen.contains(file.name.substr(0, slash))) << "a folder comes first";
        seen.insert(file.name);
        if (file.is_folder) EXPECT_FALSE(files->read(i, 0, 10));
        if (file.name == "box/deep/b.txt") EXPECT_EQ(as_text(*files->read(i, 1, 3)), "nne");
    }
    EXPECT_EQ(names, (std::set<std::string>{"box", "box/a.txt", "box/deep", "box/deep/b.txt"}));
    EXPECT_EQ(files->read(99, 0, 1).error().code, Errc::not_found);
}

TEST_F(OfferedFilesTest, one_file_is_called_by_its_name) {
    auto files = OfferedFiles::collect((root / "box/../box/a.txt").string());
    ASSERT_TRUE(files);
    ASSERT_EQ(files->list().size(), 1U);
    EXPECT_EQ(files->list()[0].name, "a.txt");
    EXPECT_EQ(files->list()[0].bytes, 5U);
    EXPECT_FALSE(OfferedFiles::collect((root / "none").string()));
    EXPECT_FALSE(OfferedFiles::collect("/"));
}

TEST_F(OfferedFilesTest, a_link_that_appears_later_leads_nowhere) {
    auto files = OfferedFiles::collect((root / "box/a.txt").string());
    ASSERT_TRUE(files);
    fs::remove(root / "box/a.txt");
    fs::create_symlink("../outside.txt", root / "box/a.txt");
    EXPECT_FALSE(files->read(0, 0, 10));
}

TEST_F(OfferedFilesTest, there_is_a_limit) {
    fs::create_directory(root / "many");
    // The folder is one of the list.
    for (std::size_t i = 1; i < proto::channels::clip_files_max; ++i)
        std::ofstream(root / "many" / std::to_string(i));
    EXPECT_TRUE(OfferedFiles::collect((root / "many").string()));
    std::ofstream(root / "many/more");
    EXPECT_EQ(OfferedFiles::collect((root / "many").string()).error().code, Errc::limit_exceeded);
}

}  // namespace
}  // namespace lucid::rdp::headless
