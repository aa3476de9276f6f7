// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>

#include <filesystem>
#include <fstream>

#include "backup_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::storage::backup {
namespace {

namespace fs = std::filesystem;
using test::BackupRig;
using test::noise;
using Files = std::map<std::string, Bytes>;

constexpr std::int64_t now_s = 1'700'000'000;

Files example() {
    return {{"format", to_bytes(as_bytes("lucid-data 2\n"))},
            {"empty", {}},
            {"keys/vault.key", noise(32, 1)},
            {"small", noise(small_file_bytes_max, 2)},
            {"middle", noise(small_file_bytes_max + 1, 3)},
            {"whole part", noise(part_bytes_max, 4)},
            {"two parts", noise(part_bytes_max + 1, 5)}};
}

TEST(Backup, gives_back_what_was_put_in) {
    const BackupRig rig;
    const auto files = example();
    const auto done = rig.back_up(files, now_s);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(done->name, "20231114T221320Z");
    EXPECT_EQ(done->snapshot.files, files.size());
    const auto back = rig.restore();
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, files);
}

TEST(Backup, nothing_in_the_folder_shows_what_it_holds) {
    const BackupRig rig;
    Files files = {{"keys/very-secret-name", to_bytes(as_bytes("very secret content"))}};
    ASSERT_TRUE(rig.back_up(files, now_s));
    for (const auto& entry : fs::recursive_directory_iterator(rig.folder())) {
        if (!entry.is_regular_file()) continue;
        const auto content = *core::runtime::read_file(entry.path().string(), 1 << 20);
        EXPECT_EQ(as_text(content).find("very"), std::string_view::npos) << entry.path();
        EXPECT_EQ(entry.status().permissions() & fs::perms(077), fs::perms::none);
    }
}

TEST(Backup, is_refused_to_somebody_who_is_no_recipient) {
    const BackupRig rig;
    ASSERT_TRUE(rig.back_up(example(), now_s));
    const auto repository = *rig.repository();
    const auto text = *repository.read_snapshot(repository.snapshots()->back());
    const auto stranger = crypto::age::Identity::generate();
    const auto reader = Reader::open(repository, *Snapshot::from_text(text), stranger);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, make_error_code(Errc::refused));
}

TEST(Backup, what_is_stored_already_is_not_stored_again) {
    const BackupRig rig;
    auto files = example();
    std::uint64_t first = 0, second = 0, third = 0;
    ASSERT_TRUE(rig.back_up(files, now_s, &first));
    ASSERT_TRUE(rig.back_up(files, now_s + 1, &second));
    EXPECT_LT(second, 8192U) << "an index, nothing else";
    files["new"] = noise(100'000, 9);
    files.erase("middle");
    ASSERT_TRUE(rig.back_up(files, now_s + 2, &third));
    EXPECT_GT(third, 100'000U);
    EXPECT_LT(third, 110'000U);
    EXPECT_EQ(*rig.restore(), files);
    EXPECT_TRUE(rig.restore("20231114T221320Z")->contains("middle"));
}

TEST(Backup, two_in_one_second_have_two_names) {
    const BackupRig rig;
    ASSERT_TRUE(rig.back_up({{"a", noise(10, 1)}}, now_s));
    ASSERT_TRUE(rig.back_up({{"b", noise(10, 2)}}, now_s));
    EXPECT_EQ(rig.repository()->snapshots()->size(), 2U);
    EXPECT_TRUE(rig.restore()->contains("b"));
}

TEST(Backup, of_a_node_that_lost_its_own_key_is_a_full_one) {
    const BackupRig rig;
    const auto files = example();
    std::uint64_t stored = 0;
    ASSERT_TRUE(rig.back_up(files, now_s));
    auto repository = *rig.repository();
    auto options = rig.options();
    const auto fresh = crypto::age::Identity::generate();
    options.identity = &fresh;
    auto writer = *Writer::begin(repository, std::move(options));
    for (const auto& [path, content] : files) ASSERT_TRUE(writer.add(path, content));
    ASSERT_TRUE(writer.finish(now_s + 5));
    stored = writer.stored_bytes();
    EXPECT_GT(stored, 2 * part_bytes_max);
    EXPECT_EQ(*rig.restore(), files);
}

TEST(Backup, a_folder_takes_one_node_only) {
    const BackupRig rig;
    ASSERT_TRUE(rig.back_up(example(), now_s));
    const crypto::Ed25519Key other{crypto::Secret::copy_of(ByteArray<32>{8})};
    auto repository = *rig.repository();
    auto options = rig.options();
    options.key = &other;
    const auto writer = Writer::begin(repository, std::move(options));
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, make_error_code(Errc::already_exists));
}

TEST(Backup, a_folder_that_holds_something_else_is_refused) {
    const BackupRig rig;
    fs::create_directories(rig.folder());
    std::ofstream(rig.folder() + "/holiday.jpg") << "x";
    const auto opened = rig.repository();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, make_error_code(Errc::refused));
    EXPECT_FALSE(fs::exists(rig.folder() + "/objects"));
}

TEST(Backup, a_newer_layout_is_not_touched) {
    const BackupRig rig;
    fs::create_directories(rig.folder());
    std::ofstream(rig.folder() + "/lucid-backup") << "lucid-backup 2\n";
    EXPECT_EQ(rig.repository().error().code, make_error_code(Errc::bad_version));
}

TEST(Backup, works_in_a_folder_alone) {
    const BackupRig rig;
    const auto repository = *rig.repository();
    const auto mine = repository.lock();
    ASSERT_TRUE(mine);
    EXPECT_EQ(repository.lock().error().code, make_error_code(Errc::timed_out));
}

TEST(Backup, a_file_named_by_its_hash_is_not_read_again) {
    const BackupRig rig;
    const auto content = noise(500'000, 3);
    const auto hash = crypto::sha256(content);
    const auto source = rig.folder() + ".chunk";
    ASSERT_TRUE(core::runtime::write_file_atomically(source, content));
    for (int round = 0; round < 2; ++round) {
        auto repository = *rig.repository();
        auto writer = *Writer::begin(repository, rig.options());
        const auto added = writer.add_named("chunk", source, hash);
        ASSERT_TRUE(added) << added.error().message();
        EXPECT_TRUE(*added);
        ASSERT_TRUE(writer.finish(now_s + round));
        // The second time it is not even there.
        fs::remove(source);
    }
    EXPECT_EQ(rig.restore()->at("chunk"), content);
}

TEST(Backup, a_file_that_is_not_what_its_name_says_is_told_and_kept) {
    const BackupRig rig;
    const auto source = rig.folder() + ".chunk";
    ASSERT_TRUE(core::runtime::write_file_atomically(source, noise(1000, 3)));
    auto repository = *rig.repository();
    auto writer = *Writer::begin(repository, rig.options());
    const auto added = writer.add_named("chunk", source, crypto::sha256(noise(1000, 4)));
    ASSERT_TRUE(added);
    EXPECT_FALSE(*added);
    ASSERT_TRUE(writer.finish(now_s));
    EXPECT_EQ(rig.restore()->at("chunk"), noise(1000, 3));
}

TEST(Backup, a_stream_is_cut_in_parts_and_only_changed_parts_are_stored_again) {
    const BackupRig rig;
    constexpr std::size_t part = 100'000;
    auto content = noise(10 * part + 17, 3);
    std::uint64_t stored = 0;
    for (int round = 0; round < 2; ++round) {
        auto repository = *rig.repository();
        auto writer = *Writer::begin(repository, rig.options());
        std::size_t at = 0;
        ASSERT_TRUE(
            writer.add_stream("store", part, [&](MutableByteView to) -> Result<std::size_t> {
                const auto count = std::min({to.size(), content.size() - at, std::size_t{4097}});
                std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(at), count, to.begin());
                at += count;
                return count;
            }));
        ASSERT_TRUE(writer.finish(now_s + round));
        stored = writer.stored_bytes();
        EXPECT_EQ(rig.restore()->at("store"), content);
        content[5 * part] ^= 1;
        if (round == 0) continue;
        EXPECT_GT(stored, part);
        EXPECT_LT(stored, 2 * part);
    }
}

TEST(Backup, takes_over_what_is_not_here_from_the_one_before) {
    const BackupRig rig;
    const Files files = {{"sessions/a/x", noise(10, 1)}, {"sessions/b/y", noise(10, 2)}};
    ASSERT_TRUE(rig.back_up(files, now_s));
    auto repository = *rig.repository();
    auto writer = *Writer::begin(repository, rig.options());
    ASSERT_TRUE(writer.add("sessions/b/y", noise(10, 2)));
    EXPECT_EQ(writer.carry_over("sessions/a/"), 1U);
    EXPECT_EQ(writer.carry_over("sessions/c/"), 0U);
    ASSERT_TRUE(writer.finish(now_s + 1));
    EXPECT_EQ(*rig.restore(), files);
}

TEST(Backup, what_was_forgotten_is_not_in_it) {
    const BackupRig rig;
    auto repository = *rig.repository();
    auto writer = *Writer::begin(repository, rig.options());
    ASSERT_TRUE(writer.add("sessions/a/x", noise(10, 1)));
    ASSERT_TRUE(writer.add("sessions/b/y", noise(10, 2)));
    writer.forget("sessions/a/");
    ASSERT_TRUE(writer.finish(now_s));
    EXPECT_EQ(rig.restore()->size(), 1U);
}

}  // namespace
}  // namespace lucid::storage::backup
