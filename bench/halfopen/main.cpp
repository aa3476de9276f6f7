// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// What hostile connections that never log in do to a live session and to new logins. Quiet, 10,000
// half-open and 1,000 slow connections by turns in one run, so that a machine that changes its
// speed changes it for all.
//   bench_halfopen [rounds] [half-open] [slow]

#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

#include "desk_double.hpp"
#include "flood.hpp"
#include "peers.hpp"
#include "recorder_double.hpp"
#include <fmt/format.h>

namespace lucid::bench {
namespace {

namespace gateway = rdp::gateway;
namespace test = rdp::gateway::test;
using gateway::HostSecurity;
using Clock = std::chrono::steady_clock;

constexpr int keys_per_round = 600;
constexpr int logins_per_round = 25;
constexpr std::chrono::milliseconds between_keys{5};
constexpr std::chrono::seconds settling{2};

struct Times {
    std::vector<double> key_ms;
    std::vector<double> login_ms;
    int failed = 0;
};

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size()));
    return values[std::min(at, values.size() - 1)];
}

double ms_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

class Bench {
  public:
    Bench() : host_(HostSecurity::tls, "alice", "Passw0rd!") {
        directory_ =
            std::filesystem::temp_directory_path() / fmt::format("bench-halfopen-{}", ::getpid());
        std::filesystem::create_directories(directory_);
        desk_.host.port = host_.port();
        desk_.host.trust.certificate_pin = host_.pin();
        desk_.host.security = HostSecurity::tls;
        recorder_ = std::make_unique<gateway::RecorderLink>(directory_.string(), nullptr);
        while (!recorder_->running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        gateway::GatewayOptions options;
        options.listen = {"127.0.0.1", 0};
        options.certificate_pem = identity_.certificate_pem;
        options.resume_window = std::chrono::seconds(0);
        // This bench logs in more often than a person; the flood's addresses gain by it, too.
        options.limits.arrivals_per_address_max = 100'000;
        auto started = gateway::Gateway::start(std::move(options),
                                               *gateway::LocalSigner::from_pem(identity_.key_pem),
                                               desk_, *recorder_, metrics_);
        gate_ = std::move(std::get<std::unique_ptr<gateway::Gateway>>(started));
        live_ = log_in();
        LUCID_ASSERT(live_);
    }
    ~Bench() {
        live_.reset();
        gate_.reset();
        recorder_.reset();
        std::filesystem::remove_all(directory_);
    }
    [[nodiscard]] std::uint16_t port() const { return gate_->listening_on().port; }

    /// Keys of the live session and new logins, at the same time.
    void measure(Times& times) {
        std::thread typist([&] {
            for (int i = 0; i < keys_per_round; ++i) {
                const auto start = Clock::now();
                LUCID_ASSERT(live_->type(static_cast<std::uint8_t>(1 + i % 60)));
                times.key_ms.push_back(ms_since(start));
                std::this_thread::sleep_for(between_keys);
            }
        });
        for (int i = 0; i < logins_per_round; ++i) {
            const auto start = Clock::now();
            const auto client = log_in();
            if (client)
                times.login_ms.push_back(ms_since(start));
            else
                ++times.failed;
        }
        typist.join();
    }

  private:
    std::optional<test::ScriptedClient> log_in() {
        const auto ticket = fmt::format("lt-{}", tickets_++);
        desk_.add(ticket, "secret");
        auto client = test::ScriptedClient::log_in(port(), HostSecurity::nla, ticket, "secret");
        if (!client || !client->start(ticket, "secret")) return std::nullopt;
        return std::move(*client);
    }

    test::ScriptedHost host_;
    test::DeskDouble desk_;
    test::Identity identity_ = test::make_identity("gateway.bench");
    std::filesystem::path directory_;
    core::runtime::Metrics metrics_;
    std::unique_ptr<gateway::RecorderLink> recorder_;
    std::unique_ptr<gateway::Gateway> gate_;
    std::optional<test::ScriptedClient> live_;
    int tickets_ = 0;
};

void print(const char* name, const Times& times, const Times& quiet) {
    const auto key = percentile(times.key_ms, 0.99);
    const auto login = percentile(times.login_ms, 0.99);
    fmt::print("{:10} {:8.2f} {:8.2f} {:+8.2f} {:7.2f}x {:9.1f} {:9.1f} {:+9.1f} {:7.2f}x {:7}\n",
               name, percentile(times.key_ms, 0.5), key, key - percentile(quiet.key_ms, 0.99),
               key / percentile(quiet.key_ms, 0.99), percentile(times.login_ms, 0.5), login,
               login - percentile(quiet.login_ms, 0.99), login / percentile(quiet.login_ms, 0.99),
               times.failed);
}

int run(int rounds, unsigned half_open, unsigned slow) {
    core::runtime::log::open("bench", core::runtime::log::Level::error, "");
    Bench bench;
    Times quiet, silent, dribbling;
    const auto under = [&](Flood kind, unsigned count, Times& times) {
        const pid_t flood = start_flood(kind, bench.port(), count);
        bench.measure(times);
        ::kill(flood, SIGKILL);
        ::waitpid(flood, nullptr, 0);
        // The end of thousands of connections is not the next measurement's.
        std::this_thread::sleep_for(settling);
    };
    for (int i = 0; i < rounds; ++i) {
        bench.measure(quiet);
        under(Flood::half_open, half_open, silent);
        bench.measure(quiet);
        under(Flood::slow, slow, dribbling);
    }
    fmt::print("{:10} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9} {:>8} {:>7}\n", "ms", "key p50",
               "p99", "added", "ratio", "login p50", "p99", "added", "ratio", "failed");
    print("quiet", quiet, quiet);
    print("half-open", silent, quiet);
    print("slow", dribbling, quiet);
    return 0;
}

}  // namespace
}  // namespace lucid::bench

int main(int argc, char** argv) {
    using namespace lucid::rdp::gateway;
    if (argc > 2 && std::string_view(argv[1]) == "role") {
        const std::string_view role = argv[2];
        if (role == "relay") return run_relay_process(lucid::core::net::Fd(3));
        if (role == "door") return run_door_process(lucid::core::net::Fd(3));
        return test::run_recorder_double(argc > 3 ? argv[3] : ".");
    }
    const auto number = [&](int at, int otherwise) {
        return argc > at ? std::atoi(argv[at]) : otherwise;
    };
    return lucid::bench::run(number(1, 5), static_cast<unsigned>(number(2, 10'000)),
                             static_cast<unsigned>(number(3, 1'000)));
}
