// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

#include "arena.hpp"
#include <gtest/gtest.h>

namespace lucid::hostile {

namespace {

using namespace std::chrono_literals;

/// Rows at once; those that wait for a time limit do little else.
constexpr std::size_t workers = 4;
constexpr std::size_t stalls_at_once = 8;
/// Between two quiet spells.
constexpr std::size_t group_rows = 24;
constexpr auto quiet_spell = 200ms;

struct Run {
    std::map<std::string, Outcome> outcomes;
    Latency latency;
    std::size_t relay_bytes_max = 0;
    AtDoor at_door;
};

/// Names that --gtest_filter leaves.
std::vector<const Misbehaviour*> chosen() {
    std::map<std::string, bool> runs;
    const auto& unit = *testing::UnitTest::GetInstance();
    bool whole = false;
    for (int i = 0; i < unit.total_test_suite_count(); ++i) {
        const auto& suite = *unit.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); ++j) {
            const auto& test = *suite.GetTestInfo(j);
            const std::string name = test.name();
            if (name.find('/') == std::string::npos)
                whole = whole || test.should_run();
            else
                runs[name.substr(name.find('/') + 1)] = test.should_run();
        }
    }
    std::vector<const Misbehaviour*> rows;
    for (const auto& row : misbehaviours())
        if (runs[row.name]) rows.push_back(&row);
    return rows;
}

Run run_all() {
    Run run;
    const auto rows = chosen();
    std::vector<Outcome> results(rows.size());
    Arena arena;
    std::this_thread::sleep_for(4 * quiet_spell);
    // Those that wait for a time limit do so beside all others.
    std::vector<std::thread> stalls;
    std::atomic<std::size_t> next_stall{0};
    for (std::size_t i = 0; i < stalls_at_once; ++i)
        stalls.emplace_back([&] {
            for (std::size_t at = next_stall++; at < rows.size(); at = next_stall++)
                if (rows[at]->reason == too_long)
                    results[at] = arena.run(*rows[at], static_cast<unsigned>(at));
        });
    for (std::size_t start = 0; start < rows.size(); start += group_rows) {
        const auto end = std::min(start + group_rows, rows.size());
        std::atomic<std::size_t> next{start};
        arena.under_attack(true);
        std::vector<std::thread> pool;
        for (std::size_t i = 0; i < workers; ++i)
            pool.emplace_back([&] {
                for (std::size_t at = next++; at < end; at = next++)
                    if (rows[at]->reason != too_long)
                        results[at] = arena.run(*rows[at], static_cast<unsigned>(at));
            });
        for (auto& thread : pool) thread.join();
        arena.under_attack(false);
        std::this_thread::sleep_for(quiet_spell);
    }
    for (auto& thread : stalls) thread.join();
    for (std::size_t i = 0; i < rows.size(); ++i) run.outcomes[rows[i]->name] = results[i];
    run.latency = arena.dismiss_witness();
    run.relay_bytes_max = arena.relay_bytes_max();
    run.at_door.told = arena.turned_away();
    for (const auto* row : rows)
        if (row->ends == Ends::at_door) ++run.at_door.rows;
    return run;
}

const Run& the_run() {
    static const Run run = run_all();
    return run;
}

}  // namespace

const std::map<std::string, Outcome>& outcomes() {
    return the_run().outcomes;
}

const Latency& witness_latency() {
    return the_run().latency;
}

std::size_t relay_bytes_max() {
    return the_run().relay_bytes_max;
}

AtDoor at_door() {
    return the_run().at_door;
}

}  // namespace lucid::hostile
