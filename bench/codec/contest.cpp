// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bench/codec/contest.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace lucid::bench {

namespace {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double frames_a_second(const std::function<bool()>& decode, double turn_seconds) {
    const double start = cpu_seconds();
    double now = start;
    int frames = 0;
    while (now - start < turn_seconds) {
        if (!decode()) {
            std::fprintf(stderr, "bench_codec: a decoder refused a frame\n");
            std::exit(1);
        }
        ++frames;
        now = cpu_seconds();
    }
    return frames / (now - start);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

Outcome run(const Contest& contest, int rounds, double turn_seconds) {
    std::vector<double> ours, theirs, ratios;
    for (int round = 0; round < rounds; ++round) {
        double a = 0, b = 0;
        if (round % 2 == 0) a = frames_a_second(contest.ours, turn_seconds);
        b = frames_a_second(contest.theirs, turn_seconds);
        if (round % 2 == 1) a = frames_a_second(contest.ours, turn_seconds);
        ours.push_back(a);
        theirs.push_back(b);
        ratios.push_back(a / b);
    }
    return {median(ours), median(theirs), median(ratios),
            *std::min_element(ratios.begin(), ratios.end()),
            *std::max_element(ratios.begin(), ratios.end())};
}

}  // namespace lucid::bench
