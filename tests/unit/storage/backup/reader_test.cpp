// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/storage/backup/verify.hpp>

#include <csignal>
#include <filesystem>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backup_rig.hpp"
#include <gtest/gtest.h>

// Backups whose parts were put together by hand, right and wrong.

namespace lucid::storage::backup {
namespace {

namespace fs = std::filesystem;
using test::BackupRig;
using test::noise;

struct Hand : testing::Test {
    BackupRig rig;
    Repository repository = *rig.repository();
    std::vector<crypto::age::Recipient> recipients = {rig.recovery.recipient(),
                                                      rig.node.recipient()};
    Bytes content = noise(1000, 1);
    ObjectRef object = *repository.put(content, recipients);
    /// 600 and 400 bytes of the object.
    IndexedFile file = {"file", {part(0, 600), part(600, 400)}};

    [[nodiscard]] Part part(std::uint64_t offset, std::uint64_t length) const {
        return {crypto::sha256(ByteView(content).subspan(offset, length)), length, object.name,
                offset};
    }
    Snapshot snapshot(ByteView index, std::uint64_t files) {
        const auto sealed = *repository.put(index, recipients);
        Snapshot s;
        s.node_key = rig.key.public_key();
        s.files = files;
        s.objects = {object, sealed};
        if (sealed < object) std::swap(s.objects[0], s.objects[1]);
        s.index = {sealed.name};
        return s;
    }
    Snapshot snapshot(const std::vector<IndexedFile>& files) {
        return snapshot(as_bytes(encode_index(files)), files.size());
    }
    Reader reader() { return *Reader::open(repository, snapshot(std::vector{file}), rig.recovery); }
    VerifyFindings verified(const Snapshot& s) {
        EXPECT_TRUE(repository.write_snapshot("1", as_bytes(s.sign(rig.key))));
        return *verify(repository, {"1"}, &rig.recovery, {});
    }
    [[nodiscard]] std::string out() const {
        fs::create_directories(rig.out());
        return rig.out() + "/file";
    }
};

TEST_F(Hand, made_is_read_checked_and_restored) {
    auto r = reader();
    EXPECT_EQ(*r.read(r.files()[0], 1000), content);
    EXPECT_TRUE(r.check(r.files()[0]));
    ASSERT_TRUE(r.restore(r.files()[0], out()));
    EXPECT_EQ(*core::runtime::read_file(out(), 2000), content);
    EXPECT_EQ(fs::status(out()).permissions(), fs::perms(0600));
    EXPECT_EQ(r.read(r.files()[0], 999).error().code, Errc::limit_exceeded);
    EXPECT_TRUE(verified(snapshot(std::vector{file})).bad.empty());
}

TEST_F(Hand, an_index_that_is_none_is_refused) {
    EXPECT_EQ(Reader::open(repository, snapshot(as_bytes("[[]]"), 1), rig.recovery).error().code,
              Errc::bad_value);
    auto s = snapshot(std::vector{file});
    s.files = 2;
    EXPECT_EQ(Reader::open(repository, s, rig.recovery).error().code, Errc::bad_value);
    EXPECT_EQ(verified(s).bad.size(), 1U);
    s.index = {Hash32{}};
    EXPECT_EQ(Reader::open(repository, s, rig.recovery).error().code, Errc::not_found);
}

TEST_F(Hand, a_part_that_lies_outside_or_is_another_is_refused) {
    for (const auto& [offset, length, code] :
         {std::tuple{1001U, 0U, Errc::bad_length}, std::tuple{600U, 401U, Errc::bad_length},
          std::tuple{601U, 399U, Errc::hash_mismatch}}) {
        file.parts[1].offset = offset;
        file.parts[1].length = length;
        auto r = reader();
        EXPECT_EQ(r.check(r.files()[0]).error().code, code) << offset;
        EXPECT_EQ(r.read(r.files()[0], 9999).error().code, code) << offset;
        EXPECT_EQ(r.restore(r.files()[0], out()).error().code, code) << offset;
        EXPECT_EQ(verified(snapshot(std::vector{file})).bad_files,
                  std::vector<std::string>{"1: file"});
    }
}

TEST_F(Hand, a_part_sealed_to_somebody_else_is_refused) {
    const std::vector stranger = {crypto::age::Identity::generate().recipient()};
    object = *repository.put(content, stranger);
    file.parts = {part(0, 1000)};
    auto r = reader();
    EXPECT_EQ(r.check(r.files()[0]).error().code, Errc::refused);
}

TEST_F(Hand, an_object_of_another_size_than_the_snapshot_says_is_found) {
    auto s = snapshot(std::vector{file});
    for (auto& named : s.objects)
        if (named == object) ++named.bytes;
    const auto found = verified(s);
    ASSERT_EQ(found.bad_objects, std::vector{object.name});
    EXPECT_NE(found.bad[0].find("has another size"), std::string::npos);
}

TEST_F(Hand, verify_tells_how_far_it_is_and_counts_shared_objects_once) {
    const auto s = snapshot(std::vector{file});
    for (const auto* name : {"1", "2"})
        ASSERT_TRUE(repository.write_snapshot(name, as_bytes(s.sign(rig.key))));
    std::vector<std::pair<std::uint64_t, std::uint64_t>> steps;
    const auto found = *verify(repository, {"1", "2", "3"}, nullptr,
                               [&](auto done, auto all) { steps.emplace_back(done, all); });
    EXPECT_EQ(found.snapshots, 2U);
    EXPECT_EQ(found.objects, 2U);
    EXPECT_EQ(found.files, 0U);
    ASSERT_EQ(found.bad.size(), 1U);
    EXPECT_TRUE(found.bad[0].starts_with("3: "));
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[1].first, steps[1].second);
    EXPECT_EQ(steps[1].second, s.objects[0].bytes + s.objects[1].bytes);
}

TEST_F(Hand, restores_to_files_alone) {
    auto r = reader();
    EXPECT_EQ(r.restore(r.files()[0], rig.out() + "/nowhere/file").error().code,
              std::errc::no_such_file_or_directory);
    fs::create_symlink("/dev/null", out());
    EXPECT_EQ(r.restore(r.files()[0], out()).error().code,
              std::errc::too_many_symbolic_link_levels);
    fs::remove(out());
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{700, 700};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto done = r.restore(r.files()[0], out());
        ::_exit(!done && done.error().code == std::errc::file_too_large ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Hand, knows_a_file_that_is_there_already) {
    const auto r = reader();
    const auto is_there = [&] { return r.is_there(r.files()[0], out()); };
    EXPECT_FALSE(is_there());
    ASSERT_TRUE(core::runtime::write_file_atomically(out(), content));
    EXPECT_TRUE(is_there());
    for (const auto at : {0U, 999U}) {
        auto other = content;
        other[at] ^= 1;
        ASSERT_TRUE(core::runtime::write_file_atomically(out(), other));
        EXPECT_FALSE(is_there()) << at;
    }
    ASSERT_TRUE(core::runtime::write_file_atomically(out(), ByteView(content).first(999)));
    EXPECT_FALSE(is_there());
    fs::remove(out());
    fs::create_directories(out());
    EXPECT_FALSE(is_there()) << "a folder";
}

/// The backup before, as a new one finds it.
struct Before : Hand {
    Writer writer_after(const std::vector<IndexedFile>& files) {
        EXPECT_TRUE(repository.write_snapshot("1", as_bytes(snapshot(files).sign(rig.key))));
        return *Writer::begin(repository, rig.options());
    }
};

TEST_F(Before, is_taken_over_but_for_what_it_has_lost) {
    const IndexedFile lost = {"s/lost", {part(0, 600), {Hash32{7}, 5, Hash32{8}, 0}}};
    file.path = "s/kept";
    auto writer = writer_after({file, lost});
    EXPECT_EQ(writer.carry_over("s/"), 1U);
    ASSERT_TRUE(writer.finish(1'700'000'000));
    EXPECT_EQ(*rig.restore(), (std::map<std::string, Bytes>{{"s/kept", content}}));
}

TEST_F(Before, that_names_an_object_its_snapshot_does_not_is_stored_again) {
    const auto hidden = *repository.put(noise(50, 2), recipients);
    auto s = snapshot({{"a", {{crypto::sha256(noise(50, 2)), 50, hidden.name, 0}}}});
    ASSERT_TRUE(repository.write_snapshot("1", as_bytes(s.sign(rig.key))));
    auto writer = *Writer::begin(repository, rig.options());
    ASSERT_TRUE(writer.add("a", noise(50, 2)));
    ASSERT_TRUE(writer.finish(1'700'000'000));
    EXPECT_EQ(rig.restore()->at("a"), noise(50, 2));
}

TEST_F(Before, that_gives_one_hash_two_lengths_is_not_trusted) {
    IndexedFile shorter = {"shorter", {part(0, 1000)}};
    shorter.parts[0].length = 10;
    auto writer = writer_after({shorter});
    EXPECT_EQ(writer.carry_over("shorter"), 1U);
    ASSERT_TRUE(writer.add("whole", content));
    EXPECT_EQ(writer.finish(1'700'000'000).error().code, Errc::bad_value);
}

TEST_F(Before, is_not_opened_without_an_identity) {
    ASSERT_TRUE(
        repository.write_snapshot("1", as_bytes(snapshot(std::vector{file}).sign(rig.key))));
    auto options = rig.options();
    options.identity = nullptr;
    auto writer = *Writer::begin(repository, std::move(options));
    EXPECT_EQ(writer.carry_over("file"), 0U);
    ASSERT_TRUE(writer.add("file", content));
    ASSERT_TRUE(writer.finish(1'700'000'000));
    EXPECT_EQ(rig.restore()->at("file"), content);
}

}  // namespace
}  // namespace lucid::storage::backup
