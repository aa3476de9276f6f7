// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backup_rig.hpp"
#include <gtest/gtest.h>

// A folder of backups where something is in the way.

namespace lucid::storage::backup {
namespace {

namespace fs = std::filesystem;
using test::BackupRig;
using test::noise;

struct Folder : testing::Test {
    BackupRig rig;
    std::vector<crypto::age::Recipient> recipients = {rig.recovery.recipient()};
    void file(const std::string& name, const std::string& content = "x") const {
        std::ofstream(rig.folder() + "/" + name) << content;
    }
    [[nodiscard]] std::string object_path(const Hash32& name) const {
        const auto hex = to_hex(name);
        return rig.folder() + "/objects/" + hex.substr(0, 2) + "/" + hex;
    }
    [[nodiscard]] std::size_t torn() const {
        std::size_t count = 0;
        for (const auto& entry : fs::recursive_directory_iterator(rig.folder()))
            count += entry.path().filename().string().starts_with("new.") ? 1 : 0;
        return count;
    }
};

TEST_F(Folder, is_opened_where_its_format_is_known) {
    EXPECT_EQ(Repository::open(rig.folder()).error().code, Errc::not_found);
    fs::create_directories(rig.folder());
    file("lucid-backup", "holiday pictures\n");
    EXPECT_EQ(Repository::open(rig.folder()).error().code, Errc::bad_magic);
    EXPECT_EQ(rig.repository().error().code, Errc::bad_magic);
    file("lucid-backup", "lucid-backup 2\n");
    EXPECT_EQ(Repository::open(rig.folder()).error().code, Errc::bad_version);
    file("lucid-backup", "lucid-backup 1\n");
    EXPECT_TRUE(Repository::open(rig.folder()));
}

TEST_F(Folder, may_hold_what_an_interrupted_call_or_a_file_system_left) {
    fs::create_directories(rig.folder() + "/objects");
    fs::create_directories(rig.folder() + "/snapshots");
    fs::create_directories(rig.folder() + "/lost+found");
    file("lock");
    file("lucid-backup.new.7");
    EXPECT_TRUE(rig.repository());
    EXPECT_TRUE(fs::exists(rig.folder() + "/lucid-backup"));
}

TEST_F(Folder, that_cannot_be_made_is_an_error) {
    EXPECT_EQ(Repository::open_or_make("/dev/null/backup").error().code,
              std::errc::not_a_directory);
    fs::create_directories(rig.folder());
    file("a file");
    EXPECT_FALSE(Repository::open_or_make(rig.folder() + "/a file"));
    // A path of 4090 bytes leaves no room for the names below it.
    std::string deep = rig.out();
    while (4090 - deep.size() > 300) deep += "/" + std::string(200, 'd');
    deep += "/" + std::string((4090 - deep.size()) / 2, 'e');
    deep += "/" + std::string(4090 - deep.size() - 1, 'f');
    EXPECT_EQ(Repository::open_or_make(deep).error().code, std::errc::filename_too_long);
}

TEST_F(Folder, that_is_full_is_not_half_made) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_FSIZE, &none);
        ::_exit(rig.repository() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_FALSE(Repository::open(rig.folder())) << "no format, no backups";
    EXPECT_TRUE(rig.repository()) << "made the next time";
}

TEST_F(Folder, objects_are_bounded_and_have_somebody_who_can_open_them) {
    auto repository = *rig.repository();
    EXPECT_EQ(repository.put(Bytes(object_bytes_max), recipients).error().code,
              Errc::limit_exceeded);
    EXPECT_EQ(repository.put(Bytes(1), {}).error().code, Errc::bad_value);
    EXPECT_TRUE(rig.objects().empty());
}

TEST_F(Folder, an_object_that_cannot_be_stored_leaves_nothing) {
    auto repository = *rig.repository();
    // Where the object is written first.
    const auto beside = rig.folder() + "/objects/new." + std::to_string(::getpid()) + ".0";
    fs::create_directories(beside);
    EXPECT_EQ(repository.put(noise(10, 1), recipients).error().code, std::errc::is_a_directory);
    fs::remove_all(rig.folder() + "/objects");
    fs::create_directories(rig.folder() + "/objects");
    // Files where the folders of objects would be.
    for (int i = 0; i < 256; ++i) {
        const auto byte = static_cast<std::uint8_t>(i);
        file("objects/" + to_hex(ByteView(&byte, 1)));
    }
    EXPECT_EQ(repository.put(noise(10, 1), recipients).error().code, std::errc::not_a_directory);
    EXPECT_EQ(torn(), 0U);
    fs::remove_all(rig.folder() + "/objects");
    EXPECT_EQ(repository.put(noise(10, 1), recipients).error().code,
              std::errc::no_such_file_or_directory);
}

TEST_F(Folder, has_an_object_that_is_a_file_of_its_size) {
    auto repository = *rig.repository();
    const auto object = *repository.put(noise(10, 1), recipients);
    EXPECT_TRUE(repository.has(object));
    EXPECT_FALSE(repository.has({object.name, object.bytes + 1}));
    EXPECT_FALSE(repository.has({Hash32{}, object.bytes}));
    fs::remove(object_path(object.name));
    fs::create_directories(object_path(object.name));
    EXPECT_FALSE(repository.has({object.name, fs::file_size(rig.folder() + "/lucid-backup")}));
}

TEST_F(Folder, that_is_gone_is_an_error) {
    auto repository = *rig.repository();
    fs::remove_all(rig.folder());
    EXPECT_FALSE(repository.sync());
    EXPECT_FALSE(repository.snapshots());
    EXPECT_FALSE(repository.sweep({}));
    EXPECT_FALSE(repository.lock());
    EXPECT_FALSE(repository.remove_snapshot("20261128T142200Z"));
    EXPECT_FALSE(Writer::begin(repository, rig.options()));
}

TEST_F(Folder, snapshots_are_files_with_a_time_for_a_name) {
    const auto repository = *rig.repository();
    for (const auto* name : {"20261128T142200Z.json", "20261128T142200Z-2.json", "notes.json",
                             ".unfinished.json", "20261128T142300Z.txt"})
        file(std::string("snapshots/") + name);
    EXPECT_EQ(*repository.snapshots(),
              (std::vector<std::string>{"20261128T142200Z", "20261128T142200Z-2"}));
    for (const auto& bad : {std::string(), std::string(".1"), std::string("../lucid-backup"),
                            std::string("notes"), std::string(65, '1')})
        EXPECT_EQ(repository.read_snapshot(bad).error().code, Errc::not_found) << bad;
    EXPECT_TRUE(repository.read_snapshot("20261128T142200Z"));
    EXPECT_TRUE(repository.read_snapshot(Repository::unfinished));
    file("snapshots/" + std::string(64, '1') + ".json");
    EXPECT_TRUE(repository.read_snapshot(std::string(64, '1')));
}

TEST_F(Folder, removing_a_snapshot_that_is_not_there_is_fine) {
    const auto repository = *rig.repository();
    EXPECT_TRUE(repository.remove_snapshot("1"));
    fs::create_directories(rig.folder() + "/snapshots/2.json");
    EXPECT_FALSE(repository.remove_snapshot("2")) << "a folder";
}

TEST_F(Folder, sweeps_its_own_and_nothing_else) {
    auto repository = *rig.repository();
    const auto kept = *repository.put(noise(10, 1), recipients);
    const auto unused = *repository.put(noise(10, 2), recipients);
    const auto damaged = *repository.put(noise(10, 3), recipients);
    ASSERT_TRUE(repository.set_aside(damaged.name));
    file("objects/new.1.2");
    file("objects/of somebody else");
    const auto swept = repository.sweep({kept.name});
    ASSERT_TRUE(swept);
    EXPECT_EQ(swept->objects, 2U);
    EXPECT_EQ(swept->bytes, unused.bytes + 1);
    EXPECT_TRUE(repository.has(kept));
    EXPECT_FALSE(repository.has(unused));
    EXPECT_TRUE(fs::exists(object_path(damaged.name) + ".damaged"));
    EXPECT_TRUE(fs::exists(rig.folder() + "/objects/of somebody else"));
}

TEST_F(Folder, setting_aside_what_is_not_there_is_fine) {
    auto repository = *rig.repository();
    EXPECT_TRUE(repository.set_aside({}));
    const auto object = *repository.put(noise(10, 1), recipients);
    fs::create_directories(object_path(object.name) + ".damaged");
    EXPECT_EQ(repository.set_aside(object.name).error().code, std::errc::is_a_directory);
}

}  // namespace
}  // namespace lucid::storage::backup
