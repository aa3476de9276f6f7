// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/format/verify.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <optional>
#include <random>
#include <set>

#include "desk_double.hpp"
#include "node_under_test.hpp"
#include "peers.hpp"
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// kill -9 of each process at random moments of running recordings, with the real program, the real
// recorder and scripted peers.

namespace lucid::test {
namespace {

namespace fs = std::filesystem;
namespace format = sessions::format;
namespace peers = rdp::gateway::test;
using rdp::gateway::HostSecurity;
using Clock = std::chrono::steady_clock;

/// Fifty with the full counts (test.sh --long).
const int kills_of_each = std::getenv("LUCID_TEST_LONG") != nullptr &&
                                  std::string_view(std::getenv("LUCID_TEST_LONG")) == "1"
                              ? 50
                              : 5;
constexpr std::uint64_t loss_us_max = 1'000'000;

/// A running node that knows `host` as "desk".
bool start_with_desk(NodeUnderTest& node, const peers::ScriptedHost& host) {
    const auto added = node.run({"host", "add", "desk", fmt::format("127.0.0.1:{}", host.port()),
                                 "--user", "alice", "--password-stdin", "--security", "nla"},
                                "Passw0rd!");
    if (added.is_null()) return false;
    node.start();
    return true;
}

/// Logs in with a new ticket.
peers::ScriptedClient connect(const NodeUnderTest& node) {
    const auto ticket = node.run({"ticket", "desk"});
    EXPECT_TRUE(ticket.is_object());
    const auto user = ticket.value("user", "");
    const auto secret = ticket.value("secret", "");
    auto client = peers::ScriptedClient::log_in(node.port(), HostSecurity::nla, user, secret);
    EXPECT_TRUE(client) << client.error().message();
    const auto started = client->start(user, secret);
    EXPECT_TRUE(started) << started.error().message();
    return std::move(*client);
}

std::set<std::string> recordings(const NodeUnderTest& node) {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(node.data() + "/sessions"))
        if (entry.path().filename().string().size() == 64)
            out.insert(entry.path().filename().string());
    return out;
}

format::MemoryBundle load(const std::string& directory) {
    format::MemoryBundle bundle;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file()) continue;
        auto content = core::runtime::read_file(entry.path().string(), 64 << 20);
        EXPECT_TRUE(content);
        bundle.files[fs::relative(entry.path(), directory).string()] = std::move(*content);
    }
    return bundle;
}

/// The recording is sealed, says why it ended, verifies and opens; gives its manifest.
format::Manifest check_recording(const NodeUnderTest& node, const std::string& id) {
    const auto directory = node.data() + "/sessions/" + id;
    EXPECT_TRUE(eventually([&] {
        return fs::exists(directory + "/manifest.json") && !fs::exists(directory + "/start.json");
    })) << id
        << " was not sealed";
    const auto text = core::runtime::read_file(node.data() + "/identities/owner.txt", 4096);
    const auto at = as_text(*text).find("AGE-SECRET-KEY-1");
    const auto line = as_text(*text).substr(at);
    const auto identity = crypto::age::Identity::parse(line.substr(0, line.find('\n')));
    EXPECT_TRUE(identity);
    auto bundle = load(directory);
    format::VerifyOptions options;
    options.identity = &*identity;
    options.allow_unanchored = true;
    const auto report = format::verify(bundle, options);
    EXPECT_NE(report.verdict, format::Verdict::refused)
        << id << ": " << (report.bad ? report.bad->file + ": " + report.bad->rule : "");
    EXPECT_TRUE(report.manifest);
    if (!report.manifest) return {};
    // Killed before its first segment was due, there is nothing to open.
    EXPECT_TRUE(report.opened || report.manifest->tree_size == 0);
    EXPECT_FALSE(report.manifest->reason.empty());
    return *report.manifest;
}

TEST(Kill, every_process_at_random_moments_loses_at_most_a_second) {
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    peers::ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    NodeUnderTest node;
    ASSERT_TRUE(start_with_desk(node, host));
    for (int i = 0; i < 4 * kills_of_each; ++i) {
        const auto* target =
            std::array{"relay", "recorder", "core", "chain"}[static_cast<std::size_t>(i) % 4];
        SCOPED_TRACE(fmt::format("round {}: {}", i, target));
        const auto before = recordings(node);
        ASSERT_TRUE(eventually([&] { return node.serves("recorder") && node.serves("chain"); }));
        std::optional client = connect(node);
        const auto started = Clock::now();
        std::atomic<bool> over{false};
        std::thread typist([&] {
            for (std::uint8_t key = 1; !over && client->type(key % 100 + 1); ++key)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 1500));
        const auto lived =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started);
        bool killed = true;
        if (std::string_view(target) == "core")
            node.kill_core();
        else
            killed = node.kill_role(target);
        over = true;
        typist.join();
        ASSERT_TRUE(killed);
        (void)client->leave();
        client.reset();
        if (std::string_view(target) == "core") node.start();
        auto after = recordings(node);
        for (const auto& id : before) after.erase(id);
        ASSERT_EQ(after.size(), 1U);
        const auto manifest = check_recording(node, *after.begin());
        // A session does not need the chain while it runs.
        EXPECT_EQ(manifest.complete, std::string_view(target) == "chain");
        EXPECT_GE(manifest.duration_us + loss_us_max, static_cast<std::uint64_t>(lived.count()))
            << "kept " << manifest.duration_us << " of " << lived.count() << " us";
        if (HasFatalFailure()) return;
    }
    // Later sessions work.
    const auto before = recordings(node);
    {
        auto client = connect(node);
        EXPECT_TRUE(client.type(30));
        EXPECT_TRUE(client.leave());
    }
    auto after = recordings(node);
    for (const auto& id : before) after.erase(id);
    ASSERT_EQ(after.size(), 1U);
    EXPECT_TRUE(check_recording(node, *after.begin()).complete);
}

TEST(Kill, the_recorder_while_it_seals_leaves_a_recording_that_is_whole_or_partial) {
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    peers::ScriptedHost host(HostSecurity::nla, "alice", "Passw0rd!");
    NodeUnderTest node;
    ASSERT_TRUE(start_with_desk(node, host));
    for (int i = 0; i < kills_of_each; ++i) {
        SCOPED_TRACE(fmt::format("round {}", i));
        const auto before = recordings(node);
        ASSERT_TRUE(eventually([&] { return node.serves("recorder"); }));
        std::chrono::microseconds lived{};
        {
            auto client = connect(node);
            const auto started = Clock::now();
            for (std::uint8_t key = 1; key < 60; ++key) EXPECT_TRUE(client.type(key));
            lived = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started);
            EXPECT_TRUE(client.leave());
        }
        // From the end event to the manifest it takes a few fsyncs.
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
        ASSERT_TRUE(node.kill_role("recorder"));
        auto after = recordings(node);
        for (const auto& id : before) after.erase(id);
        ASSERT_EQ(after.size(), 1U);
        const auto manifest = check_recording(node, *after.begin());
        EXPECT_GE(manifest.duration_us + loss_us_max, static_cast<std::uint64_t>(lived.count()));
        if (HasFatalFailure() || HasNonfatalFailure()) return;
    }
}

}  // namespace
}  // namespace lucid::test
