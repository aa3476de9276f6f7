// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "node.hpp"

#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/file_lock.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/signals.hpp>
#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>
#include <lucid/rdp/gateway/scanner_link.hpp>

#include <atomic>
#include <csignal>
#include <poll.h>
#include <unistd.h>

#include "../open_node.hpp"
#include "../pictures_process.hpp"
#include "control.hpp"
#include "indexers.hpp"
#include "ticket_desk.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace log = core::runtime::log;
namespace gateway = rdp::gateway;
using core::runtime::Problem;
using Json = nlohmann::json;

namespace {

constexpr std::size_t pem_bytes_max = 64 * 1024;
/// What sessions may take to end after SIGTERM, and then the recorder to seal.
constexpr std::chrono::milliseconds drain_patience{5'000};
constexpr std::chrono::milliseconds seal_patience{15'000};
constexpr std::chrono::milliseconds chain_patience{3'000};
constexpr std::chrono::milliseconds scanner_patience{500};

struct Keys {
    std::string certificate_pem;
    gateway::LocalSigner signer;
};

std::variant<Keys, Problem> read_keys(const core::runtime::DataDir& data) {
    const auto problem = [](const std::string& path, const Error& error) {
        return Problem{path + ": " + error.message(), mend_secret_file(path, error)};
    };
    const auto certificate = core::runtime::read_file(data.key("tls.crt"), pem_bytes_max);
    if (!certificate) return problem(data.key("tls.crt"), certificate.error());
    const auto key = core::runtime::read_secret_file(data.key("tls.key"), pem_bytes_max);
    if (!key) return problem(data.key("tls.key"), key.error());
    auto signer = gateway::LocalSigner::from_pem(as_text(key->expose()));
    if (!signer) return problem(data.key("tls.key"), signer.error());
    return Keys{std::string(as_text(*certificate)), std::move(*signer)};
}

gateway::GatewayOptions gateway_options(const core::runtime::Config& config,
                                        const NodeOptions& options, std::string certificate_pem) {
    gateway::GatewayOptions out;
    out.listen = options.listen.value_or(config.listen);
    out.allow_tls_only = options.allow_tls_only || config.allow_tls_only;
    out.certificate_pem = std::move(certificate_pem);
    out.limits.connections_max = config.connections_max;
    out.limits.connections_per_address_max = config.connections_per_address_max;
    out.login_deadline = config.handshake_limit;
    out.resume_window = config.resume_window;
    return out;
}

void log_closed(const gateway::RecordingClosed& closed) {
    log::info("recording closed", {{"session", closed.id.hex()},
                                   {"state", closed.state},
                                   {"reason", closed.reason},
                                   {"segments", closed.segments}});
}

template <class Process>
Json process(const char* role, const Process& of) {
    return {
        {"role", role}, {"running", of.running()}, {"pid", of.pid()}, {"restarts", of.restarts()}};
}

/// The parts of a running core, in the order in which they depend on each other.
class Node {
  public:
    static std::variant<std::unique_ptr<Node>, Problem> start(const core::runtime::DataDir& data,
                                                              const NodeOptions& options);
    void drain(const core::net::Fd& signals);

  private:
    void wait_for_sessions(const core::net::Fd& signals);
    Node(const core::runtime::DataDir& data, storage::catalog::Catalog catalog,
         user::vault::Vault vault)
        : data_(data),
          desk_(std::move(catalog), std::move(vault), data.config()),
          recorder_(data.path(),
                    [this](const gateway::RecordingClosed& closed) {
                        log_closed(closed);
                        if (indexers_) indexers_->closed(closed.id);
                    }),
          chain_("chain", {data.path()}, {}) {
        if (data.config().index) {
            indexers_ = std::make_unique<Indexers>(pictures_program(), data.config().indexers_max);
            recorder_.set_indexer([this](const SessionId& id) { return indexers_->start(id); });
        }
        if (!data.config().clamd.empty())
            scanner_ =
                std::make_unique<gateway::ScannerLink>(std::vector<std::string>{data.path()});
    }
    Json answer(const Json& request);
    Json status() const;

    const core::runtime::DataDir& data_;
    std::int64_t started_us_ = core::runtime::boottime_us();
    core::runtime::Metrics metrics_;
    TicketDesk desk_;
    std::unique_ptr<Indexers> indexers_;  ///< null: switched off
    gateway::RecorderLink recorder_;
    gateway::RoleProcess chain_;
    std::unique_ptr<gateway::ScannerLink> scanner_;  ///< null: none is configured
    bool tls_only_ = false;
    std::atomic<bool> draining_{false};
    std::unique_ptr<gateway::Gateway> gateway_;
    std::unique_ptr<ControlServer> control_;
};

std::variant<std::unique_ptr<Node>, Problem> Node::start(const core::runtime::DataDir& data,
                                                         const NodeOptions& options) {
    auto keys = read_keys(data);
    if (auto* problem = std::get_if<Problem>(&keys)) return *problem;
    auto catalog = storage::catalog::Catalog::open_existing(data.catalog());
    if (!catalog)
        return Problem{data.catalog() + ": " + catalog.error().message(),
                       mend_catalog(data, catalog.error())};
    auto vault = user::vault::Vault::open(data.key("vault.key"));
    if (!vault)
        return Problem{data.key("vault.key") + ": " + vault.error().message(),
                       mend_secret_file(data.key("vault.key"), vault.error())};
    std::unique_ptr<Node> node(new Node(data, std::move(*catalog), std::move(*vault)));
    auto& found = std::get<Keys>(keys);
    auto options_of_gateway =
        gateway_options(data.config(), options, std::move(found.certificate_pem));
    node->tls_only_ = options_of_gateway.allow_tls_only;
    options_of_gateway.scanner = node->scanner_.get();
    auto started = gateway::Gateway::start(std::move(options_of_gateway), std::move(found.signer),
                                           node->desk_, node->recorder_, node->metrics_);
    if (auto* problem = std::get_if<gateway::StartProblem>(&started))
        return Problem{problem->message, problem->next};
    node->gateway_ = std::move(std::get<std::unique_ptr<gateway::Gateway>>(started));
    auto control = ControlServer::start(
        data.core_socket(), [&self = *node](const Json& request) { return self.answer(request); });
    if (!control)
        return Problem{data.core_socket() + ": " + control.error().message(),
                       "choose a data directory with a shorter path, or end the other process"};
    node->control_ = std::move(*control);
    return node;
}

Json Node::status() const {
    Json sessions = Json::array();
    for (const auto& view : gateway_->sessions()) {
        Json session = {{"stage", gateway::to_text(view.stage)},
                        {"client", view.client_address},
                        {"host", view.host},
                        {"user", view.user},
                        {"ticket", view.ticket}};
        session["connection"] = view.leg;
        if (view.id) session["id"] = view.id->hex();
        sessions.push_back(std::move(session));
    }
    Json volumes = Json::array();
    for (const auto& volume : data_.volumes().look())
        volumes.push_back({{"path", volume.path},
                           {"ready", volume.ready()},
                           {"problem", volume.problem},
                           {"free_mib", volume.free_bytes >> 20}});
    Json processes = {
        {{"role", "door"}, {"running", gateway_->door_pid() > 0}, {"pid", gateway_->door_pid()}},
        process("recorder", recorder_),
        process("chain", chain_)};
    if (scanner_) processes.push_back(process("scanner", *scanner_));
    return {{"ok", true},
            {"running", true},
            {"draining", draining_.load()},
            {"version", LUCID_VERSION},
            {"pid", ::getpid()},
            {"uptime_s", (core::runtime::boottime_us() - started_us_) / 1'000'000},
            {"listen", gateway_->listening_on().text()},
            {"rpc", data_.config().rpc.text()},
            {"allow_tls_only", tls_only_},
            {"processes", std::move(processes)},
            {"indexers", indexers_ ? indexers_->pids().size() : 0},
            {"volumes", std::move(volumes)},
            {"sessions", std::move(sessions)}};
}

Json Node::answer(const Json& request) {
    const auto op = request.value("op", Json()).is_string() ? request["op"].get<std::string>() : "";
    if (op == "status") return status();
    if (op == "metrics") return {{"ok", true}, {"text", metrics_.prometheus_text()}};
    if (op == "kill") {
        const auto id = request.find("session");
        const auto reason = request.find("reason");
        if (id == request.end() || !id->is_string() || id->get_ref<const std::string&>().empty())
            return {{"ok", false}, {"reason", "which session?"}};
        const auto why = reason != request.end() && reason->is_string()
                             ? reason->get<std::string>().substr(0, 400)
                             : std::string("ended by the operator");
        return {{"ok", true}, {"killed", gateway_->kill(id->get<std::string>(), why)}};
    }
    if (op == "stop") {
        ::kill(::getpid(), SIGTERM);
        return {{"ok", true}};
    }
    return {{"ok", false}, {"reason", "unknown op"}};
}

bool is_stop(int signal) {
    return signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

/// Until no session is left, the configured time is over or a second signal comes.
void Node::wait_for_sessions(const core::net::Fd& signals) {
    constexpr int tick_ms = 200;
    const auto wait = data_.config().shutdown_wait;
    const auto until = std::chrono::steady_clock::now() + wait;
    if (wait.count() == 0 || gateway_->sessions().empty()) return;
    log::info("waiting for live sessions",
              {{"sessions", gateway_->sessions().size()}, {"seconds", wait.count()}});
    while (!gateway_->sessions().empty() && std::chrono::steady_clock::now() < until) {
        pollfd item{signals.get(), POLLIN, 0};
        if (::poll(&item, 1, tick_ms) > 0 && is_stop(core::runtime::read_signal(signals))) {
            log::info("a second signal: not waiting any longer");
            return;
        }
    }
}

void Node::drain(const core::net::Fd& signals) {
    log::info("draining: no new sessions");
    draining_ = true;
    gateway_->stop_accepting();
    wait_for_sessions(signals);
    gateway_->drain("gateway shut down", drain_patience);
    if (scanner_) scanner_->stop(scanner_patience);
    recorder_.drain(seal_patience);
    if (indexers_) indexers_->stop();
    chain_.stop({}, chain_patience);
}

/// What `lucid fsck --repair` may take to end.
constexpr std::chrono::milliseconds lock_patience{3'000};

/// A channel and a thread's wake-up for each connection, catalog, logs, control clients.
constexpr unsigned core_descriptors_max = 16'384;

/// What has to be looked at while the rest of the system is still visible.
std::optional<Problem> look_around(const core::runtime::DataDir& data, const NodeOptions& options) {
    if (auto running = ask_core(data.core_socket(), Json{{"op", "status"}}))
        return Problem{fmt::format("lucid runs on {} already (process {})", data.path(),
                                   running->value("pid", 0)),
                       "lucid status"};
    if (const auto problem = gateway::check_listen(options.listen.value_or(data.config().listen)))
        return Problem{problem->message, problem->next};
    return std::nullopt;
}

/// Its own data and its own program (the roles), nothing else; hosts listen on any port.
std::optional<Problem> confine(const core::runtime::DataDir& data) {
    if (const auto hardened = core::runtime::harden_process(core_descriptors_max); !hardened)
        return Problem{"hardening failed: " + hardened.error().message(), ""};
    core::runtime::Jail jail;
    jail.write = {data.path()};
    for (const auto& volume : data.volumes().look())
        if (volume.ready() && !volume.id.empty()) jail.write.push_back(volume.path);
    jail.execute = {"/proc/self/exe", pictures_program()};
    const auto strength = core::runtime::enter_jail(jail);
    if (!strength) return Problem{"the jail cannot be entered: " + strength.error().message(), ""};
    if (!strength->files())
        log::warning("this kernel has no Landlock: files of other programs are not out of reach");
    else
        log::info("confined", {{"landlock", strength->landlock_abi}});
    return std::nullopt;
}

}  // namespace

std::optional<Problem> run_node(const core::runtime::DataDir& data, const NodeOptions& options) {
    log::Level level = log::Level::info;
    (void)log::parse_level(data.config().log_level, level);
    log::open("core", level, data.log("core"));
    auto signals = core::runtime::open_signal_descriptor();
    if (!signals) return Problem{"signals: " + signals.error().message(), ""};
    if (auto problem = look_around(data, options)) return problem;
    const auto lock = core::runtime::lock_file(data.node_lock(), lock_patience);
    if (!lock)
        return Problem{"another lucid works on " + data.path() + " (upgrade, fsck or up)",
                       "wait until it is done, then: lucid up"};
    if (auto problem = confine(data)) return problem;
    auto started = Node::start(data, options);
    if (auto* problem = std::get_if<Problem>(&started)) return *problem;
    auto& node = *std::get<std::unique_ptr<Node>>(started);
    for (;;) {
        pollfd item{signals->get(), POLLIN, 0};
        (void)::poll(&item, 1, -1);
        if (is_stop(core::runtime::read_signal(*signals))) break;
    }
    node.drain(*signals);
    return std::nullopt;
}

}  // namespace lucid::app
