// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/replay/tar.hpp>

#include <filesystem>
#include <stdlib.h>

#include <gtest/gtest.h>

namespace lucid::sessions::replay {
namespace {

namespace fs = std::filesystem;
using core::runtime::read_file;
using core::runtime::write_file_atomically;

constexpr std::size_t block_bytes = 512;

class Tar : public ::testing::Test {
  protected:
    Tar() {
        std::string path = ::testing::TempDir() + "lucid-tar-XXXXXX";
        EXPECT_NE(::mkdtemp(path.data()), nullptr);
        folder_ = path;
        bundle_.files["manifest.json"] = to_bytes(as_bytes("{}"));
        bundle_.files["chunks/" + std::string(64, 'a') + ".lchk"] = Bytes(1500, 0x5a);
        bundle_.files["tiles/0/0"] = Bytes(block_bytes, 7);
        bundle_.files["empty"] = {};
    }
    ~Tar() override { fs::remove_all(folder_); }

    std::string file(const std::string& name) const { return folder_ + "/" + name; }
    /// open() on these bytes.
    Result<TarBundle> open(ByteView content) const {
        EXPECT_TRUE(write_file_atomically(file("edited.tar"), content));
        return TarBundle::open(file("edited.tar"));
    }

    std::string folder_;
    format::MemoryBundle bundle_;
};

TEST_F(Tar, gives_back_what_was_written) {
    const auto bytes = write_tar(bundle_, file("a.tar"));
    ASSERT_TRUE(bytes);
    EXPECT_EQ(*bytes, fs::file_size(file("a.tar")));
    auto tar = TarBundle::open(file("a.tar"));
    ASSERT_TRUE(tar) << tar.error().message();
    EXPECT_EQ(tar->list()->size(), bundle_.files.size());
    for (const auto& [name, content] : bundle_.files)
        EXPECT_EQ(*tar->read(name, content.size()), content) << name;
    EXPECT_FALSE(tar->read("tiles/0/0", block_bytes - 1)) << "past the caller's limit";
    EXPECT_FALSE(tar->read("tiles/0/1", block_bytes));
}

TEST_F(Tar, the_same_files_give_the_same_bytes_and_nothing_is_overwritten) {
    ASSERT_TRUE(write_tar(bundle_, file("a.tar")));
    ASSERT_TRUE(write_tar(bundle_, file("b.tar")));
    EXPECT_EQ(*read_file(file("a.tar"), 1 << 20), *read_file(file("b.tar"), 1 << 20));
    const auto again = write_tar(bundle_, file("a.tar"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, make_error_code(Errc::already_exists));
}

TEST_F(Tar, another_tar_program_unpacks_it) {
    ASSERT_TRUE(write_tar(bundle_, file("a.tar")));
    fs::create_directory(file("out"));
    const auto line = "tar -xf " + file("a.tar") + " -C " + file("out");
    ASSERT_EQ(std::system(line.c_str()), 0);
    for (const auto& [name, content] : bundle_.files)
        EXPECT_EQ(*read_file(file("out/" + name), 1 << 20), content) << name;
}

TEST_F(Tar, names_at_the_limit_are_written_and_past_it_refused_without_a_file_left) {
    bundle_.files[std::string(100, 'n')] = Bytes(3, 1);
    ASSERT_TRUE(write_tar(bundle_, file("a.tar")));
    EXPECT_TRUE(TarBundle::open(file("a.tar")));
    bundle_.files[std::string(101, 'n')] = Bytes(3, 1);
    EXPECT_FALSE(write_tar(bundle_, file("b.tar")));
    EXPECT_FALSE(fs::exists(file("b.tar")));
}

TEST_F(Tar, cut_at_any_byte_it_is_refused) {
    ASSERT_TRUE(write_tar(bundle_, file("a.tar")));
    const auto whole = *read_file(file("a.tar"), 1 << 20);
    ASSERT_TRUE(open(whole));
    for (std::size_t cut = 0; cut < whole.size(); cut += 89)
        EXPECT_FALSE(open(ByteView(whole).first(cut))) << cut;
    auto longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(open(longer));
}

TEST_F(Tar, a_changed_bit_outside_of_file_contents_is_refused) {
    ASSERT_TRUE(write_tar(bundle_, file("a.tar")));
    const auto whole = *read_file(file("a.tar"), 1 << 20);
    auto tar = *TarBundle::open(file("a.tar"));
    for (std::size_t at = 0; at < whole.size(); at += 19) {
        auto edited = whole;
        edited[at] ^= 0x10;
        auto opened = open(edited);
        if (!opened) continue;
        // Then the bit is in a file, and reading shows it: hashes of the bundle are for that.
        bool differs = false;
        for (const auto& [name, content] : bundle_.files) {
            const auto found = opened->read(name, content.size());
            differs = differs || !found || *found != content;
        }
        EXPECT_TRUE(differs) << "byte " << at;
    }
}

}  // namespace
}  // namespace lucid::sessions::replay
