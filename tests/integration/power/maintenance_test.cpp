// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>

#include "durable_tree.hpp"
#include "node_under_test.hpp"
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The power fails in the middle of a prune or a backup, or right behind it: everything that was not
// synced is gone.

namespace lucid::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

int rounds() {
    const auto* whole = std::getenv("LUCID_TEST_LONG");
    return whole != nullptr && std::string_view(whole) == "1" ? 30 : 4;
}

class PowerLossInMaintenance : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "lucid-power-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root = pattern;
        shadow = root + "/shadow";
        ASSERT_TRUE(unpack_format_1(root + "/node"));
        ASSERT_FALSE(run({"upgrade"}).is_null());
        random.seed(seed);
    }
    void TearDown() override {
        watch("");
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    /// From here on commands run on a disk that forgets, as far as it is below `folder`.
    void watch(const std::string& folder) const {
        if (folder.empty()) {
            ::unsetenv("LD_PRELOAD");
            return;
        }
        ::setenv("LUCID_POWER_ROOT", folder.c_str(), 1);
        ::setenv("LUCID_POWER_SHADOW", shadow.c_str(), 1);
        ::setenv("LD_PRELOAD", LUCID_POWER_SHADOW, 1);
    }
    Json run(const std::vector<std::string>& arguments) const {
        return run_lucid(root + "/node", arguments);
    }
    /// Runs it, or kills it somewhere in the middle; then the power is gone.
    void run_until_power_fails(const std::string& folder, const std::vector<std::string>& arguments,
                               Clock::duration takes, bool whole) {
        watch(folder);
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(takes).count();
        if (whole)
            EXPECT_FALSE(run(arguments).is_null());
        else
            kill_lucid(root + "/node", arguments,
                       std::chrono::microseconds(random() % static_cast<unsigned long>(us + 1)));
        watch("");
        lose_power(folder, shadow, random);
    }

    std::string root;
    std::string shadow;
    unsigned seed = std::random_device{}();
    std::mt19937 random;
};

TEST_F(PowerLossInMaintenance, a_backup_is_there_whole_or_not_at_all_and_those_before_stay) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const auto folder = root + "/backup";
    const std::vector<std::string> create = {"backup", "create", folder};
    const auto started = Clock::now();
    ASSERT_FALSE(run(create).is_null());
    const auto takes = 2 * (Clock::now() - started);
    take_for_durable(folder, shadow);
    std::set<std::string> finished = {
        run({"backup", "ls", folder})["snapshots"][0]["name"].get<std::string>()};
    for (int i = 0; i < rounds(); ++i) {
        const bool whole = i % 2 == 1;
        // Something new to store each time.
        std::string text(50'000, 'a');
        for (auto& c : text) c = static_cast<char>('a' + random() % 26);
        std::FILE* file = std::fopen((root + "/node/identities/filler.txt").c_str(), "w");
        ASSERT_NE(file, nullptr);
        std::fwrite(text.data(), 1, text.size(), file);
        std::fclose(file);
        run_until_power_fails(folder, create, takes, whole);
        const auto verified = run({"backup", "verify", folder});
        ASSERT_FALSE(verified.is_null()) << "a backup is not whole";
        std::set<std::string> now;
        const auto list = run({"backup", "ls", folder});
        for (const auto& snapshot : list["snapshots"])
            now.insert(snapshot["name"].get<std::string>());
        for (const auto& name : finished) EXPECT_TRUE(now.contains(name)) << name << " is gone";
        if (whole) EXPECT_GT(now.size(), finished.size()) << "a finished backup is gone";
        finished = now;
        if (HasFailure()) return;
    }
}

TEST_F(PowerLossInMaintenance, a_prune_leaves_recordings_whole_or_says_that_they_were_pruned) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const auto all = run({"session", "ls"});
    for (const auto& session : all["sessions"])
        (void)run({"session", "release", session["id"].get<std::string>()});
    const std::vector<std::string> prune = {"prune", "--older-than", "0h"};
    const auto sessions = root + "/node/sessions";
    fs::copy(sessions, root + "/kept", fs::copy_options::recursive);
    const auto started = Clock::now();
    ASSERT_FALSE(run(prune).is_null());
    const auto takes = Clock::now() - started;
    for (int i = 0; i < rounds(); ++i) {
        fs::remove_all(sessions);
        fs::copy(root + "/kept", sessions, fs::copy_options::recursive);
        take_for_durable(sessions, shadow);
        const bool whole = i % 2 == 1;
        run_until_power_fails(sessions, prune, takes, whole);
        std::size_t seen = 0;
        for (const auto& entry : fs::directory_iterator(sessions)) {
            const auto id = entry.path().filename().string();
            if (id.size() != 64) continue;
            ++seen;
            const bool says_so = fs::exists(entry.path() / "pruned.json");
            if (whole) EXPECT_TRUE(says_so) << "a finished prune is undone";
            if (!says_so)
                EXPECT_EQ(run({"session", "verify", id}).value("verdict", ""), "verified");
            for (const auto* proof : {"manifest.json", "manifest.sig", "anchor.json"})
                EXPECT_TRUE(fs::exists(entry.path() / proof)) << proof;
        }
        EXPECT_EQ(seen, 2U);
        (void)run({"fsck", "--repair"});
        ASSERT_FALSE(run(prune).is_null());
        const auto checked = run({"fsck"});
        EXPECT_TRUE(checked.is_object() && checked["findings"].empty()) << checked.dump();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace lucid::test
