// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/config.hpp>
#include <lucid/core/runtime/file_lock.hpp>
#include <lucid/core/runtime/volumes.hpp>

#include <filesystem>
#include <fstream>
#include <stdlib.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lucid::core::runtime {
namespace {

namespace fs = std::filesystem;

const std::string node = "00112233445566778899aabbccddeeff00112233";
const std::string recording(64, 'a');

struct VolumesTest : testing::Test {
    std::string root;
    void SetUp() override {
        root = ::testing::TempDir() + "lucid-volumes-XXXXXX";
        ASSERT_NE(::mkdtemp(root.data()), nullptr);
        for (const auto* folder : {"/data/sessions", "/one", "/two"})
            fs::create_directories(root + folder);
    }
    void TearDown() override { fs::remove_all(root); }
    [[nodiscard]] Volumes volumes() const {
        return {root + "/data", {root + "/one", root + "/two"}, node};
    }
};

TEST_F(VolumesTest, a_folder_without_a_marker_is_absent_and_nothing_is_placed_there) {
    const auto seen = volumes().look();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_TRUE(seen[0].ready());
    EXPECT_FALSE(seen[1].ready());
    EXPECT_NE(seen[1].problem.find("absent"), std::string::npos);
    EXPECT_EQ(volumes().place(1)->path, root + "/data");
    EXPECT_TRUE(fs::is_empty(root + "/one"));
}

TEST_F(VolumesTest, a_prepared_one_is_ready_keeps_its_id_and_is_prepared_once) {
    const auto made = Volumes::prepare(root + "/one", node);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->id.size(), 16U);
    EXPECT_EQ(volumes().look()[1].id, made->id);
    EXPECT_EQ(Volumes::prepare(root + "/one", node)->id, made->id);
}

TEST_F(VolumesTest, a_folder_that_holds_something_else_is_refused) {
    std::ofstream(root + "/one/holiday.jpg") << "x";
    EXPECT_EQ(Volumes::prepare(root + "/one", node).error().code, make_error_code(Errc::refused));
    EXPECT_EQ(Volumes::prepare(root + "/nowhere", node).error().code,
              make_error_code(Errc::not_found));
    // What mkfs made is nobody's.
    fs::create_directory(root + "/two/lost+found");
    EXPECT_TRUE(Volumes::prepare(root + "/two", node));
}

TEST_F(VolumesTest, one_of_another_node_is_neither_used_nor_taken_over) {
    ASSERT_TRUE(Volumes::prepare(root + "/one", "somebody else"));
    EXPECT_EQ(Volumes::prepare(root + "/one", node).error().code,
              make_error_code(Errc::already_exists));
    EXPECT_NE(volumes().look()[1].problem.find("another node"), std::string::npos);
}

TEST_F(VolumesTest, damaged_markers_are_absent_whatever_they_say) {
    for (const auto* text : {"", "{", "[]", "{\"version\":2,\"id\":\"x\",\"node\":\"y\"}",
                             "{\"version\":1,\"id\":7,\"node\":\"y\"}", "{\"version\":1}"}) {
        std::ofstream(root + "/one/lucid-volume.json", std::ios::trunc) << text;
        EXPECT_FALSE(volumes().look()[1].ready()) << text;
        EXPECT_FALSE(Volumes::prepare(root + "/one", node)) << text;
    }
}

TEST_F(VolumesTest, recordings_are_found_wherever_they_are) {
    ASSERT_TRUE(Volumes::prepare(root + "/one", node));
    ASSERT_TRUE(Volumes::prepare(root + "/two", node));
    const std::string other(64, 'b');
    fs::create_directory(root + "/two/sessions/" + recording);
    fs::create_directory(root + "/data/sessions/" + other);
    fs::create_directory(root + "/data/sessions/.checkpoints");
    std::ofstream(root + "/data/sessions/" + std::string(64, 'c')) << "no folder";
    EXPECT_EQ(volumes().find(recording), root + "/two/sessions/" + recording);
    EXPECT_EQ(volumes().find(other), root + "/data/sessions/" + other);
    EXPECT_EQ(volumes().recordings().size(), 2U);
    // The disk goes: the recording is not found, and not made up somewhere else.
    fs::rename(root + "/two/lucid-volume.json", root + "/gone");
    EXPECT_EQ(volumes().find(recording), root + "/data/sessions/" + recording);
    EXPECT_EQ(volumes().recordings().size(), 1U);
}

TEST_F(VolumesTest, none_with_the_reserve_free_means_no_place) {
    ASSERT_TRUE(Volumes::prepare(root + "/one", node));
    const auto place = volumes().place(std::uint64_t{1} << 62);
    ASSERT_FALSE(place);
    EXPECT_EQ(place.error().code, make_error_code(Errc::refused));
    EXPECT_NE(place.error().message().find("reserve"), std::string::npos);
}

TEST(ConfigVolumes, are_absolute_folders_named_once) {
    const auto parse = [](const std::string& list) {
        return parse_config("[storage]\nvolumes = " + list + "\n", "lucid.toml");
    };
    const auto good = parse("[\"/mnt/a\", \"/mnt/b/\"]");
    ASSERT_TRUE(std::holds_alternative<Config>(good));
    EXPECT_EQ(std::get<Config>(good).volumes, (std::vector<std::string>{"/mnt/a", "/mnt/b"}));
    for (const auto* bad : {"\"/mnt/a\"", "[\"mnt\"]", "[\"/\"]", "[1]", "[\"/a\", \"/a/\"]"})
        EXPECT_TRUE(std::holds_alternative<ConfigProblem>(parse(bad))) << bad;
    const auto many = [&](std::size_t count) {
        std::string list = "[";
        for (std::size_t n = 0; n < count; ++n)
            list += fmt::format("{}\"/mnt/{}\"", n ? ", " : "", n);
        return parse(list + "]");
    };
    EXPECT_TRUE(std::holds_alternative<Config>(many(Volumes::count_max)));
    EXPECT_TRUE(std::holds_alternative<ConfigProblem>(many(Volumes::count_max + 1)));
    Config config;
    config.volumes = {"/mnt/a", "/mnt/b"};
    const auto again = parse_config(to_toml(config), "lucid.toml");
    EXPECT_EQ(std::get<Config>(again).volumes, config.volumes);
}

TEST_F(VolumesTest, a_lock_is_one_holders_until_it_goes) {
    {
        const auto mine = lock_file(root + "/lock");
        ASSERT_TRUE(mine);
        EXPECT_EQ(lock_file(root + "/lock").error().code, make_error_code(Errc::timed_out));
    }
    EXPECT_TRUE(lock_file(root + "/lock"));
    EXPECT_FALSE(lock_file(root + "/no/such/lock"));
}

}  // namespace
}  // namespace lucid::core::runtime
