// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/folder.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::rdp::headless {
namespace {

namespace fs = std::filesystem;

class FolderTest : public testing::Test {
  protected:
    FolderTest() {
        char name[] = "/tmp/lucid-folder-XXXXXX";
        root = ::mkdtemp(name);
        fs::create_directory(root / "inside");
        fs::create_directory(root / "inside/sub");
        std::ofstream(root / "inside/a.txt") << "hello";
        std::ofstream(root / "outside.txt") << "secret";
        fs::create_symlink("../outside.txt", root / "inside/link");
        fs::create_symlink(root, root / "inside/up");
        (void)::mkfifo((root / "inside/pipe").c_str(), 0600);
        folder = *Folder::open((root / "inside").string());
    }
    ~FolderTest() override { fs::remove_all(root); }
    fs::path root;
    std::unique_ptr<Folder> folder;
};

TEST_F(FolderTest, lists_files_and_folders_only) {
    auto entries = folder->list("");
    ASSERT_TRUE(entries) << entries.error().message();
    std::sort(entries->begin(), entries->end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    ASSERT_EQ(entries->size(), 2U) << "neither links nor pipes";
    EXPECT_EQ(entries->at(0).name, "a.txt");
    EXPECT_EQ(entries->at(0).bytes, 5U);
    EXPECT_TRUE(entries->at(1).is_folder);
    EXPECT_EQ(folder->list("none").error().code, Errc::not_found);
    EXPECT_FALSE(folder->list("a.txt"));
}

TEST_F(FolderTest, reads_from_anywhere_in_a_file) {
    EXPECT_EQ(as_text(*folder->read("a.txt", 0, 100)), "hello");
    EXPECT_EQ(as_text(*folder->read("a.txt", 3, 1)), "l");
    EXPECT_TRUE(folder->read("a.txt", 99, 10)->empty());
    EXPECT_FALSE(folder->read("sub", 0, 10));
}

TEST_F(FolderTest, nothing_leads_out_of_it) {
    for (const auto* path :
         {"../outside.txt", "link", "up/outside.txt", "sub/../../outside.txt", "/etc/passwd"}) {
        EXPECT_FALSE(folder->look(path)) << path;
        EXPECT_FALSE(folder->read(path, 0, 10)) << path;
    }
    EXPECT_EQ(folder->look("pipe").error().code, Errc::refused);
    EXPECT_FALSE(Folder::open((root / "none").string()));
}

}  // namespace
}  // namespace lucid::rdp::headless
