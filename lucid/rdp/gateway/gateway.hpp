// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The gateway as core runs it: listens through the door process, admits, starts one relay process
/// per connection, answers its requests, ends sessions. Nothing of a peer is parsed in here.
///
/// A session may have two connections here for a moment: one that waits for its lost client, and
/// the one the client comes back with (docs/design/resume.md).
///
/// Threads: one accepts and looks after deadlines; one per connection waits for its relay's
/// requests (it may dial or wait for the recorder without holding up others). All public calls may
/// come from any thread.

#include <lucid/core/runtime/metrics.hpp>
#include <lucid/rdp/gateway/admission.hpp>
#include <lucid/rdp/gateway/child.hpp>
#include <lucid/rdp/gateway/conversation.hpp>
#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/login_queue.hpp>

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace lucid::rdp::gateway {

struct GatewayOptions {
    Endpoint listen;
    bool allow_tls_only = false;
    std::string certificate_pem;
    AdmissionLimits limits;
    /// From accept to a redeemed ticket.
    std::chrono::milliseconds login_deadline{15'000};
    std::chrono::milliseconds dial_limit{8'000};
    /// From accept to a whole X.224 connection request.
    std::chrono::milliseconds door_patience{5'000};
    /// How long a session whose client's connection broke waits for it to come back; 0: not at all.
    std::chrono::seconds resume_window{60};
    /// What files are scanned with; must outlive the gateway. Null: policy that wants it refuses.
    core::ports::ContentScanner* scanner = nullptr;
};

/// Why the gateway does not start: a sentence and what to type next.
struct StartProblem {
    std::string message;
    std::string next;
};

/// Whether an address can be listened on now; to be asked before other processes are started.
[[nodiscard]] std::optional<StartProblem> check_listen(const Endpoint& on);

class Gateway {
  public:
    /// `desk` and `recorder` must outlive the gateway; `signer` holds the listener's key.
    static std::variant<std::unique_ptr<Gateway>, StartProblem> start(
        GatewayOptions options, LocalSigner signer, TicketDesk& desk, RecorderPort& recorder,
        core::runtime::Metrics& metrics);
    /// Drains without patience.
    ~Gateway();

    [[nodiscard]] Endpoint listening_on() const { return listening_on_; }
    /// Live connections, oldest first.
    [[nodiscard]] std::vector<SessionView> sessions() const;
    /// Process ids of the live relays, in the same order.
    [[nodiscard]] std::vector<pid_t> relay_pids() const;
    /// -1 while none runs.
    [[nodiscard]] pid_t door_pid() const { return door_pid_; }
    /// Ends sessions whose id begins with `id_prefix` (hex); how many there were.
    std::size_t kill(const std::string& id_prefix, const std::string& reason);
    /// No new connections; what runs goes on.
    void stop_accepting();
    /// Stops accepting, tells every relay to end with `reason`, kills those that are still there
    /// after `patience`, and returns when no relay is left.
    void drain(const std::string& reason, std::chrono::milliseconds patience);

  private:
    struct Connection;
    Gateway(GatewayOptions options, LocalSigner signer, TicketDesk& desk, RecorderPort& recorder,
            core::runtime::Metrics& metrics);
    void accept_loop();
    /// Keeps a door process running while connections are accepted; its descriptor, or -1.
    int tend_door(bool accepting);
    void take_from_door();
    void note_turned_away(ByteView frame);
    /// Gives a free place to one who waits; makes some free when all are taken by slow clients,
    /// whose addresses are remembered for it. False: no place or nobody waits.
    bool start_waiting();
    void start_relay(LoginQueue::Waiting waiting);
    void make_room(std::chrono::steady_clock::time_point now);
    [[nodiscard]] bool logging_in(const Connection& connection) const;
    void wake();
    void enforce_deadlines();
    /// Ends sessions whose client did not come back in time.
    void enforce_return(Connection& connection, std::chrono::steady_clock::time_point now);
    void ask_hand_over(const SessionId& id);
    void reap();
    void serve(Connection& connection);
    void log_end(const Connection& connection) const;

    GatewayOptions options_;
    LocalSigner signer_;
    LiveSessions live_sessions_;
    ConversationContext context_;
    core::runtime::Metric& accepted_;
    core::runtime::Metric& refused_;
    core::runtime::Metric& turned_away_;
    core::runtime::Metric& failed_logins_;
    core::runtime::Metric& recorded_;
    core::runtime::Metric& resumed_;
    core::runtime::Metric& live_;

    core::net::Fd listener_;
    core::net::Fd wake_;
    std::optional<Child> door_;  ///< the accepting thread's
    std::atomic<pid_t> door_pid_{-1};
    LoginQueue waiting_;  ///< the accepting thread's
    std::chrono::steady_clock::time_point door_started_{};
    std::chrono::steady_clock::time_point relay_started_{};
    Endpoint listening_on_;

    mutable std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    bool accepting_ = true;
    bool stopping_ = false;
    Admission admission_;
    std::list<std::unique_ptr<Connection>> connections_;
    std::thread acceptor_;  ///< last: starts when all else is there
};

}  // namespace lucid::rdp::gateway
