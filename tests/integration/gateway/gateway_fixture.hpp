// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A gateway with real relay processes, tickets in memory and a recorder double, in front of a
/// scripted host.

#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>

#include <filesystem>
#include <fstream>

#include "desk_double.hpp"
#include "peers.hpp"
#include <gtest/gtest.h>

namespace lucid::rdp::gateway::test {

class GatewayTest : public testing::Test {
  protected:
    GatewayTest()
        : directory_(std::filesystem::temp_directory_path() / ("lucid-gateway-" + random_name())) {
        std::filesystem::create_directories(directory_);
        desk.add("lt-one", "secret one");
        desk.add("lt-two", "secret two");
    }
    ~GatewayTest() override {
        gateway.reset();
        recorder.reset();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    static std::string random_name() {
        return std::to_string(::getpid()) + "-" + std::to_string(counter_++);
    }
    void use_host(const ScriptedHost& host, HostSecurity security) {
        desk.host.port = host.port();
        desk.host.trust.certificate_pin = host.pin();
        desk.host.security = security;
        desk.host.user = "alice";
        desk.host.password = "Passw0rd!";
    }
    void start(bool allow_tls_only = false) {
        recorder = std::make_unique<RecorderLink>(directory_.string(),
                                                  [this](const RecordingClosed& closed) {
                                                      const std::lock_guard lock(mutex_);
                                                      closed_.push_back(closed);
                                                      changed_.notify_all();
                                                  });
        // The recorder role starts in the background; sessions before it would be refused.
        wait_until([this] { return recorder->running(); });
        const auto identity = make_identity("gateway.test");
        GatewayOptions options;
        options.listen = {"127.0.0.1", 0};
        options.allow_tls_only = allow_tls_only;
        options.certificate_pem = identity.certificate_pem;
        options.login_deadline = std::chrono::seconds(5);
        options.dial_limit = std::chrono::seconds(2);
        options.resume_window = resume_window;
        options.limits.logins_max = logins_max;
        auto started = Gateway::start(std::move(options), *LocalSigner::from_pem(identity.key_pem),
                                      desk, *recorder, metrics);
        ASSERT_TRUE(std::holds_alternative<std::unique_ptr<Gateway>>(started));
        gateway = std::move(std::get<std::unique_ptr<Gateway>>(started));
        port = gateway->listening_on().port;
    }
    template <class Condition>
    static void wait_until(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited too long";
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    /// The next recording that the recorder closed.
    RecordingClosed next_closed() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [this] { return !closed_.empty(); })) return {};
        auto out = closed_.front();
        closed_.erase(closed_.begin());
        return out;
    }
    std::string events_of(const SessionId& id) const {
        std::ifstream in(directory_ / (id.hex() + ".events"), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t recordings() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(directory_),
                          std::filesystem::directory_iterator()));
    }
    Result<ScriptedClient> log_in(const std::string& user = "lt-one",
                                  const std::string& secret = "secret one",
                                  HostSecurity security = HostSecurity::nla) const {
        return ScriptedClient::log_in(port, security, user, secret);
    }
    /// A session that runs; the failure is the test's.
    ScriptedClient running_session() {
        auto client = log_in();
        EXPECT_TRUE(client) << client.error().message();
        const auto started = client->start("lt-one", "secret one");
        EXPECT_TRUE(started) << started.error().message();
        return std::move(*client);
    }
    void expect_refused(const Result<ScriptedClient>& client, std::uint32_t status) {
        ASSERT_FALSE(client);
        EXPECT_EQ(client.error().code, Errc::refused) << client.error().message();
        EXPECT_EQ(client.error().offset, status) << client.error().message();
        wait_until([this] { return gateway->sessions().empty(); });
        EXPECT_EQ(recordings(), 0U);
    }

    DeskDouble desk;
    core::runtime::Metrics metrics;
    std::unique_ptr<RecorderLink> recorder;
    std::unique_ptr<Gateway> gateway;
    std::uint16_t port = 0;
    std::size_t logins_max = 32;
    /// Most tests end sessions by closing connections.
    std::chrono::seconds resume_window{0};

  private:
    static inline int counter_ = 0;
    std::filesystem::path directory_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<RecordingClosed> closed_;
};

}  // namespace lucid::rdp::gateway::test
