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

struct OneBackup : testing::Test {
    BackupRig rig;
    Repository repository = *rig.repository();
    std::vector<std::uint64_t> progress;
    Writer begin(std::uint64_t durable_every_bytes = std::uint64_t{1} << 30) {
        auto options = rig.options();
        options.progress = [this](std::uint64_t done) { progress.push_back(done); };
        options.durable_every_bytes = durable_every_bytes;
        return *Writer::begin(repository, std::move(options));
    }
    [[nodiscard]] std::string source(const Bytes& content) const {
        const auto path = rig.folder() + ".source";
        EXPECT_TRUE(core::runtime::write_file_atomically(path, content));
        return path;
    }
    void remove(const std::string& name) const { fs::remove_all(rig.folder() + "/" + name); }
};

/// Gives so many bytes, then an error or the end.
auto stream_of(std::size_t bytes, bool fails) {
    return [bytes, fails](MutableByteView to) mutable -> Result<std::size_t> {
        const auto count = std::min(bytes, to.size());
        bytes -= count;
        if (count == 0 && fails) return fail(Errc::io_failed, "source");
        return count;
    };
}

TEST_F(OneBackup, of_names_that_lead_elsewhere_is_refused) {
    auto writer = begin();
    const std::string bad = "../x";
    const auto small = noise(10, 1);
    EXPECT_EQ(writer.add(bad, small).error().code, Errc::bad_value);
    EXPECT_EQ(writer.add_stream(bad, 10, stream_of(5, false)).error().code, Errc::bad_value);
    EXPECT_EQ(writer.add_file(bad, source(small)).error().code, Errc::bad_value);
    EXPECT_EQ(writer.add_file(bad, source(Bytes(part_bytes_max))).error().code, Errc::bad_value);
    const auto hash = crypto::sha256(small);
    EXPECT_EQ(writer.add_named(bad, source(small), hash).error().code, Errc::bad_value);
    ASSERT_TRUE(writer.add("good", small));
    EXPECT_EQ(writer.add_named(bad, source(small), hash).error().code, Errc::bad_value)
        << "stored already";
}

TEST_F(OneBackup, of_what_is_no_file_is_an_error) {
    auto writer = begin();
    EXPECT_EQ(writer.add_file("a", rig.folder() + "/nothing").error().code, Errc::not_found);
    EXPECT_EQ(writer.add_file("a", rig.folder()).error().code, std::errc::is_a_directory);
    const auto link = rig.folder() + "/link";
    fs::create_symlink("/dev/null", link);
    EXPECT_EQ(writer.add_file("a", link).error().code, std::errc::too_many_symbolic_link_levels);
}

TEST_F(OneBackup, of_files_of_whole_parts_and_a_byte_more) {
    auto writer = begin();
    Files files;
    for (const std::size_t size : {std::size_t{0}, part_bytes_max, part_bytes_max + 1}) {
        const auto name = "f" + std::to_string(size);
        files[name] = noise(size, size);
        ASSERT_TRUE(writer.add_file(name, source(files[name])));
    }
    EXPECT_EQ(progress, (std::vector<std::uint64_t>{part_bytes_max, 2 * part_bytes_max,
                                                    2 * part_bytes_max + 1}));
    ASSERT_TRUE(writer.finish(now_s));
    EXPECT_EQ(*rig.restore(), files);
}

TEST_F(OneBackup, of_a_stream_that_breaks_off_is_an_error_and_of_an_empty_one_an_empty_file) {
    auto writer = begin();
    EXPECT_EQ(writer.add_stream("broken", 100, stream_of(250, true)).error().code, Errc::io_failed);
    writer.forget("broken");
    ASSERT_TRUE(writer.add_stream("empty", 100, stream_of(0, false)));
    ASSERT_TRUE(writer.add_stream("whole", 100, stream_of(200, false)));
    ASSERT_TRUE(writer.finish(now_s));
    EXPECT_EQ(*rig.restore(), (Files{{"empty", {}}, {"whole", Bytes(200)}}));
}

TEST_F(OneBackup, that_can_store_nothing_says_so_at_once) {
    auto writer = begin();
    remove("objects");
    const auto large = noise(small_file_bytes_max + 1, 1);
    EXPECT_FALSE(writer.add("large", large));
    EXPECT_FALSE(writer.add_stream("stream", 100, stream_of(100, false)));
    EXPECT_FALSE(writer.add_file("file", source(noise(part_bytes_max, 2))));
    EXPECT_FALSE(writer.add_named("named", source(large), crypto::sha256(large)));
    // Small files are stored together: at the latest when they fill a pack.
    bool failed = false;
    std::size_t sum = 0;
    for (std::uint64_t i = 0; !failed && sum <= pack_bytes_max; ++i, sum += small_file_bytes_max)
        failed = !writer.add("small" + std::to_string(i), noise(small_file_bytes_max, 10 + i));
    EXPECT_TRUE(failed);
    EXPECT_FALSE(writer.finish(now_s));
}

TEST_F(OneBackup, that_cannot_be_ended_is_none) {
    for (const auto* gone : {"objects", "snapshots"}) {
        auto writer = begin();
        ASSERT_TRUE(writer.add("a", noise(10, 1)));
        remove(gone);
        EXPECT_FALSE(writer.finish(now_s)) << gone;
        fs::create_directories(rig.folder() + "/" + gone);
        EXPECT_TRUE(repository.snapshots()->empty());
    }
    auto writer = begin();
    remove("objects");
    EXPECT_FALSE(writer.finish(now_s)) << "of nothing but an index";
    fs::create_directories(rig.folder() + "/objects");
    // Where the last step cannot be made, the backup is there all the same.
    auto last = begin();
    fs::create_directories(rig.folder() + "/snapshots/.unfinished.json");
    EXPECT_FALSE(last.finish(now_s));
    EXPECT_EQ(repository.snapshots()->size(), 1U);
}

TEST_F(OneBackup, that_cannot_be_made_durable_on_the_way_says_so) {
    auto writer = begin(1);
    remove("snapshots");
    EXPECT_FALSE(writer.add("large", noise(small_file_bytes_max + 1, 1)));
}

TEST_F(OneBackup, of_more_small_files_than_one_object_holds) {
    auto writer = begin();
    Files files;
    for (std::uint64_t i = 0; i < 18; ++i) {
        const auto name = "small" + std::to_string(i);
        files[name] = noise(small_file_bytes_max, i);
        ASSERT_TRUE(writer.add(name, files[name]));
    }
    EXPECT_EQ(writer.stored_objects(), 1U) << "a full one";
    const auto done = progress.size();
    EXPECT_TRUE(*writer.add_named("again", "/nonexistent", crypto::sha256(files["small0"])));
    EXPECT_EQ(progress.size(), done + 1);
    files["again"] = files["small0"];
    ASSERT_TRUE(writer.finish(now_s));
    EXPECT_EQ(*rig.restore(), files);
}

TEST_F(OneBackup, begins_where_the_one_before_cannot_be_read_and_sweeps_nothing_then) {
    ASSERT_TRUE(rig.back_up({{"a", noise(10, 1)}}, now_s));
    auto unused = *repository.put(noise(10, 2), rig.options().recipients);
    const auto unfinished = rig.folder() + "/snapshots/.unfinished.json";
    fs::create_directories(unfinished);
    ASSERT_TRUE(Writer::begin(repository, rig.options()));
    EXPECT_TRUE(repository.has(unused));
    fs::remove(unfinished);
    ASSERT_TRUE(Writer::begin(repository, rig.options()));
    EXPECT_FALSE(repository.has(unused));
    // An unfinished one of another node is one of another node.
    const crypto::Ed25519Key other{crypto::Secret::copy_of(ByteArray<32>{8})};
    Snapshot theirs;
    theirs.node_key = other.public_key();
    ASSERT_TRUE(repository.write_snapshot(Repository::unfinished, as_bytes(theirs.sign(other))));
    EXPECT_EQ(Writer::begin(repository, rig.options()).error().code, Errc::already_exists);
    remove("objects");
    EXPECT_EQ(Writer::begin(repository, rig.options()).error().code,
              std::errc::no_such_file_or_directory);
}

TEST_F(OneBackup, of_a_named_file_whose_object_is_gone_reads_it_again) {
    const auto content = noise(500'000, 3);
    ASSERT_TRUE(rig.back_up({{"chunk", content}}, now_s));
    auto writer = begin();
    const auto objects = rig.objects();
    const auto largest = std::max_element(objects.begin(), objects.end(), [](auto& a, auto& b) {
        return fs::file_size(a) < fs::file_size(b);
    });
    fs::remove(*largest);
    const auto added = writer.add_named("chunk", source(content), crypto::sha256(content));
    ASSERT_TRUE(added);
    EXPECT_TRUE(*added);
    ASSERT_TRUE(writer.finish(now_s + 1));
    EXPECT_EQ(rig.restore()->at("chunk"), content);
}

}  // namespace
}  // namespace lucid::storage::backup
