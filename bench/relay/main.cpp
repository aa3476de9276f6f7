// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Lucid's relay beside a bare TLS-to-TLS relay and a direct connection: interleaved rounds in one
// run, so that a machine that changes its speed changes it for all. Prints a table, and JSON with
// --json.
//   bench_relay [rounds] [megabytes] [--json]

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/age.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>
#include <lucid/sessions/recorder/recorder.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

#include "bare_relay.hpp"
#include "desk_double.hpp"
#include "measure.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::bench {
namespace {

namespace gateway = rdp::gateway;
namespace test = rdp::gateway::test;
using gateway::HostSecurity;

/// One of the three ways from client to host; the processes between are its own.
struct Way {
    std::string name;
    std::map<Traffic, std::vector<Sample>> samples;
};

/// What the recorder needs of a data directory: keys and one user to seal to.
core::runtime::DataDir make_data_dir(const std::string& path) {
    const auto made = core::runtime::DataDir::create(path, {});
    const auto* data = std::get_if<core::runtime::DataDir>(&made);
    LUCID_ASSERT(data != nullptr);
    for (const auto* name : {"evidence.key", "owner.key"})
        LUCID_ASSERT(
            core::runtime::write_file_atomically(data->key(name), crypto::random_array<32>()));
    const auto account = to_hex(crypto::random_array<20>());
    LUCID_ASSERT(
        core::runtime::write_file_atomically(data->key("account.address"), as_bytes(account)));
    auto catalog = storage::catalog::Catalog::open(data->catalog());
    storage::catalog::User user;
    user.name = "owner";
    user.recipient = crypto::age::Identity::generate().recipient().text();
    user.role = "owner";
    LUCID_ASSERT(catalog && catalog->add_user(user));
    return *data;
}

struct Setup {
    std::size_t bulk_bytes;
    test::ScriptedHost host;
    test::DeskDouble desk;
    test::Identity identity = test::make_identity("gateway.bench");
    std::filesystem::path events;  ///< the recorder's data directory
    core::runtime::Metrics metrics;
    std::unique_ptr<gateway::RecorderLink> recorder;
    std::unique_ptr<gateway::Gateway> gate;
    int tickets = 0;

    explicit Setup(std::size_t bytes)
        : bulk_bytes(bytes),
          host(HostSecurity::tls, "alice", "Passw0rd!", test::HostFault::none, bulk_host(bytes)) {
        events = std::filesystem::temp_directory_path() / fmt::format("bench-relay-{}", ::getpid());
        make_data_dir(events.string());
        desk.host.port = host.port();
        desk.host.trust.certificate_pin = host.pin();
        desk.host.security = HostSecurity::tls;
        desk.host.password = "Passw0rd!";
        recorder = std::make_unique<gateway::RecorderLink>(events.string(), nullptr);
        while (!recorder->running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        gateway::GatewayOptions options;
        options.listen = {"127.0.0.1", 0};
        options.certificate_pem = identity.certificate_pem;
        options.limits.arrivals_per_address_max = 10'000;
        auto started = gateway::Gateway::start(std::move(options),
                                               *gateway::LocalSigner::from_pem(identity.key_pem),
                                               desk, *recorder, metrics);
        gate = std::move(std::get<std::unique_ptr<gateway::Gateway>>(started));
    }
    ~Setup() {
        gate.reset();
        recorder.reset();
        std::filesystem::remove_all(events);
    }
};

Result<Sample> run_direct(Setup& setup, Traffic traffic) {
    LUCID_TRY(auto client,
              test::ScriptedClient::log_in(setup.host.port(), HostSecurity::tls, "x", "x"));
    LUCID_CHECK(client.start("x", "x"));
    return measure(client, traffic, setup.bulk_bytes, {});
}

Result<Sample> run_bare(Setup& setup, Traffic traffic) {
    LUCID_TRY(const auto listener, gateway::listen_tcp({"127.0.0.1", 0}));
    LUCID_TRY(const auto on, gateway::endpoint_of(listener.get(), false));
    const pid_t pid = ::fork();
    if (pid == 0)
        ::_exit(run_bare_relay(listener.get(), setup.host.port(), setup.identity.certificate_pem,
                               setup.identity.key_pem));
    Result<Sample> sample = fail(Errc::internal, "bare relay");
    {
        auto client = test::ScriptedClient::log_in(on.port, HostSecurity::tls, "x", "x");
        const auto started = client ? client->start("x", "x") : fail(client.error());
        sample =
            started ? measure(*client, traffic, setup.bulk_bytes, {pid}) : fail(started.error());
    }
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return sample;
}

Result<Sample> run_lucid(Setup& setup, Traffic traffic) {
    const auto ticket = fmt::format("lt-{}", setup.tickets++);
    setup.desk.add(ticket, "secret");
    LUCID_TRY(auto client, test::ScriptedClient::log_in(setup.gate->listening_on().port,
                                                        HostSecurity::nla, ticket, "secret"));
    LUCID_CHECK(client.start(ticket, "secret"));
    auto between = setup.gate->relay_pids();
    between.push_back(setup.recorder->pid());
    return measure(client, traffic, setup.bulk_bytes, between);
}

double median_of(const std::vector<Sample>& samples, double Sample::* field) {
    std::vector<double> values;
    for (const auto& sample : samples) values.push_back(sample.*field);
    return percentile(values, 0.5);
}

std::vector<double> all_trips(const std::vector<Sample>& samples) {
    std::vector<double> out;
    for (const auto& sample : samples)
        out.insert(out.end(), sample.round_trips_us.begin(), sample.round_trips_us.end());
    return out;
}

nlohmann::json report(std::array<Way, 3>& ways, Traffic traffic) {
    nlohmann::json out = nlohmann::json::object();
    const auto& direct = ways[0].samples[traffic];
    const auto& bare = ways[1].samples[traffic];
    const double p50 = percentile(all_trips(direct), 0.5);
    const double p99 = percentile(all_trips(direct), 0.99);
    const double bare_cpu = median_of(bare, &Sample::cpu_ms_per_megabyte);
    for (auto& way : ways) {
        const auto& samples = way.samples[traffic];
        const double cpu = median_of(samples, &Sample::cpu_ms_per_megabyte);
        out[way.name] = {
            {"megabytes_per_s", median_of(samples, &Sample::megabytes_per_s)},
            {"cpu_ms_per_megabyte", cpu},
            {"relay_ms_per_megabyte", median_of(samples, &Sample::relay_ms_per_megabyte)},
            {"cpu_ratio_to_bare", cpu / bare_cpu},
            {"added_p50_us", percentile(all_trips(samples), 0.5) - p50},
            {"added_p99_us", percentile(all_trips(samples), 0.99) - p99}};
    }
    return out;
}

void print_table(const char* name, const nlohmann::json& report) {
    fmt::print("\n{:16} {:>9} {:>11} {:>11} {:>8} {:>9} {:>9}\n", name, "MB/s", "CPU ms/MB",
               "of it relay", "x bare", "+p50 us", "+p99 us");
    for (const auto* way : {"direct", "bare", "lucid"}) {
        const auto& row = report[way];
        fmt::print("{:16} {:9.0f} {:11.3f} {:11.3f} {:8.2f} {:9.1f} {:9.1f}\n", way,
                   row["megabytes_per_s"].get<double>(), row["cpu_ms_per_megabyte"].get<double>(),
                   row["relay_ms_per_megabyte"].get<double>(),
                   row["cpu_ratio_to_bare"].get<double>(), row["added_p50_us"].get<double>(),
                   row["added_p99_us"].get<double>());
    }
}

int run(int rounds, std::size_t megabytes, bool json) {
    Setup setup(megabytes * 1'000'000);
    std::array<Way, 3> ways{{{"direct", {}}, {"bare", {}}, {"lucid", {}}}};
    using Run = Result<Sample> (*)(Setup&, Traffic);
    constexpr std::array<Run, 3> runs = {run_direct, run_bare, run_lucid};
    for (int round = 0; round < rounds; ++round)
        for (const auto traffic : {Traffic::incompressible, Traffic::compressible})
            for (std::size_t i = 0; i < ways.size(); ++i) {
                // Another order in each round.
                const auto at = (i + static_cast<std::size_t>(round)) % ways.size();
                auto sample = runs[at](setup, traffic);
                if (!sample) {
                    fmt::print(stderr, "bench_relay: {}: {}\n", ways[at].name,
                               sample.error().message());
                    return 1;
                }
                ways[at].samples[traffic].push_back(std::move(*sample));
            }
    const nlohmann::json out = {{"rounds", rounds},
                                {"megabytes", megabytes},
                                {"incompressible", report(ways, Traffic::incompressible)},
                                {"compressible", report(ways, Traffic::compressible)}};
    if (json) {
        fmt::print("{}\n", out.dump(1));
        return 0;
    }
    print_table("incompressible", out["incompressible"]);
    print_table("compressible", out["compressible"]);
    return 0;
}

}  // namespace
}  // namespace lucid::bench

int main(int argc, char** argv) {
    using namespace lucid::rdp::gateway;
    if (argc > 2 && std::string_view(argv[1]) == "role") {
        if (std::string_view(argv[2]) == "relay") return run_relay_process(lucid::core::net::Fd(3));
        if (std::string_view(argv[2]) == "door") return run_door_process(lucid::core::net::Fd(3));
        const auto data = lucid::core::runtime::DataDir::open(argc > 3 ? argv[3] : "");
        if (const auto* found = std::get_if<lucid::core::runtime::DataDir>(&data))
            return lucid::sessions::recorder::run_recorder(
                       *found, lucid::core::net::FrameChannel(lucid::core::net::Fd(3)), "bench")
                       ? 0
                       : 1;
        return 1;
    }
    std::signal(SIGPIPE, SIG_IGN);
    lucid::core::runtime::log::open("bench", lucid::core::runtime::log::Level::warning, "");
    bool json = false;
    std::vector<int> numbers;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--json")
            json = true;
        else
            numbers.push_back(std::atoi(argv[i]));
    }
    const int rounds = !numbers.empty() ? numbers[0] : 5;
    const int megabytes = numbers.size() > 1 ? numbers[1] : 200;
    return lucid::bench::run(rounds, static_cast<std::size_t>(megabytes), json);
}
