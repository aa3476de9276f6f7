// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

/// Policy vectors through the real gateway: door, relay and recorder processes, TLS on both legs.

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>

#include <algorithm>

#include "../gateway/recorder_double.hpp"
#include "world.hpp"
#include <gtest/gtest.h>

namespace lucid::test {

/// For GoogleTest.
static void PrintTo(const Vector& vector, std::ostream* out) {
    *out << vector.name << " with " << vector.policy;
}

namespace {

World* world = nullptr;

class WorldOwner : public testing::Environment {
  public:
    void SetUp() override {
        owned_ = std::make_unique<World>();
        world = owned_.get();
    }
    void TearDown() override {
        world = nullptr;
        owned_.reset();
    }

  private:
    std::unique_ptr<World> owned_;
};

std::vector<Heard> on_channel(const Step& step, const std::string& channel,
                              const std::vector<Bytes>& messages) {
    std::vector<Heard> out;
    for (const auto& message : messages) out.push_back({step.channel.value_or(channel), message});
    return out;
}

std::string shown(const std::vector<Heard>& heard) {
    std::string out;
    for (const auto& h : heard)
        out += "\n    " + h.channel + " " +
               to_hex(ByteView(h.message).first(std::min<std::size_t>(h.message.size(), 96))) +
               " (" + std::to_string(h.message.size()) + " bytes)";
    return out.empty() ? " nothing" : out;
}

void expect_heard(LiveSession& session, Side at, const std::vector<Heard>& wanted, bool later,
                  const std::string& where) {
    std::vector<Heard> heard;
    if (later)
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            auto one = session.hear_one(at);
            ASSERT_TRUE(one) << where << one.error().message();
            heard.push_back(std::move(*one));
        }
    auto rest = session.hear(at);
    ASSERT_TRUE(rest) << where << rest.error().message();
    heard.insert(heard.end(), rest->begin(), rest->end());
    EXPECT_EQ(heard, wanted) << where << (at == Side::host ? "host" : "client") << " heard"
                             << shown(heard) << "\n  and not" << shown(wanted);
}

void run_steps(LiveSession& session, const Vector& vector) {
    for (std::size_t i = 0; i < vector.steps.size(); ++i) {
        const auto& step = vector.steps[i];
        const auto where = "step " + std::to_string(i + 1) + ": ";
        for (int n = 0; n < step.times; ++n) {
            const auto said =
                session.say(step.from, step.channel.value_or(vector.channel), step.message);
            ASSERT_TRUE(said) << where << said.error().message();
            if (!vector.ends.empty() && i + 1 == vector.steps.size()) return;
            expect_heard(session, other_of(step.from),
                         on_channel(step, vector.channel, step.at_other), step.later, where);
            expect_heard(session, step.from, on_channel(step, vector.channel, step.at_sender),
                         step.later, where);
        }
    }
}

bool holds(const std::vector<Recorded>& events, const std::string& part) {
    return std::any_of(events.begin(), events.end(), [&](const Recorded& event) {
        return event.text().find(part) != std::string::npos;
    });
}

std::string told(const std::vector<Recorded>& events) {
    std::string out;
    for (const auto& event : events)
        if (event.kind == 34 || event.kind >= 64) out += "\n    " + event.text();
    return out;
}

class PolicyVectors : public testing::TestWithParam<Vector> {};

TEST_P(PolicyVectors, hold) {
    const auto& vector = GetParam();
    std::vector<std::string> channels = {vector.channel};
    if (vector.channel != "drdynvc") channels.emplace_back("drdynvc");
    auto session = LiveSession::start(*world, vector.policy, std::move(channels));
    ASSERT_TRUE(session) << session.error().message();
    run_steps(**session, vector);
    if (!HasFatalFailure() && vector.ends.empty()) EXPECT_TRUE((*session)->leave());
    if (!vector.ends.empty()) EXPECT_TRUE((*session)->wait_for_end());
    session->reset();
    const auto events = world->recorded();
    ASSERT_FALSE(events.empty()) << "nothing was recorded";
    const std::string ends =
        vector.ends.empty() ? R"({"reason":"client closed the connection")" : vector.ends;
    EXPECT_TRUE(holds(events, ends)) << "no end: " << ends << told(events);
    for (const auto& part : vector.events)
        EXPECT_TRUE(holds(events, part)) << "missing: " << part << "\n  there is" << told(events);
    for (const auto& part : vector.never)
        EXPECT_FALSE(holds(events, part)) << "recorded: " << part << told(events);
}

std::string test_name(const testing::TestParamInfo<Vector>& info) {
    std::string name;
    for (const char c : info.param.name)
        name.push_back(
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Clipboard, PolicyVectors, testing::ValuesIn(clipboard_vectors()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(ClipboardFiles, PolicyVectors, testing::ValuesIn(clipboard_file_vectors()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Drive, PolicyVectors, testing::ValuesIn(drive_vectors()), test_name);
INSTANTIATE_TEST_SUITE_P(Devices, PolicyVectors, testing::ValuesIn(device_vectors()), test_name);
INSTANTIATE_TEST_SUITE_P(Dynamic, PolicyVectors, testing::ValuesIn(dynamic_vectors()), test_name);
INSTANTIATE_TEST_SUITE_P(Session, PolicyVectors, testing::ValuesIn(session_vectors()), test_name);

}  // namespace
}  // namespace lucid::test

int main(int argc, char** argv) {
    using namespace lucid::rdp::gateway;
    const std::string_view role = argc > 2 && std::string_view(argv[1]) == "role" ? argv[2] : "";
    if (role == "relay") return run_relay_process(lucid::core::net::Fd(3));
    if (role == "door") return run_door_process(lucid::core::net::Fd(3));
    if (role == "recorder" && argc > 3) return test::run_recorder_double(argv[3]);
    testing::InitGoogleTest(&argc, argv);
    testing::AddGlobalTestEnvironment(new lucid::test::WorldOwner);
    return RUN_ALL_TESTS();
}
