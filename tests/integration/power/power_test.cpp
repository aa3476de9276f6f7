// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/age.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/format/verify.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <optional>
#include <set>
#include <stdlib.h>

#include "durable_tree.hpp"
#include "node_under_test.hpp"
#include "peers.hpp"
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The power fails at random moments of running recordings: everything that was not synced is gone.

namespace lucid::test {
namespace {

namespace fs = std::filesystem;
namespace format = sessions::format;
namespace peers = rdp::gateway::test;
using rdp::gateway::HostSecurity;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t loss_us_max = 1'000'000;

int rounds() {
    const auto* whole = std::getenv("LUCID_TEST_LONG");
    return whole != nullptr && std::string_view(whole) == "1" ? 40 : 6;
}

class PowerLoss : public testing::Test {
  protected:
    PowerLoss() : host(HostSecurity::nla, "alice", "Passw0rd!") {
        sessions = node.data() + "/sessions";
        // Inside the recorder's jail, which may write there.
        shadow = node.data() + "/log/shadow";
        fs::create_directories(shadow);
        library = node.data() + "/log/power_shadow.so";
        fs::copy_file(LUCID_POWER_SHADOW, library);
        ::setenv("LUCID_POWER_ROOT", sessions.c_str(), 1);
        ::setenv("LUCID_POWER_SHADOW", shadow.c_str(), 1);
    }
    ~PowerLoss() override { forget_preload(); }

    static void forget_preload() { ::unsetenv("LD_PRELOAD"); }

    void start() {
        ::setenv("LD_PRELOAD", library.c_str(), 1);
        node.start();
        forget_preload();
    }
    std::optional<peers::ScriptedClient> connect() const {
        const auto ticket = node.run({"ticket", "desk"});
        EXPECT_TRUE(ticket.is_object());
        const auto user = ticket.value("user", "");
        const auto secret = ticket.value("secret", "");
        auto client = peers::ScriptedClient::log_in(node.port(), HostSecurity::nla, user, secret);
        EXPECT_TRUE(client) << client.error().message();
        EXPECT_TRUE(client->start(user, secret));
        return std::move(*client);
    }
    std::set<std::string> recordings() const {
        std::set<std::string> out;
        for (const auto& entry : fs::directory_iterator(sessions))
            if (entry.path().filename().string().size() == 64)
                out.insert(entry.path().filename().string());
        return out;
    }
    /// Sealed, with a reason, and every byte of it opens.
    format::Manifest check(const std::string& id) const {
        const auto directory = sessions + "/" + id;
        EXPECT_TRUE(eventually([&] {
            return fs::exists(directory + "/manifest.json") &&
                   !fs::exists(directory + "/start.json");
        })) << id
            << " was not sealed";
        const auto text = core::runtime::read_file(node.data() + "/identities/owner.txt", 4096);
        const auto line = as_text(*text).substr(as_text(*text).find("AGE-SECRET-KEY-1"));
        const auto identity = crypto::age::Identity::parse(line.substr(0, line.find('\n')));
        sessions::replay::DirectoryBundle source(directory);
        format::VerifyOptions options;
        options.identity = &*identity;
        options.allow_unanchored = true;
        const auto report = format::verify(source, options);
        EXPECT_NE(report.verdict, format::Verdict::refused)
            << id << ": " << (report.bad ? report.bad->file + ": " + report.bad->rule : "");
        if (!report.manifest) return {};
        EXPECT_FALSE(report.manifest->reason.empty());
        return *report.manifest;
    }

    NodeUnderTest node;
    peers::ScriptedHost host;
    std::string sessions;
    std::string shadow;
    std::string library;  ///< where roles, in core's jail, may read it
};

TEST_F(PowerLoss, costs_at_most_a_second_and_nothing_that_was_sealed) {
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ASSERT_FALSE(node.run({"host", "add", "desk", fmt::format("127.0.0.1:{}", host.port()),
                           "--user", "alice", "--password-stdin", "--security", "nla"},
                          "Passw0rd!")
                     .is_null());
    std::set<std::string> sealed;
    for (int round = 0; round < rounds(); ++round) {
        SCOPED_TRACE(fmt::format("round {}", round));
        start();
        // What the loss before left is sealed by now or soon; then the disk knows it.
        for (const auto& id : recordings()) {
            check(id);
            sealed.insert(id);
        }
        auto client = connect();
        const auto started = Clock::now();
        std::atomic<bool> over{false};
        std::thread typist([&] {
            for (std::uint8_t key = 1; !over && client->type(key % 100 + 1); ++key)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 2500));
        const auto lived =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started);
        const bool killed = node.kill_role("recorder");
        node.kill_core();
        over = true;
        typist.join();
        ASSERT_TRUE(killed);
        const auto before = recordings();
        lose_power(sessions, shadow, random);
        const auto after = recordings();
        EXPECT_EQ(after, before) << "a session that was shown to somebody is missing";
        for (const auto& id : sealed) EXPECT_TRUE(after.contains(id)) << id;
        start();
        for (const auto& id : after) {
            const auto manifest = check(id);
            if (sealed.contains(id)) continue;
            EXPECT_FALSE(manifest.complete);
            EXPECT_GE(manifest.duration_us + loss_us_max, static_cast<std::uint64_t>(lived.count()))
                << "kept " << manifest.duration_us << " of " << lived.count() << " us";
        }
        node.kill_core();
        if (HasFatalFailure() || HasNonfatalFailure()) return;
    }
}

}  // namespace
}  // namespace lucid::test
