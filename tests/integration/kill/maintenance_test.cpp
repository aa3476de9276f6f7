// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "node_under_test.hpp"
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// kill -9 of upgrade, prune, backup, restore and fsck at random moments, on a data directory of
// format 1 with two anchored recordings that an earlier lucid made (tests/integration/weeks): never
// anything in between, and the same command again does the rest.

namespace lucid::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

/// Forty with the full counts (test.sh --long).
const int kills_of_each = std::getenv("LUCID_TEST_LONG") != nullptr &&
                                  std::string_view(std::getenv("LUCID_TEST_LONG")) == "1"
                              ? 40
                              : 3;

class Maintenance : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "lucid-maintain-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root = pattern;
        ASSERT_TRUE(unpack_format_1(root + "/format-1"));
        random.seed(seed);
        RecordProperty("seed", static_cast<int>(seed));
    }
    void TearDown() override {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }

    void copy(const std::string& from, const std::string& to) const {
        fs::remove_all(root + to);
        fs::copy(root + from, root + to, fs::copy_options::recursive);
    }
    /// A node of this format with both recordings.
    void make_current(const std::string& name) const {
        copy("/format-1", name);
        ASSERT_FALSE(run_lucid(root + name, {"upgrade"}).is_null());
    }
    Json run(const std::string& name, const std::vector<std::string>& arguments,
             const std::string& input = "") const {
        return run_lucid(root + name, arguments, input);
    }
    /// Is another kill due? They go on until one met a running program: a command may be faster
    /// than when it was timed.
    [[nodiscard]] bool more(int done) const {
        constexpr int patience = 10;
        return done < kills_of_each || (in_time == 0 && done < patience * kills_of_each);
    }
    /// Kills at a random moment of the time that the command takes.
    void kill(const std::string& name, const std::vector<std::string>& arguments,
              Clock::duration takes) {
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(takes).count();
        const std::chrono::microseconds delay(random() %
                                              static_cast<unsigned long>(std::max(us, us + 1)));
        in_time += kill_lucid(root + name, arguments, delay) ? 1 : 0;
    }
    template <class Act>
    static Clock::duration time_of(Act&& act) {
        const auto started = Clock::now();
        act();
        return Clock::now() - started;
    }
    void expect_both_verify(const std::string& name) const {
        const auto list = run(name, {"session", "ls"});
        ASSERT_TRUE(list.is_object());
        ASSERT_EQ(list["sessions"].size(), 2U);
        for (const auto& session : list["sessions"]) {
            const auto id = session["id"].get<std::string>();
            const auto report = run(name, {"session", "verify", id});
            EXPECT_EQ(report.is_object() ? report.value("verdict", "") : "", "verified") << id;
        }
    }

    std::string root;
    unsigned seed = std::random_device{}();
    std::mt19937 random;
    int in_time = 0;  ///< kills that met a running program
};

TEST_F(Maintenance, a_killed_upgrade_leaves_the_old_format_or_the_new_one) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    copy("/format-1", "/timed");
    const auto takes = time_of([&] { run("/timed", {"upgrade"}); });
    for (int i = 0; more(i); ++i) {
        copy("/format-1", "/node");
        kill("/node", {"upgrade"}, takes);
        const auto format = *core::runtime::read_file(root + "/node/format", 64);
        if (as_text(format) == "lucid-data 1\n")
            EXPECT_TRUE(run("/node", {"session", "ls"}).is_null()) << "the old format is not used";
        else
            EXPECT_EQ(as_text(format), "lucid-data 2\n");
        ASSERT_FALSE(run("/node", {"upgrade"}).is_null());
        expect_both_verify("/node");
        if (HasFailure()) return;
    }
    EXPECT_GT(in_time, 0);
}

TEST_F(Maintenance, a_killed_prune_is_finished_by_the_next_and_the_proof_stays) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    make_current("/current");
    const auto held = run("/current", {"session", "ls"})["sessions"][0]["id"].get<std::string>();
    ASSERT_FALSE(run("/current", {"session", "release", held}).is_null());
    const std::vector<std::string> prune = {"prune", "--older-than", "0h"};
    copy("/current", "/timed");
    const auto takes = time_of([&] { run("/timed", prune); });
    for (int i = 0; more(i); ++i) {
        copy("/current", "/node");
        kill("/node", prune, takes);
        for (const auto& entry : fs::directory_iterator(root + "/node/sessions")) {
            if (entry.path().filename().string().size() != 64) continue;
            const auto id = entry.path().filename().string();
            // Whole, or it says that it was pruned.
            if (!fs::exists(entry.path() / "pruned.json"))
                EXPECT_EQ(run("/node", {"session", "verify", id}).value("verdict", ""), "verified");
            for (const auto* proof : {"manifest.json", "manifest.sig", "anchor.json"})
                EXPECT_TRUE(fs::exists(entry.path() / proof)) << proof;
        }
        if (i % 2 == 0) EXPECT_FALSE(run("/node", {"fsck", "--repair"}).is_null());
        ASSERT_FALSE(run("/node", prune).is_null());
        const auto checked = run("/node", {"fsck"});
        ASSERT_FALSE(checked.is_null());
        EXPECT_TRUE(checked["findings"].empty()) << checked.dump();
        const auto pruned = run("/node", {"session", "ls"});
        for (const auto& session : pruned["sessions"]) EXPECT_EQ(session["state"], "pruned");
        if (HasFailure()) return;
    }
    EXPECT_GT(in_time, 0);
}

TEST_F(Maintenance, a_killed_backup_or_restore_costs_nothing_that_was_there) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    make_current("/node");
    const auto folder = root + "/backup";
    const std::vector<std::string> create = {"backup", "create", folder};
    const auto key = root + "/node/keys/backup.key";
    auto takes = time_of([&] { ASSERT_FALSE(run("/node", create).is_null()); });
    const auto first = run("/node", {"backup", "ls", folder})["snapshots"][0]["name"];
    for (int i = 0; more(i); ++i) {
        kill("/node", create, takes);
        const auto verified = run("/node", {"backup", "verify", folder});
        ASSERT_FALSE(verified.is_null()) << "a backup is damaged";
        EXPECT_TRUE(verified["opened"].get<bool>());
        const auto list = run("/node", {"backup", "ls", folder})["snapshots"];
        EXPECT_EQ(list[0]["name"], first);
        if (HasFailure()) return;
    }
    const std::vector<std::string> restore = {"restore", folder, "--identity", key};
    takes = time_of([&] { ASSERT_FALSE(run("/timed", restore).is_null()); });
    for (int i = 0; more(i); ++i) {
        fs::remove_all(root + "/restored");
        kill("/restored", restore, takes);
        // What is not whole is no data directory, and the same command goes on.
        if (!fs::exists(root + "/restored/format"))
            EXPECT_FALSE(run("/restored", restore).is_null());
        else
            EXPECT_FALSE(run("/restored", {"fsck", "--repair"}).is_null());
        expect_both_verify("/restored");
        if (HasFailure()) return;
    }
    EXPECT_GT(in_time, 0);
}

TEST_F(Maintenance, a_killed_repair_is_finished_by_the_next) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    make_current("/current");
    const auto id = run("/current", {"session", "ls"})["sessions"][0]["id"].get<std::string>();
    // Damage of each kind: a torn catalog, a stray chunk, tiles that are gone.
    const auto directory = root + "/current/sessions/" + id;
    fs::resize_file(root + "/current/catalog.sqlite", 9000);
    for (const auto* beside : {"-wal", "-shm"})
        fs::remove(root + "/current/catalog.sqlite" + beside);
    ASSERT_TRUE(core::runtime::write_file_atomically(
        directory + "/chunks/" + std::string(64, '0') + ".lchk", as_bytes("stray")));
    fs::remove_all(directory + "/tiles");
    const std::vector<std::string> repair = {"fsck", "--repair"};
    copy("/current", "/timed");
    const auto takes = time_of([&] { run("/timed", repair); });
    for (int i = 0; more(i); ++i) {
        copy("/current", "/node");
        kill("/node", repair, takes);
        run("/node", repair);
        const auto again = run("/node", {"fsck"});
        ASSERT_TRUE(again.is_object());
        EXPECT_EQ(again["to_repair"], 0) << again.dump();
        EXPECT_EQ(again["broken"], 0) << again.dump();
        expect_both_verify("/node");
        EXPECT_TRUE(fs::exists(root + "/node/sessions/.set-aside/" + id + "/chunks"));
        EXPECT_TRUE(fs::exists(root + "/node/catalog.sqlite.damaged"));
        if (HasFailure()) return;
    }
    EXPECT_GT(in_time, 0);
}

}  // namespace
}  // namespace lucid::test
