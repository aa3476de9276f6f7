// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "arena.hpp"

#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/sanitized.hpp>
#include <lucid/rdp/gateway/door_tally.hpp>
#include <lucid/rdp/relay/policy.hpp>

#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lucid::hostile {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Nothing may take longer than this to end; under sanitizers only for ever is too long.
constexpr std::chrono::seconds hang = core::runtime::sanitized ? 60s : 10s;
constexpr std::uint32_t first_address = 0x7f4d0001;  // 127.77.0.1
constexpr std::uint32_t witness_address = 0x7f4dff01;
const std::string secret = "the secret";

std::string text_of(std::uint32_t address) {
    return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
                       address & 0xff);
}

/// Value of `key=` in a log line, unquoted.
std::string value_of(const std::string& line, const std::string& key) {
    const auto mark = " " + key + "=";
    const auto at = line.find(mark);
    if (at == std::string::npos) return {};
    const auto start = at + mark.size();
    if (line[start] != '"') return line.substr(start, line.find(' ', start) - start);
    return line.substr(start + 1, line.find('"', start + 1) - start - 1);
}

/// A listening host that treats every connection the same way.
class HostPort {
  public:
    HostPort(HostSecurity security, const gateway::test::Identity& identity,
             std::function<void(Host&)> treat)
        : listener_(*gateway::listen_tcp({"127.0.0.1", 0})),
          port_(gateway::endpoint_of(listener_.get(), false)->port),
          thread_([this, security, &identity, treat = std::move(treat)] {
              for (;;) {
                  core::net::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
                  if (!socket.valid()) return;
                  Host host(std::move(socket), security, identity);
                  treat(host);
              }
          }) {}
    ~HostPort() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
    }
    HostPort(const HostPort&) = delete;
    HostPort& operator=(const HostPort&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    core::net::Fd listener_;
    std::uint16_t port_;
    std::thread thread_;
};

void be_silent(Party& party, std::chrono::milliseconds pause) {
    std::this_thread::sleep_for(pause);
    if (!party.closed()) (void)party.wire().wait_closed();
}

}  // namespace

Arena::Arena()
    : directory_(std::filesystem::temp_directory_path() / fmt::format("hostile-{}", ::getpid())) {
    std::filesystem::create_directories(directory_);
    core::runtime::log::open("hostile", core::runtime::log::Level::debug, directory_ + "/log");
    recorder_ = std::make_unique<gateway::RecorderLink>(directory_, nullptr);
    while (!recorder_->running()) std::this_thread::sleep_for(5ms);
    const auto identity = gateway::test::make_identity("gateway.test");
    gateway::GatewayOptions options;
    options.listen = {"127.0.0.1", 0};
    options.allow_tls_only = true;
    options.certificate_pem = identity.certificate_pem;
    // Machines under sanitizers are slow, not hostile.
    options.login_deadline = core::runtime::sanitized ? 6s : 2s;
    options.dial_limit = 1s;
    options.door_patience = 1s;
    options.resume_window = 0s;
    auto started = gateway::Gateway::start(std::move(options),
                                           *gateway::LocalSigner::from_pem(identity.key_pem), desk_,
                                           *recorder_, metrics_);
    gate_ = std::move(std::get<std::unique_ptr<gateway::Gateway>>(started));
    port_ = gate_->listening_on().port;
    witness_ = std::thread([this] { testify(); });
    watcher_ = std::thread([this] { watch(); });
}

Arena::~Arena() {
    stopping_ = true;
    if (witness_.joinable()) witness_.join();
    watcher_.join();
    gate_.reset();
    recorder_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::size_t Arena::turned_away() const {
    std::this_thread::sleep_for(gateway::DoorTally::pace + 500ms);
    const std::string name = "\nlucid_gateway_turned_away_total ";
    const auto text = metrics_.prometheus_text();
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size()));
}

void Arena::testify() {
    HostPort host(HostSecurity::tls, host_identity_, [](Host& h) { (void)h.serve(); });
    gateway::test::HostRecord record;
    record.port = host.port();
    record.security = HostSecurity::tls;
    record.trust.certificate_pin =
        *gateway::certificate_fingerprint(host_identity_.certificate_pem);
    desk_.add("lt-witness", secret, record);
    Client client({port_, witness_address, HostSecurity::nla, "lt-witness", secret});
    latency_.broken = !client.connect() || !client.reach(Stage::finalized);
    for (std::uint8_t key = 1; !latency_.broken && !stopping_; key = key % 60 + 1) {
        const bool attack = under_attack_;
        const auto begun = Clock::now();
        latency_.broken = !client.type(key);
        const std::chrono::duration<double, std::milli> took = Clock::now() - begun;
        (attack ? latency_.attack_ms : latency_.quiet_ms).push_back(took.count());
        std::this_thread::sleep_for(2ms);
    }
    if (!client.closed()) (void)client.leave();
    client.close();
}

Latency Arena::dismiss_witness() {
    stopping_ = true;
    witness_.join();
    return latency_;
}

void Arena::watch() {
    while (!stopping_) {
        for (const auto pid : gate_->relay_pids()) {
            // Between fork and exec the memory is ours.
            std::ifstream command(fmt::format("/proc/{}/cmdline", pid));
            // getline: a process that goes while it is read is no exception.
            std::string words;
            std::getline(command, words);
            if (words.find("relay") == std::string::npos) continue;
            std::ifstream in(fmt::format("/proc/{}/statm", pid));
            std::size_t whole = 0;
            std::size_t resident = 0;
            in >> whole >> resident;
            const auto bytes = resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
            if (bytes > relay_bytes_max_) relay_bytes_max_ = bytes;
        }
        std::this_thread::sleep_for(10ms);
    }
}

Outcome Arena::run(const Misbehaviour& row, unsigned index) {
    const auto ticket = fmt::format("lt-{}", index);
    const auto address = first_address + index;
    const auto treat = [&](Host& host) {
        if (row.who == Who::client) {
            if (!host.reach(row.peer_stage)) return;
            if (row.peer_stage == Stage::finalized)
                (void)host.serve();
            else
                be_silent(host, row.peer_pause);
            return;
        }
        host.tamper = row.tamper;
        if (!host.reach(row.stage) || !row.script(host)) return;
        // What survives is a host that goes on.
        if (row.ends == Ends::survives)
            (void)host.serve();
        else
            be_silent(host, 0ms);
    };
    HostPort host(row.host_security, host_identity_, treat);
    gateway::test::HostRecord record;
    record.port = host.port();
    record.security = row.host_security;
    record.policy = rdp::relay::policy_to_json(rdp::relay::custom_policy());
    record.trust.certificate_pin =
        *gateway::certificate_fingerprint(host_identity_.certificate_pem);
    desk_.add(ticket, secret, record);
    Client client({port_, address, row.client_security, ticket, secret});
    if (const auto connected = client.connect(); !connected)
        return {"no connection: " + connected.error().message(), "", 0};
    auto outcome = row.who == Who::client ? run_client(row, client, text_of(address))
                                          : run_host(row, client, text_of(address));
    client.close();
    if (outcome.problem.empty() && row.ends == Ends::unlogged && desk_.spent(ticket))
        outcome.problem = "the ticket was spent";
    return outcome;
}

Outcome Arena::run_client(const Misbehaviour& row, Client& client, const std::string& address) {
    client.tamper = row.tamper;
    const auto reached = client.reach(row.stage);
    // With tampered messages the end may come on the way.
    if (!reached && !row.tamper)
        return {"good behaviour failed: " + reached.error().message(), "", 0};
    if (reached)
        if (const auto done = row.script(client); !done && row.ends == Ends::survives)
            return {"the script failed: " + done.error().message(), "", 0};
    const auto since = Clock::now();
    if (row.ends == Ends::survives) {
        if (const auto done = client.reach(Stage::finalized); !done)
            return {"the session does not go on: " + done.error().message(), "", 0};
        if (const auto done = client.type(30); !done)
            return {"no answer any more: " + done.error().message(), "", 0};
        (void)client.leave();
    }
    if (!client.closed()) (void)client.wire().wait_closed();
    return judge(row, address, since);
}

Outcome Arena::run_host(const Misbehaviour& row, Client& client, const std::string& address) {
    const auto since = Clock::now();
    const auto reached = client.reach(row.peer_stage);
    std::this_thread::sleep_for(row.peer_pause);
    if (row.ends == Ends::survives) {
        if (!reached) return {"the session does not start: " + reached.error().message(), "", 0};
        if (const auto done = client.reach(Stage::finalized); !done)
            return {"the session does not go on: " + done.error().message(), "", 0};
        if (const auto done = client.type(30); !done)
            return {"no answer any more: " + done.error().message(), "", 0};
        (void)client.leave();
    }
    (void)client.wire().wait_closed();
    return judge(row, address, since);
}

Outcome Arena::judge(const Misbehaviour& row, const std::string& address, Clock::time_point since) {
    Outcome outcome;
    const auto took = [&] {
        outcome.seconds = std::chrono::duration<double>(Clock::now() - since).count();
    };
    if (row.ends == Ends::at_door) {
        took();
        read_log();
        const std::lock_guard lock(log_mutex_);
        if (outcome.seconds > hang.count()) outcome.problem = "the door holds it";
        if (lines_.contains(address)) outcome.problem = "a relay was started";
        return outcome;
    }
    const auto ended = wait_for_end(address);
    took();
    if (!ended) {
        outcome.problem = "no end in the log";
        return outcome;
    }
    outcome.reason = ended->reason;
    const bool recorded = std::filesystem::exists(directory_ + "/" + ended->session + ".events") &&
                          !ended->session.empty();
    const bool complete = row.ends == Ends::survives || row.ends == Ends::complete;
    const char* state = complete ? "complete" : "partial";
    if (!ended->bad.empty())
        outcome.problem = ended->bad;
    else if (outcome.seconds > hang.count())
        outcome.problem = "it took too long";
    else if (ended->reason.empty() || ended->reason.find(row.reason) == std::string::npos)
        outcome.problem = "another reason: " + ended->reason;
    else if (recorded != (row.ends != Ends::unlogged))
        outcome.problem =
            recorded ? "recorded: " + ended->reason : "not recorded: " + ended->reason;
    else if (recorded && ended->state != state)
        outcome.problem = ended->state + ": " + ended->reason;
    else if (recorded && events_of(ended->session).find(fmt::format("\"state\":\"{}\"", state)) ==
                             std::string::npos)
        outcome.problem = "the recording does not tell the end";
    return outcome;
}

std::optional<Arena::Ended> Arena::wait_for_end(const std::string& address) {
    const auto deadline = Clock::now() + hang;
    while (Clock::now() < deadline) {
        read_log();
        {
            const std::lock_guard lock(log_mutex_);
            std::optional<Ended> ended;
            std::string bad;
            for (const auto& line : lines_[address]) {
                if (line.find(" relay refused ") != std::string::npos ||
                    line.find(" relay died ") != std::string::npos)
                    bad = line;
                const bool session = line.find(" session ended ") != std::string::npos;
                if (!session && line.find(" connection ended ") == std::string::npos &&
                    line.find(" connection refused ") == std::string::npos)
                    continue;
                ended = Ended{value_of(line, "state"), value_of(line, "reason"),
                              session ? value_of(line, "session") : "", ""};
            }
            if (ended) {
                ended->bad = bad;
                return ended;
            }
        }
        std::this_thread::sleep_for(5ms);
    }
    return std::nullopt;
}

void Arena::read_log() {
    const std::lock_guard lock(log_mutex_);
    std::ifstream in(directory_ + "/log", std::ios::binary);
    in.seekg(static_cast<std::streamoff>(log_read_));
    std::string line;
    while (std::getline(in, line)) {
        if (in.eof()) return;  // half a line: next time
        log_read_ += line.size() + 1;
        const auto address = value_of(line, "client");
        if (!address.empty()) lines_[address].push_back(line);
    }
}

std::string Arena::events_of(const std::string& session) const {
    const auto path = directory_ + "/" + session + ".events";
    // The double writes what it has read a moment after the relay left.
    const auto deadline = Clock::now() + 2s;
    for (;;) {
        std::ifstream in(path, std::ios::binary);
        std::string events(std::istreambuf_iterator<char>(in), {});
        if (events.find("\"state\":") != std::string::npos || Clock::now() > deadline)
            return events;
        std::this_thread::sleep_for(5ms);
    }
}

}  // namespace lucid::hostile
