// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>

#include <ctime>
#include <sys/timex.h>

namespace lucid::core::runtime {
namespace {

std::int64_t now_us(clockid_t clock) {
    timespec t{};
    ::clock_gettime(clock, &t);
    return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

}  // namespace

std::int64_t boottime_us() {
    return now_us(CLOCK_BOOTTIME);
}
std::int64_t wall_time_us() {
    return now_us(CLOCK_REALTIME);
}
std::int64_t wall_time_s() {
    return wall_time_us() / 1'000'000;
}

bool clock_synchronised() {
    timex state{};
    const int result = ::adjtimex(&state);
    return result != TIME_ERROR && result >= 0 && (state.status & STA_UNSYNC) == 0;
}

}  // namespace lucid::core::runtime
