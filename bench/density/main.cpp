// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Many sessions at once at the rates of real ones: what is lost or late against a direct connection
// and a bare relay, memory and processor per session. The ways take turns in one run.
//   bench_density [sessions=50] [seconds=60] [rounds=1] [video sessions=sessions/10] [indexers=16]
//   bench_density soak [sessions] [seconds] [indexers]      only over Lucid; "ok"/"not ok" lines

#include <lucid/core/runtime/config.hpp>
#include <lucid/core/runtime/log.hpp>

#include <algorithm>
#include <csignal>
#include <map>
#include <string_view>

#include "../relay/measure.hpp"
#include "crowd.hpp"
#include "recording_node.hpp"
#include <fmt/format.h>

namespace lucid::bench {
namespace {

/// A frame of a moving picture that is later than this is one that a viewer misses.
constexpr double late_ms = 100;
/// Growth of a session's memory in a soak that is no growth.
constexpr double flat_bytes = 1e6;

std::vector<Show> make_shows(std::size_t sessions, std::size_t videos, int seconds) {
    std::vector<Show> shows;
    for (std::size_t i = 0; i < sessions; ++i) {
        const auto& workload = i < videos ? video : text;
        shows.push_back({workload, std::chrono::seconds(seconds),
                         workload.interval * static_cast<int>(i) / static_cast<int>(sessions)});
    }
    return shows;
}

struct Totals {
    std::uint64_t frames = 0;
    std::uint64_t missing = 0;
    std::uint64_t late = 0;
    std::uint64_t broken = 0;
    double megabytes = 0;
    double cpu_s = 0;
    double seconds = 0;
    std::vector<double> late_ms_all;
    std::vector<double> pss;
    std::vector<double> relay_pss;
    std::size_t indexers = 0;
    std::vector<double> indexer_pss;
    double indexer_cpu_s = 0;
};

void add(Totals& totals, const CrowdSample& sample) {
    for (const auto& seen : sample.seen) {
        totals.frames += seen.frames;
        totals.missing += seen.missing;
        totals.broken += seen.broken ? 1 : 0;
        totals.megabytes += static_cast<double>(seen.bytes) / 1e6;
        for (const auto ms : seen.late_ms) totals.late += ms > late_ms ? 1 : 0;
        totals.late_ms_all.insert(totals.late_ms_all.end(), seen.late_ms.begin(),
                                  seen.late_ms.end());
    }
    totals.cpu_s += sample.cpu_s;
    totals.seconds += sample.seconds;
    totals.pss.push_back(sample.pss_bytes_each);
    totals.relay_pss.push_back(sample.relay_pss_bytes_each);
    totals.indexers = sample.indexers;
    totals.indexer_pss.push_back(sample.indexer_pss_bytes);
    totals.indexer_cpu_s += sample.indexer_cpu_s;
}

std::string about_indexers(const Totals& t) {
    if (t.indexers == 0) return "no session is indexed";
    return fmt::format("{} sessions are indexed: {:.1f} MB PSS and {:.2f} % of a core each",
                       t.indexers, percentile(t.indexer_pss, 0.5) / 1e6,
                       100 * t.indexer_cpu_s / t.seconds / static_cast<double>(t.indexers));
}

void print(Way way, const Totals& t, std::size_t sessions) {
    fmt::print("{:8} {:9} {:8} {:7} {:9.2f} {:9.2f} {:8.1f} {:9.2f} {:10.3f} {:9.1f} {:9.1f}\n",
               to_text(way), t.frames, t.missing, t.late, percentile(t.late_ms_all, 0.5),
               percentile(t.late_ms_all, 0.99), t.megabytes / t.seconds,
               100 * t.cpu_s / t.seconds / static_cast<double>(sessions),
               1000 * t.cpu_s / t.megabytes, percentile(t.pss, 0.5) / 1e6,
               percentile(t.relay_pss, 0.5) / 1e6);
}

int compare(std::size_t sessions, int seconds, int rounds, std::size_t videos, unsigned indexers) {
    Crowd crowd(make_shows(sessions, videos, seconds), indexers);
    std::map<Way, Totals> totals;
    constexpr std::array ways = {Way::direct, Way::bare, Way::lucid};
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < ways.size(); ++i) {
            // Another order in each round.
            const auto way = ways[(i + static_cast<std::size_t>(round)) % ways.size()];
            const auto sample = crowd.run(way);
            if (!sample) {
                fmt::print(stderr, "bench_density: {}: {}\n", to_text(way),
                           sample.error().message());
                return 1;
            }
            add(totals[way], *sample);
        }
    fmt::print("{} sessions, {} of them video ({:.1f} MB/s each), the others text ({:.1f} MB/s)\n",
               sessions, videos, video.megabytes_per_s(), text.megabytes_per_s());
    fmt::print("{:8} {:>9} {:>8} {:>7} {:>9} {:>9} {:>8} {:>9} {:>10} {:>9} {:>9}\n", "", "frames",
               "missing", "late", "p50 ms", "p99 ms", "MB/s", "CPU %/s.", "CPU ms/MB", "PSS MB/s.",
               "of relay");
    for (const auto way : ways) print(way, totals[way], sessions);
    fmt::print("{}\n", about_indexers(totals[Way::lucid]));
    return totals[Way::lucid].missing == 0 && totals[Way::lucid].broken == 0 ? 0 : 1;
}

int soak(std::size_t sessions, int seconds, unsigned indexers) {
    Crowd crowd(make_shows(sessions, std::max<std::size_t>(1, sessions / 10), seconds), indexers);
    const auto sample = crowd.run(Way::lucid);
    Totals totals;
    if (sample) add(totals, *sample);
    bool good = true;
    const auto claim = [&](bool holds, const std::string& what) {
        fmt::print("{} {}\n", holds ? "ok" : "not ok", what);
        good = good && holds;
    };
    claim(sample.has_value() && totals.broken == 0,
          fmt::format("{} sessions run for {} s", sessions, seconds));
    claim(totals.missing == 0 && totals.frames > 0,
          fmt::format("none of their {} frames is lost", totals.frames));
    if (!sample) return 1;
    claim(sample->indexers == std::min<std::size_t>(sessions, indexers),
          fmt::format("indexers keep running: {}", about_indexers(totals)));
    if (sample->relay_pss_bytes_each == 0) {
        fmt::print("skip memory of sessions (this user may not look into relays)\n");
        return good ? 0 : 1;
    }
    const double growth = sample->pss_bytes_each - sample->early_pss_bytes_each;
    claim(growth < flat_bytes,
          fmt::format("memory stays flat: {:.1f} MB a session after an eighth of the time, {:+.2f} "
                      "at seven eighths",
                      sample->early_pss_bytes_each / 1e6, growth / 1e6));
    claim(sample->pss_bytes_each < 16e6,
          fmt::format("a session takes {:.1f} MB (PSS, with its share of the recorder), 16 at most",
                      sample->pss_bytes_each / 1e6));
    return good ? 0 : 1;
}

}  // namespace
}  // namespace lucid::bench

int main(int argc, char** argv) {
    using namespace lucid::bench;
    if (argc > 2 && std::string_view(argv[1]) == "role") return run_role(argc, argv);
    std::signal(SIGPIPE, SIG_IGN);
    lucid::core::runtime::log::open("bench", lucid::core::runtime::log::Level::error, "");
    const bool soaking = argc > 1 && std::string_view(argv[1]) == "soak";
    const auto number = [&](int at, int otherwise) {
        at += soaking ? 1 : 0;
        return argc > at ? std::max(1, std::atoi(argv[at])) : otherwise;
    };
    const int sessions = std::min(number(1, 50), 200);
    const auto indexers = [&](int at) {
        const auto otherwise = static_cast<int>(lucid::core::runtime::Config{}.indexers_max);
        return static_cast<unsigned>(argc > at ? std::atoi(argv[at]) : otherwise);
    };
    if (soaking) return soak(static_cast<std::size_t>(sessions), number(2, 60), indexers(4));
    return compare(static_cast<std::size_t>(sessions), number(2, 60), number(3, 1),
                   static_cast<std::size_t>(number(4, std::max(1, sessions / 10))), indexers(5));
}
