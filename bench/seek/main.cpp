// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// A long synthetic recording with its index, and seeks in it: how long, how much is read, whether
// the picture is the right one; how large the index is, and what the indexer costs.
//   bench_seek [HOURS=10] [SEEKS=200]

#include <lucid/common/crypto/hash.hpp>
#include <lucid/sessions/pictures/player.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/moment.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <tests/support/host_stream.hpp>
#include <tests/support/indexed_session.hpp>
#include <unistd.h>

#include "office.hpp"
#include <fmt/format.h>

namespace lucid::bench {
namespace {

namespace fs = std::filesystem;
namespace replay = sessions::replay;
using Clock = std::chrono::steady_clock;

/// Counts what is read.
class Counting final : public sessions::format::BundleSource {
  public:
    explicit Counting(std::string path) : source_(std::move(path)) {}
    Result<std::vector<sessions::format::BundleFile>> list() override { return source_.list(); }
    Result<Bytes> read(const std::string& name, std::size_t bytes_max) override {
        return counted(source_.read(name, bytes_max));
    }
    Result<Bytes> read_part(const std::string& name, std::uint64_t offset,
                            std::size_t length) override {
        return counted(source_.read_part(name, offset, length));
    }
    std::uint64_t bytes = 0;

  private:
    Result<Bytes> counted(Result<Bytes> read) {
        if (read) bytes += read->size();
        return read;
    }
    replay::DirectoryBundle source_;
};

template <class T>
T percentile(std::vector<T> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Pictures that are right, by time.
using Truth = std::map<std::uint64_t, Hash32>;

Truth record(test::IndexedSession& session, std::uint64_t duration_us, unsigned seeks) {
    using sessions::format::EventClass;
    std::mt19937_64 random(17);
    Truth truth;
    while (truth.size() < seeks) truth[random() % duration_us] = {};
    session.event(EventClass::screen, sessions::format::kind_connect_response, 0,
                  test::connect_response({.channels = 1}));
    session.event(EventClass::screen, sessions::format::kind_server_pdu, 0,
                  test::demand_active(Office::width, Office::height));
    Office office(5, [&](std::uint64_t time_us, ByteView pdu) {
        session.event(EventClass::screen, sessions::format::kind_server_pdu, time_us, pdu);
    });
    for (auto& [at_us, hash] : truth) {
        office.work(at_us);
        hash = crypto::sha256(office.picture());
    }
    office.work(duration_us);
    return truth;
}

struct Sought {
    std::vector<double> ms;
    std::vector<std::uint64_t> bytes;
    unsigned wrong = 0;
};

Sought seek(const test::IndexedSession& session, const Truth& truth) {
    Sought sought;
    for (const auto& [at_us, hash] : truth) {
        Counting source(session.directory());
        // The office's clock may stand a little behind a step it is in: its last event counts.
        const auto begun = Clock::now();
        const auto moment = replay::open_moment(source, session.owner(), at_us, {});
        if (!moment) {
            ++sought.wrong;
            continue;
        }
        sessions::pictures::Player player(moment->recording);
        player.advance(at_us);
        const std::chrono::duration<double, std::milli> taken = Clock::now() - begun;
        sought.ms.push_back(taken.count());
        sought.bytes.push_back(source.bytes);
        if (crypto::sha256(player.frame().pixels) != hash) ++sought.wrong;
    }
    return sought;
}

int run(double hours, unsigned seeks) {
    auto root = fs::temp_directory_path().string() + "/lucid-seek-" + std::to_string(::getpid());
    fs::create_directories(root);
    const auto duration_us = static_cast<std::uint64_t>(hours * 3600e6);
    test::IndexedSession session(root);
    const auto truth = record(session, duration_us, seeks);
    if (const auto finished = session.finish(duration_us); !finished) {
        fmt::print(stderr, "bench_seek: {}\n", finished.error().message());
        return 1;
    }
    const auto recorded = static_cast<double>(session.recorded_bytes());
    const auto index = static_cast<double>(session.index_bytes());
    fmt::print(
        "recording {:.1f} h, {:.1f} MB; index {:.2f} MB = {:.2f} %, {} keyframes; indexer {:.2f} % "
        "of a core\n",
        hours, recorded / 1e6, index / 1e6, 100 * index / recorded, session.keyframes(),
        100 * session.indexer_seconds() / (hours * 3600));
    const auto sought = seek(session, truth);
    fmt::print(
        "{} seeks: {:.0f} ms p50, {:.0f} ms p95, {:.0f} ms max; read {:.2f} MB p50, {:.2f} MB p95, "
        "{:.2f} MB max; {} wrong pictures\n",
        sought.ms.size(), percentile(sought.ms, 0.5), percentile(sought.ms, 0.95),
        percentile(sought.ms, 1), static_cast<double>(percentile(sought.bytes, 0.5)) / 1e6,
        static_cast<double>(percentile(sought.bytes, 0.95)) / 1e6,
        static_cast<double>(percentile(sought.bytes, 1)) / 1e6, sought.wrong);
    fs::remove_all(root);
    return sought.wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace lucid::bench

int main(int argc, char** argv) {
    return lucid::bench::run(argc > 1 ? std::atof(argv[1]) : 10,
                             argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 200);
}
