// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "crowd.hpp"

#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/spawn.hpp>
#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>

#include <csignal>
#include <filesystem>
#include <numeric>
#include <sys/wait.h>
#include <unistd.h>

#include "../../apps/lucid/core/indexers.hpp"
#include "../relay/bare_relay.hpp"
#include "../relay/measure.hpp"
#include "desk_double.hpp"
#include "mcs_script.hpp"
#include "memory.hpp"
#include "recording_node.hpp"
#include <fmt/format.h>

namespace lucid::bench {

namespace gateway = rdp::gateway;
namespace test = rdp::gateway::test;
using gateway::HostSecurity;

namespace {

/// The program of this build.
std::string pictures_beside() {
    const std::filesystem::path own(core::runtime::own_executable());
    return (own.parent_path() / "../../apps/lucid/lucid-pictures").lexically_normal().string();
}

}  // namespace

struct Crowd::Node {
    test::ScriptedHost host;
    test::DeskDouble desk;
    test::Identity identity = test::make_identity("gateway.bench");
    std::filesystem::path data;
    core::runtime::Metrics metrics;
    std::unique_ptr<app::Indexers> indexers;  ///< null: sessions are not indexed
    std::unique_ptr<gateway::RecorderLink> recorder;
    std::unique_ptr<gateway::Gateway> gate;
    int tickets = 0;

    Node(const std::vector<Show>& shows, Curtain& curtain, unsigned indexers_max)
        : host(HostSecurity::tls, "alice", "Passw0rd!", test::HostFault::none,
               showing(shows, curtain)),
          data(std::filesystem::temp_directory_path() / fmt::format("density-{}", ::getpid())) {
        make_data_dir(data.string());
        desk.host.port = host.port();
        desk.host.trust.certificate_pin = host.pin();
        desk.host.security = HostSecurity::tls;
        recorder = std::make_unique<gateway::RecorderLink>(
            data.string(), [this](const gateway::RecordingClosed& closed) {
                if (indexers) indexers->closed(closed.id);
            });
        if (indexers_max > 0) {
            indexers = std::make_unique<app::Indexers>(pictures_beside(), indexers_max);
            recorder->set_indexer([this](const SessionId& id) { return indexers->start(id); });
        }
        while (!recorder->running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        gateway::GatewayOptions options;
        options.listen = {"127.0.0.1", 0};
        options.certificate_pem = identity.certificate_pem;
        options.resume_window = std::chrono::seconds(0);
        // All users come from one address here.
        options.limits.connections_per_address_max = options.limits.connections_max = 1000;
        options.limits.arrivals_per_address_max = 100'000;
        auto started = gateway::Gateway::start(std::move(options),
                                               *gateway::LocalSigner::from_pem(identity.key_pem),
                                               desk, *recorder, metrics);
        gate = std::move(std::get<std::unique_ptr<gateway::Gateway>>(started));
    }
    ~Node() {
        gate.reset();
        recorder.reset();
        std::error_code ignored;
        std::filesystem::remove_all(data, ignored);
    }
};

namespace {

/// Bare relays that are running, one for each session.
class BareRelays {
  public:
    ~BareRelays() {
        for (const auto pid : pids) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
    }
    Result<std::uint16_t> start(std::uint16_t host_port, const test::Identity& identity) {
        LUCID_TRY(const auto listener, gateway::listen_tcp({"127.0.0.1", 0}));
        LUCID_TRY(const auto on, gateway::endpoint_of(listener.get(), false));
        const pid_t pid = ::fork();
        if (pid == 0)
            ::_exit(run_bare_relay(listener.get(), host_port, identity.certificate_pem,
                                   identity.key_pem));
        pids.push_back(pid);
        return on.port;
    }
    std::vector<pid_t> pids;
};

double mean_pss(const std::vector<pid_t>& pids) {
    if (pids.empty()) return 0;
    double sum = 0;
    for (const auto pid : pids) sum += static_cast<double>(pss_bytes(pid));
    return sum / static_cast<double>(pids.size());
}

}  // namespace

const char* to_text(Way way) {
    constexpr std::array names = {"direct", "bare", "lucid"};
    return names[static_cast<std::size_t>(way)];
}

Crowd::Crowd(std::vector<Show> shows, unsigned indexers_max)
    : shows_(std::move(shows)), node_(std::make_unique<Node>(shows_, curtain_, indexers_max)) {}

Crowd::~Crowd() = default;

Result<CrowdSample> Crowd::run(Way way) {
    BareRelays bare;
    curtain_.close();
    // A run that fails half way lets the host's threads go.
    const std::unique_ptr<Curtain, void (*)(Curtain*)> opening(&curtain_,
                                                               [](Curtain* c) { c->open(); });
    std::vector<test::ScriptedClient> clients;
    for (std::size_t i = 0; i < shows_.size(); ++i) {
        std::uint16_t port = node_->host.port();
        std::string ticket = "x";
        auto security = HostSecurity::tls;
        if (way == Way::bare) {
            LUCID_TRY(port, bare.start(node_->host.port(), node_->identity));
        } else if (way == Way::lucid) {
            port = node_->gate->listening_on().port;
            ticket = fmt::format("lt-{}", node_->tickets++);
            node_->desk.add(ticket, "secret");
            security = HostSecurity::nla;
        }
        LUCID_TRY(auto client, test::ScriptedClient::log_in(port, security, ticket, "secret"));
        LUCID_CHECK(client.start(ticket, "secret"));
        LUCID_CHECK(client.wire().send(test::key_input(static_cast<std::uint8_t>(i))));
        clients.push_back(std::move(client));
    }
    auto relays = way == Way::lucid ? node_->gate->relay_pids() : bare.pids;
    auto between = relays;
    if (way == Way::lucid) between.push_back(node_->recorder->pid());
    const auto cpu = [&] {
        return std::accumulate(between.begin(), between.end(), 0.0, [](double sum, pid_t pid) {
            return sum + static_cast<double>(cpu_ns(pid)) / 1e9;
        });
    };
    const auto pss_each = [&] {
        const double share = way == Way::lucid
                                 ? static_cast<double>(pss_bytes(node_->recorder->pid())) /
                                       static_cast<double>(relays.size())
                                 : 0;
        return mean_pss(relays) + share;
    };
    CrowdSample sample;
    sample.seen.resize(shows_.size());
    const double cpu_before = cpu();
    const auto begun = Clock::now();
    curtain_.open();
    std::vector<std::thread> watchers;
    for (std::size_t i = 0; i < shows_.size(); ++i)
        watchers.emplace_back([&, i] { sample.seen[i] = watch(clients[i], shows_[i]); });
    std::this_thread::sleep_for(shows_[0].length / 8);
    sample.early_pss_bytes_each = pss_each();
    std::this_thread::sleep_for(shows_[0].length * 3 / 4);
    sample.pss_bytes_each = pss_each();
    if (way == Way::lucid && node_->indexers) {
        const auto pids = node_->indexers->pids();
        sample.indexers = pids.size();
        sample.indexer_pss_bytes = mean_pss(pids);
        for (const auto pid : pids) sample.indexer_cpu_s += static_cast<double>(cpu_ns(pid)) / 1e9;
    }
    sample.relay_pss_bytes_each = mean_pss(relays);
    for (auto& thread : watchers) thread.join();
    sample.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    sample.cpu_s = cpu() - cpu_before;
    return sample;
}

}  // namespace lucid::bench
