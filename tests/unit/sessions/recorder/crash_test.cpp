// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/recorder/recovery.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <csignal>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

// kill -9 of the process that writes a recording; time is virtual, so the moments come from a seed.
// The whole recorder process is killed in tests/integration/kill.

namespace lucid::sessions::recorder {
namespace {

using format::EventClass;
using test::RecordingRig;

constexpr std::uint64_t step_us = 10'000;
constexpr std::uint64_t loss_us_max = 1'000'000;

/// Records an event of changing class and size in each step and dies behind step `last`.
[[noreturn]] void record_and_die(RecordingRig& rig, std::uint64_t last) {
    auto writer = rig.create();
    if (!writer) ::_exit(1);
    for (std::uint64_t n = 0; n <= last; ++n) {
        const auto event_class = static_cast<EventClass>(n % 5);
        const auto payload = test::noise(n * 37 % 20'000, n);
        if (!(*writer)->add(event_class, format::kind_server_pdu, n * step_us, payload) ||
            !(*writer)->tick(n * step_us))
            ::_exit(1);
    }
    ::raise(SIGKILL);
    ::_exit(1);
}

TEST(Crash, killed_at_twenty_moments_a_recording_is_partial_and_lacks_at_most_a_second) {
    std::mt19937 moments(20261124);
    for (int round = 0; round < 20; ++round) {
        const std::uint64_t last = moments() % 2'000;
        RecordingRig rig;
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) record_and_die(rig, last);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "step " << last;
        ASSERT_EQ(WTERMSIG(status), SIGKILL) << "step " << last;

        ASSERT_TRUE(needs_recovery(rig.directory()));
        const auto manifest = recover(rig.directory(), "recorder lost", rig.evidence_key);
        ASSERT_TRUE(manifest) << "step " << last << ": " << manifest.error().message();
        EXPECT_FALSE(manifest->complete);
        EXPECT_EQ(manifest->reason, "recorder lost");
        const auto report = rig.verify();
        ASSERT_EQ(report.verdict, format::Verdict::consistent_unpinned) << "step " << last;
        EXPECT_LE(last * step_us - rig.last_event_us(), loss_us_max) << "step " << last;
    }
}

}  // namespace
}  // namespace lucid::sessions::recorder
