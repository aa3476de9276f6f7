// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/log.hpp>
#include <lucid/rdp/gateway/event_pipe.hpp>
#include <lucid/rdp/gateway/gateway_connection.hpp>

#include <algorithm>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

namespace log = core::runtime::log;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds drain_tick{500};
/// How long a relay may take to leave after its channel said so.
constexpr std::chrono::milliseconds leave_patience{3'000};
/// A relay ends its own login in time; core waits a little longer and then kills it.
constexpr std::chrono::milliseconds deadline_slack{5'000};

StartProblem listen_problem(const Endpoint& on, const Error& error) {
    if (error.code == std::errc::address_in_use) {
        const auto holder = port_holder(on.port);
        return {fmt::format("cannot listen on {}: port {} is taken by {}", on.text(), on.port,
                            holder.empty() ? "another process" : holder),
                "end that process, or choose another port: lucid up --listen ADDRESS:PORT"};
    }
    return {fmt::format("cannot listen on {}: {}", on.text(), error.message()),
            "choose an address of this machine: lucid up --listen ADDRESS:PORT"};
}

}  // namespace

std::optional<StartProblem> check_listen(const Endpoint& on) {
    const auto listener = listen_tcp(on);
    if (listener) return std::nullopt;
    return listen_problem(on, listener.error());
}

Gateway::Gateway(GatewayOptions options, LocalSigner signer, TicketDesk& desk,
                 RecorderPort& recorder, core::runtime::Metrics& metrics)
    : options_(std::move(options)),
      signer_(std::move(signer)),
      context_{desk,
               recorder,
               signer_,
               options_.allow_tls_only,
               options_.dial_limit,
               &live_sessions_,
               options_.resume_window,
               options_.scanner},
      accepted_(metrics.counter("lucid_gateway_connections_total", "Connections accepted")),
      refused_(metrics.counter("lucid_gateway_refused_total", "Connections refused by limits")),
      turned_away_(metrics.counter("lucid_gateway_turned_away_total",
                                   "Connections that the door did not pass on")),
      failed_logins_(metrics.counter("lucid_gateway_failed_logins_total", "Tickets refused")),
      recorded_(metrics.counter("lucid_gateway_sessions_total", "Sessions that were recorded")),
      resumed_(metrics.counter("lucid_gateway_resumed_total", "Clients that came back")),
      live_(metrics.gauge("lucid_gateway_connections", "Connections alive")),
      admission_(options_.limits) {
    live_sessions_.on_take_over([this](const SessionId& id) { ask_hand_over(id); });
}

std::variant<std::unique_ptr<Gateway>, StartProblem> Gateway::start(
    GatewayOptions options, LocalSigner signer, TicketDesk& desk, RecorderPort& recorder,
    core::runtime::Metrics& metrics) {
    auto listener = listen_tcp(options.listen);
    if (!listener) return listen_problem(options.listen, listener.error());
    // A relay that cannot use the certificate would fail each connection; say so at the start.
    auto usable = make_server_context(options.certificate_pem,
                                      [](ByteView) -> Result<Bytes> { return Bytes{}; });
    if (!usable)
        return StartProblem{
            "the listener's certificate cannot be used: " + usable.error().message(),
            "keys/tls.crt must be a PEM certificate with a P-256 key"};
    std::unique_ptr<Gateway> gateway(
        new Gateway(std::move(options), std::move(signer), desk, recorder, metrics));
    gateway->listener_ = std::move(*listener);
    gateway->wake_ = core::net::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (auto on = endpoint_of(gateway->listener_.get(), false)) gateway->listening_on_ = *on;
    log::info("gateway listens", {{"address", gateway->listening_on_.text()}});
    if (gateway->options_.allow_tls_only)
        log::warning("TLS-only clients are allowed: whoever sits in the middle can take a ticket");
    gateway->acceptor_ = std::thread([&self = *gateway] { self.accept_loop(); });
    return gateway;
}

Gateway::~Gateway() {
    drain("gateway shut down", std::chrono::milliseconds(0));
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake();
    acceptor_.join();
    reap();
}

void Gateway::wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
}

void Gateway::serve(Connection& connection) {
    auto& conversation = connection.conversation;
    std::string lost = "relay ended without a word";
    for (;;) {
        auto frame = connection.relay.channel().receive();
        if (!frame) break;
        auto request = decode_request(frame->payload);
        crypto::wipe(frame->payload);
        auto reply = request ? conversation.answer(std::move(*request))
                             : Result<Conversation::Reply>(fail(request.error()));
        if (!reply) {
            lost = "relay broke its protocol: " + reply.error().message();
            log::warning("relay refused", {{"client", connection.address}, {"error", lost}});
            break;
        }
        if (!reply->note.empty())
            log::info("session",
                      {{"client", connection.address},
                       {"session", conversation.view().id ? conversation.view().id->hex() : "-"},
                       {"note", reply->note}});
        {
            const std::lock_guard lock(mutex_);
            const auto& now = conversation.view();
            // Its place is free for the next client.
            if (connection.view.stage == Stage::handshake && now.stage != Stage::handshake) wake();
            if (now.stage == Stage::recording && connection.view.stage != Stage::recording)
                (now.leg == 1 ? recorded_ : resumed_).add();
            if (now.stage == Stage::lost && !connection.lost_at) connection.lost_at = Clock::now();
            connection.view = now;
            if (reply->failed_login) {
                failed_logins_.add();
                admission_.note_failure(connection.address, Clock::now());
            }
        }
        if (!reply->answer) continue;
        Bytes out = encode(*reply->answer);
        const std::lock_guard lock(connection.send_mutex);
        const auto sent = connection.relay.channel().send(out, reply->fd.get());
        crypto::wipe(out);
        if (!sent) break;
    }
    std::string killed;
    {
        // Before it is reaped: from then on the number may belong to another process.
        const std::lock_guard lock(mutex_);
        connection.pid = -1;
        killed = connection.killed;
    }
    if (!connection.relay.wait(leave_patience)) connection.relay.kill();
    if (killed.empty() && connection.relay.ending() != "exited with 0")
        log::warning("relay died",
                     {{"client", connection.address}, {"how", connection.relay.ending()}});
    conversation.close(!killed.empty() ? killed : lost + " (" + connection.relay.ending() + ")");
    log_end(connection);
    const std::lock_guard lock(mutex_);
    connection.view = conversation.view();
    connection.finished = true;
    live_.add(-1);
    admission_.leave(connection.address);
    changed_.notify_all();
    wake();
}

void Gateway::log_end(const Connection& connection) const {
    const auto& view = connection.conversation.view();
    if (!view.id) {
        log::debug("connection ended",
                   {{"client", view.client_address}, {"reason", view.end_reason}});
        return;
    }
    if (connection.conversation.handed_over()) return;
    log::info("session ended", {{"session", view.id->hex()},
                                {"state", view.end_state},
                                {"reason", view.end_reason},
                                {"host", view.host},
                                {"client", view.client_address}});
}

void Gateway::enforce_deadlines() {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    for (const auto& connection : connections_) {
        if (connection->pid < 0) continue;
        enforce_return(*connection, now);
        const auto stage = connection->view.stage;
        const bool late =
            (stage == Stage::handshake || stage == Stage::proven || stage == Stage::dialled) &&
            now - connection->accepted_at > options_.login_deadline + deadline_slack;
        const bool overdue = connection->kill_at && now >= *connection->kill_at;
        if (!late && !overdue) continue;
        if (late && connection->killed.empty()) connection->killed = "login took too long";
        (void)::kill(connection->pid, SIGKILL);
    }
}

void Gateway::enforce_return(Connection& connection, Clock::time_point now) {
    if (!connection.lost_at || connection.finishing || connection.view.stage != Stage::lost) return;
    const auto due = *connection.lost_at + options_.resume_window;
    if (now < due) return;
    // A client that began to come back in time may finish its login.
    const bool returning =
        std::any_of(connections_.begin(), connections_.end(), [&](const auto& other) {
            return other.get() != &connection && !other->finished &&
                   other->view.id == connection.view.id && other->view.stage != Stage::ended;
        });
    if (returning && now < due + options_.login_deadline) return;
    connection.finishing = true;
    connection.kill_at = now + leave_patience + EventPipe::grace;
    const std::unique_lock send_lock(connection.send_mutex, std::try_to_lock);
    if (send_lock.owns_lock())
        (void)connection.relay.channel().send(encode(Answer(Finish{"client did not come back"})));
}

void Gateway::ask_hand_over(const SessionId& id) {
    const auto message = encode(Answer(HandOver{}));
    const std::lock_guard lock(mutex_);
    for (const auto& connection : connections_) {
        if (connection->finished || connection->pid < 0 || connection->view.id != id ||
            connection->view.stage != Stage::lost)
            continue;
        connection->finishing = true;
        connection->kill_at = Clock::now() + leave_patience + EventPipe::grace;
        const std::unique_lock send_lock(connection->send_mutex, std::try_to_lock);
        if (send_lock.owns_lock()) (void)connection->relay.channel().send(message);
    }
}

void Gateway::reap() {
    std::list<std::unique_ptr<Connection>> gone;
    {
        const std::lock_guard lock(mutex_);
        for (auto it = connections_.begin(); it != connections_.end();) {
            const auto next = std::next(it);
            if ((*it)->finished) gone.splice(gone.end(), connections_, it);
            it = next;
        }
    }
    for (const auto& connection : gone) connection->thread.join();
}

std::vector<SessionView> Gateway::sessions() const {
    const std::lock_guard lock(mutex_);
    std::vector<SessionView> out;
    for (const auto& connection : connections_)
        if (!connection->finished) out.push_back(connection->view);
    return out;
}

std::vector<pid_t> Gateway::relay_pids() const {
    const std::lock_guard lock(mutex_);
    std::vector<pid_t> out;
    for (const auto& connection : connections_)
        if (!connection->finished && connection->pid > 0) out.push_back(connection->pid);
    return out;
}

std::size_t Gateway::kill(const std::string& id_prefix, const std::string& reason) {
    const auto message = encode(Answer(Kill{reason}));
    std::size_t count = 0;
    const std::lock_guard lock(mutex_);
    for (const auto& connection : connections_) {
        if (connection->finished || connection->pid < 0 || !connection->killed.empty()) continue;
        if (!id_prefix.empty() &&
            (!connection->view.id || !connection->view.id->hex().starts_with(id_prefix)))
            continue;
        ++count;
        connection->killed = reason;
        connection->kill_at = Clock::now() + leave_patience + EventPipe::grace;
        // A relay that does not read must not hold us up: then the deadline kills it.
        const std::unique_lock send_lock(connection->send_mutex, std::try_to_lock);
        if (send_lock.owns_lock()) (void)connection->relay.channel().send(message);
    }
    return count;
}

void Gateway::stop_accepting() {
    {
        const std::lock_guard lock(mutex_);
        accepting_ = false;
    }
    wake();
}

void Gateway::drain(const std::string& reason, std::chrono::milliseconds patience) {
    stop_accepting();
    const auto all_gone = [this] {
        return std::all_of(connections_.begin(), connections_.end(),
                           [](const auto& connection) { return connection->finished; });
    };
    const auto deadline = Clock::now() + patience;
    while (Clock::now() < deadline) {
        // Again in each turn: a connection may just have been accepted.
        (void)kill("", reason);
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, drain_tick, all_gone)) return;
    }
    std::unique_lock lock(mutex_);
    for (const auto& connection : connections_)
        if (connection->pid > 0) (void)::kill(connection->pid, SIGKILL);
    changed_.wait(lock, all_gone);
}

}  // namespace lucid::rdp::gateway
