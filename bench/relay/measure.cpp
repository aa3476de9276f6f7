// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "mcs_script.hpp"
#include <fmt/format.h>

namespace lucid::bench {

namespace test = rdp::gateway::test;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t pdu_bytes = 16 * 1024;
constexpr std::size_t batch_pdus = 4;
/// Header of a fast-path PDU of this size, see screen_output().
constexpr std::size_t batch_bytes = batch_pdus * (pdu_bytes + 3);
constexpr int round_trips = 2000;
constexpr std::uint8_t key_echo = 1;
constexpr std::uint8_t key_incompressible = 2;
constexpr std::uint8_t key_compressible = 3;

/// 64 different PDUs; compressible ones are lines of a log, about 4:1 for zstd's first level.
std::vector<Bytes> make_pdus(bool compressible) {
    std::mt19937_64 random(7);
    std::vector<Bytes> out;
    for (int i = 0; i < 64; ++i) {
        Bytes content;
        while (content.size() < pdu_bytes) {
            if (compressible) {
                const auto line = fmt::format(
                    "2026-11-24T12:{:02}:{:02}.{:06} info relay bytes={} session={:08x}\n",
                    random() % 60, random() % 60, random() % 1000000, random() % 100000,
                    random() % 4096);
                append(content, as_bytes(line));
            } else {
                const auto word = random();
                append(content, {reinterpret_cast<const std::uint8_t*>(&word), sizeof word});
            }
        }
        content.resize(pdu_bytes);
        out.push_back(test::screen_output(content));
    }
    return out;
}

}  // namespace

test::ScriptedHost::Answer bulk_host(std::size_t bulk_bytes) {
    return [bulk_bytes](test::Wire& wire, ByteView pdu) -> Result<void> {
        static const auto random = make_pdus(false);
        static const auto text = make_pdus(true);
        const auto key = pdu[3];
        if (key == key_echo) return wire.send(test::screen_output(pdu));
        const auto& pdus = key == key_incompressible ? random : text;
        for (std::size_t i = 0; i < bulk_bytes / batch_bytes; ++i) {
            // Several PDUs per write, as a busy host does.
            Bytes batch;
            for (std::size_t n = 0; n < batch_pdus; ++n)
                append(batch, pdus[(batch_pdus * i + n) % pdus.size()]);
            LUCID_CHECK(wire.send(batch));
        }
        return {};
    };
}

std::uint64_t cpu_ns(pid_t pid) {
    std::uint64_t sum = 0;
    std::error_code ignored;
    const auto tasks = fmt::format("/proc/{}/task", pid);
    for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
        std::ifstream in(task.path() / "schedstat");
        std::uint64_t value = 0;
        in >> value;
        sum += value;
    }
    return sum;
}

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

Result<Sample> measure(test::ScriptedClient& client, Traffic traffic, std::size_t bulk_bytes,
                       const std::vector<pid_t>& between) {
    Sample sample;
    const auto all_cpu = [&] {
        std::uint64_t sum = 0;
        for (const auto pid : between) sum += cpu_ns(pid);
        return sum;
    };
    const auto cpu_before = all_cpu();
    const auto relay_before = between.empty() ? 0 : cpu_ns(between.front());
    const auto begun = Clock::now();
    LUCID_CHECK(client.wire().send(test::key_input(
        traffic == Traffic::incompressible ? key_incompressible : key_compressible)));
    std::size_t received = 0;
    while (received < bulk_bytes / batch_bytes * batch_bytes) {
        LUCID_CHECK(client.wire().receive());
        received += client.wire().input().size();
        client.wire().input().clear();
    }
    const std::chrono::duration<double> took = Clock::now() - begun;
    // What is still on its way to the recorder belongs to this bulk.
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    const auto megabytes = static_cast<double>(received) / 1e6;
    sample.megabytes_per_s = megabytes / took.count();
    sample.cpu_ms_per_megabyte = static_cast<double>(all_cpu() - cpu_before) / 1e6 / megabytes;
    if (!between.empty())
        sample.relay_ms_per_megabyte =
            static_cast<double>(cpu_ns(between.front()) - relay_before) / 1e6 / megabytes;
    for (int i = 0; i < round_trips; ++i) {
        const auto start = Clock::now();
        LUCID_CHECK(client.type(key_echo));
        const std::chrono::duration<double, std::micro> trip = Clock::now() - start;
        sample.round_trips_us.push_back(trip.count());
    }
    return sample;
}

}  // namespace lucid::bench
