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

std::string content_of(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(FolderTest, makes_writes_and_cuts_files) {
    ASSERT_TRUE(folder->create("sub/new.txt", false));
    EXPECT_EQ(folder->create("sub/new.txt", false).error().code, Errc::already_exists);
    ASSERT_TRUE(folder->write("sub/new.txt", 2, as_bytes("cd")));
    ASSERT_TRUE(folder->write("sub/new.txt", 0, as_bytes("ab")));
    EXPECT_EQ(content_of(root / "inside/sub/new.txt"), "abcd");
    ASSERT_TRUE(folder->resize("sub/new.txt", 3));
    EXPECT_EQ(folder->look("sub/new.txt")->bytes, 3U);
    struct stat status{};
    ASSERT_EQ(::stat((root / "inside/sub/new.txt").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0111U, 0U) << "not executable";
    ASSERT_TRUE(folder->set_modified("sub/new.txt", 116444736000000000 + 50'000'000));
    EXPECT_EQ(folder->look("sub/new.txt")->modified_filetime, 116444736000000000U + 50'000'000U);
    EXPECT_EQ(folder->write("none", 0, as_bytes("x")).error().code, Errc::not_found);
    EXPECT_FALSE(folder->write("sub", 0, as_bytes("x")));
    EXPECT_GT(folder->space()->bytes, 0U);
}

TEST_F(FolderTest, makes_and_removes_folders) {
    ASSERT_TRUE(folder->create("deep", true));
    ASSERT_TRUE(folder->create("deep/er", true));
    EXPECT_EQ(folder->create("deep", true).error().code, Errc::already_exists);
    EXPECT_EQ(folder->create("none/er", true).error().code, Errc::not_found);
    EXPECT_TRUE(folder->remove("deep").error().code == std::errc::directory_not_empty);
    ASSERT_TRUE(folder->remove("deep/er"));
    ASSERT_TRUE(folder->remove("deep"));
    ASSERT_TRUE(folder->remove("a.txt"));
    EXPECT_FALSE(fs::exists(root / "inside/a.txt"));
    EXPECT_EQ(folder->remove("").error().code, Errc::refused);
    EXPECT_TRUE(fs::exists(root / "inside"));
}

TEST_F(FolderTest, renames_and_replaces_only_where_asked) {
    std::ofstream(root / "inside/b.txt") << "b";
    EXPECT_EQ(folder->rename("a.txt", "b.txt", false).error().code, Errc::already_exists);
    EXPECT_EQ(folder->rename("a.txt", "sub", true).error().code, Errc::already_exists);
    ASSERT_TRUE(folder->rename("a.txt", "b.txt", true));
    EXPECT_EQ(content_of(root / "inside/b.txt"), "hello");
    ASSERT_TRUE(folder->rename("b.txt", "sub/c.txt", false));
    ASSERT_TRUE(folder->rename("sub", "dir", false));
    EXPECT_EQ(content_of(root / "inside/dir/c.txt"), "hello");
    EXPECT_EQ(folder->rename("none", "x", false).error().code, Errc::not_found);
}

TEST_F(FolderTest, changes_nothing_outside_of_it) {
    for (const auto* path : {"../new", "up/new", "/tmp/lucid-new", "sub/../../new", "link"}) {
        EXPECT_FALSE(folder->create(path, false)) << path;
        EXPECT_FALSE(folder->create(path, true)) << path;
        EXPECT_FALSE(folder->write(path, 0, as_bytes("x"))) << path;
        EXPECT_FALSE(folder->resize(path, 0)) << path;
        EXPECT_FALSE(folder->remove(path)) << path;
        EXPECT_FALSE(folder->rename("a.txt", path, true)) << path;
        EXPECT_FALSE(folder->rename(path, "mine", true)) << path;
        EXPECT_FALSE(folder->set_modified(path, 1)) << path;
    }
    EXPECT_FALSE(folder->remove("../outside.txt"));
    EXPECT_FALSE(folder->rename("../outside.txt", "mine", true));
    EXPECT_FALSE(folder->write("pipe", 0, as_bytes("x")));
    EXPECT_FALSE(folder->remove("pipe")) << "what the host cannot see";
    EXPECT_EQ(content_of(root / "outside.txt"), "secret");
    EXPECT_TRUE(fs::is_symlink(root / "inside/link"));
    EXPECT_FALSE(fs::exists(root / "new"));
    EXPECT_EQ(content_of(root / "inside/a.txt"), "hello");
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
