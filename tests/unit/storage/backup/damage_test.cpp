// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/storage/backup/verify.hpp>

#include <csignal>
#include <filesystem>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <tests/support/kill_process.hpp>
#include <unistd.h>

#include "backup_rig.hpp"
#include <gtest/gtest.h>

// Whatever happens to a backup folder, or in the middle of a backup: it shows, and the backup
// before is whole.

namespace lucid::storage::backup {
namespace {

namespace fs = std::filesystem;
using test::BackupRig;
using test::noise;
using Files = std::map<std::string, Bytes>;

constexpr std::int64_t now_s = 1'700'000'000;

Files example(std::uint64_t seed) {
    Files files;
    for (std::uint64_t n = 0; n < 12; ++n)
        files["small" + std::to_string(n)] = noise(2000 + n, seed + n);
    files["big"] = noise(600'000, seed + 100);
    return files;
}

VerifyFindings verify_all(const BackupRig& rig, const crypto::age::Identity* identity) {
    const auto repository = *Repository::open(rig.folder());
    const auto found = verify(repository, *repository.snapshots(), identity, {});
    EXPECT_TRUE(found);
    return *found;
}

void overwrite(const std::string& path, const Bytes& content) {
    ASSERT_TRUE(core::runtime::write_file_atomically(path, content));
}

struct DamagedBackup : testing::Test {
    BackupRig rig;
    Files files = example(1);
    void SetUp() override {
        ASSERT_TRUE(rig.back_up(files, now_s));
        ASSERT_TRUE(verify_all(rig, &rig.recovery).bad.empty());
    }
};

TEST_F(DamagedBackup, every_changed_or_cut_object_is_found_without_a_key) {
    for (const auto& path : rig.objects()) {
        const auto good = *core::runtime::read_file(path, object_bytes_max);
        for (const auto at : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
            auto bad = good;
            bad[at] ^= 1;
            overwrite(path, bad);
            const auto found = verify_all(rig, nullptr);
            EXPECT_EQ(found.bad_objects.size(), 1U);
        }
        for (const auto size : {std::size_t{0}, good.size() - 1}) {
            overwrite(path, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
            EXPECT_EQ(verify_all(rig, nullptr).bad_objects.size(), 1U);
        }
        fs::remove(path);
        EXPECT_EQ(verify_all(rig, nullptr).bad_objects.size(), 1U);
        overwrite(path, good);
    }
    EXPECT_TRUE(verify_all(rig, &rig.recovery).bad.empty());
}

TEST_F(DamagedBackup, with_a_key_the_files_it_hurts_are_named) {
    std::size_t named = 0;
    for (const auto& path : rig.objects()) {
        const auto good = *core::runtime::read_file(path, object_bytes_max);
        fs::remove(path);
        const auto found = verify_all(rig, &rig.recovery);
        EXPECT_FALSE(found.bad.empty());
        named += found.bad_files.size();
        EXPECT_FALSE(rig.restore().has_value());
        overwrite(path, good);
    }
    EXPECT_EQ(named, files.size()) << "each file once; the index is none of them";
}

TEST_F(DamagedBackup, a_damaged_snapshot_is_found_and_nothing_is_swept_away_because_of_it) {
    const auto path = rig.folder() + "/snapshots/20231114T221320Z.json";
    auto text = *core::runtime::read_file(path, snapshot_bytes_max);
    const auto good = text;
    text[text.size() / 2] ^= 1;
    overwrite(path, text);
    EXPECT_EQ(verify_all(rig, nullptr).bad.size(), 1U);
    const auto before = rig.objects();
    ASSERT_TRUE(rig.back_up(example(2), now_s + 1));
    const auto after = rig.objects();
    EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
    overwrite(path, good);
    EXPECT_EQ(*rig.restore("20231114T221320Z"), files);
}

TEST_F(DamagedBackup, the_next_one_stores_again_what_is_gone_or_set_aside) {
    const auto repository = *rig.repository();
    for (const auto& path : rig.objects()) {
        auto bad = *core::runtime::read_file(path, object_bytes_max);
        bad.back() ^= 1;
        overwrite(path, bad);
    }
    for (const auto& name : verify_all(rig, nullptr).bad_objects)
        ASSERT_TRUE(repository.set_aside(name));
    ASSERT_TRUE(rig.back_up(files, now_s + 1));
    EXPECT_EQ(*rig.restore(), files);
    const auto found = verify(repository, {repository.snapshots()->back()}, &rig.recovery, {});
    EXPECT_TRUE(found->bad.empty());
}

/// In a child: backs up `files`, small durable steps.
[[noreturn]] void back_up_and_exit(const BackupRig& rig, const Files& files) {
    auto repository = rig.repository();
    if (!repository) ::_exit(1);
    auto options = rig.options();
    options.durable_every_bytes = 100'000;
    auto writer = Writer::begin(*repository, std::move(options));
    if (!writer) ::_exit(2);
    for (const auto& [path, content] : files)
        if (!writer->add(path, content)) ::_exit(3);
    ::_exit(writer->finish(now_s + 100) ? 0 : 4);
}

TEST_F(DamagedBackup, killed_at_any_moment_leaves_the_one_before_and_the_next_works) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int round = 0; round < 25; ++round) {
        const auto next = example(1000 + static_cast<std::uint64_t>(round) * 50);
        const pid_t child = ::fork();
        if (child == 0) back_up_and_exit(rig, next);
        ::usleep(static_cast<useconds_t>(random() % 60'000));
        lucid::test::kill_process(child);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        const auto found = verify_all(rig, &rig.recovery);
        EXPECT_TRUE(found.bad.empty()) << found.bad.front();
        EXPECT_EQ(*rig.restore("20231114T221320Z"), files);
        if (HasFailure()) return;
    }
    const auto last = example(9);
    ASSERT_TRUE(rig.back_up(last, now_s + 1000));
    EXPECT_EQ(*rig.restore(), last);
    EXPECT_FALSE(fs::exists(rig.folder() + "/snapshots/.unfinished.json"));
}

TEST_F(DamagedBackup, what_a_killed_one_had_made_durable_is_used_by_the_next) {
    Files next;
    for (int n = 0; n < 8; ++n)
        next["f" + std::to_string(n)] = noise(400'000, 500 + static_cast<std::uint64_t>(n));
    auto repository = *rig.repository();
    {
        auto options = rig.options();
        options.durable_every_bytes = 100'000;
        auto writer = *Writer::begin(repository, std::move(options));
        for (const auto& [path, content] : next) ASSERT_TRUE(writer.add(path, content));
        // No finish(): as if it had been killed.
    }
    EXPECT_EQ(repository.snapshots()->size(), 1U);
    std::uint64_t stored = 0;
    ASSERT_TRUE(rig.back_up(next, now_s + 7, &stored));
    EXPECT_LT(stored, 500'000U);
    EXPECT_EQ(*rig.restore(), next);
}

TEST_F(DamagedBackup, out_of_space_fails_says_so_and_leaves_the_one_before) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{300'000, 300'000};
        ::setrlimit(RLIMIT_FSIZE, &small);
        back_up_and_exit(rig, example(77));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 3) << "the object that is too large";
    EXPECT_TRUE(verify_all(rig, &rig.recovery).bad.empty());
    EXPECT_EQ(*rig.restore(), files);
    for (const auto& path : rig.objects())
        EXPECT_EQ(path.find("/new."), std::string::npos) << "torn object left: " << path;
}

}  // namespace
}  // namespace lucid::storage::backup
