// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/admission.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

using namespace std::chrono_literals;
const Admission::Time start{};

AdmissionLimits small_limits() {
    AdmissionLimits limits;
    limits.connections_max = 3;
    limits.connections_per_address_max = 2;
    limits.arrivals_per_address_max = 4;
    limits.failures_per_address_max = 2;
    limits.window = 60s;
    return limits;
}

TEST(Admission, counts_live_connections_per_address_and_in_total) {
    Admission admission(small_limits());
    EXPECT_EQ(admission.arrive("a", start), Admitted::yes);
    EXPECT_EQ(admission.arrive("a", start), Admitted::yes);
    EXPECT_EQ(admission.arrive("a", start), Admitted::too_many_from_address);
    EXPECT_EQ(admission.arrive("b", start), Admitted::yes);
    EXPECT_EQ(admission.arrive("c", start), Admitted::too_many);
    admission.leave("a");
    EXPECT_EQ(admission.arrive("c", start), Admitted::yes);
    EXPECT_EQ(admission.alive(), 3U);
}

TEST(Admission, slows_an_address_that_comes_too_often_until_the_window_has_passed) {
    Admission admission(small_limits());
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(admission.arrive("a", start + i * 1s), Admitted::yes);
        admission.leave("a");
    }
    EXPECT_EQ(admission.arrive("a", start + 5s), Admitted::too_often);
    EXPECT_EQ(admission.arrive("b", start + 5s), Admitted::yes);
    EXPECT_EQ(admission.arrive("a", start + 60s), Admitted::yes);
}

TEST(Admission, holds_off_an_address_with_many_failed_logins) {
    Admission admission(small_limits());
    EXPECT_EQ(admission.arrive("a", start), Admitted::yes);
    admission.note_failure("a", start);
    admission.leave("a");
    EXPECT_EQ(admission.arrive("a", start + 1s), Admitted::yes);
    admission.note_failure("a", start + 1s);
    admission.leave("a");
    EXPECT_EQ(admission.arrive("a", start + 2s), Admitted::too_many_failures);
    EXPECT_EQ(admission.arrive("a", start + 62s), Admitted::yes);
}

TEST(Admission, forgets_idle_addresses_before_memory_grows) {
    AdmissionLimits limits = small_limits();
    Admission admission(limits);
    for (std::size_t i = 0; i < Admission::addresses_max; ++i) {
        const auto address = std::to_string(i);
        ASSERT_EQ(admission.arrive(address, start), Admitted::yes);
        admission.leave(address);
    }
    EXPECT_EQ(admission.arrive("one more", start), Admitted::yes);
}

}  // namespace
}  // namespace lucid::rdp::gateway
