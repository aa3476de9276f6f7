// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The gateway that all misbehaviours are done to, with the session of a witness in it who types
/// all the time and whose answers are timed: quiet and under attack by turns.

#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>

#include <condition_variable>
#include <map>

#include "misbehaviour.hpp"

namespace lucid::hostile {

struct Outcome {
    std::string problem;  ///< empty: as the row wants it
    std::string reason;   ///< as logged
    double seconds = 0;   ///< from the end of the script to the end of the connection
};

struct Latency {
    std::vector<double> quiet_ms;
    std::vector<double> attack_ms;
    bool broken = false;  ///< the witness lost its session
};

class Arena {
  public:
    Arena();
    ~Arena();
    /// From any thread, with an `index` of its own each.
    Outcome run(const Misbehaviour& row, unsigned index);
    /// What the witness measures from now on belongs to an attack.
    void under_attack(bool on) { under_attack_ = on; }
    /// Ends the witness's session.
    Latency dismiss_witness();
    /// The largest resident memory a relay was seen with.
    [[nodiscard]] std::size_t relay_bytes_max() const { return relay_bytes_max_; }
    /// Connections that the door says it did not pass on; waits for its next news.
    [[nodiscard]] std::size_t turned_away() const;

  private:
    struct Ended {
        std::string state;
        std::string reason;
        std::string session;
        std::string bad;  ///< a relay that crashed or broke its protocol
    };
    /// Lines of the log about this client until one tells the end of its connection.
    std::optional<Ended> wait_for_end(const std::string& address);
    void read_log();
    std::string events_of(const std::string& session) const;
    Outcome run_client(const Misbehaviour& row, Client& client, const std::string& address);
    Outcome run_host(const Misbehaviour& row, Client& client, const std::string& address);
    Outcome judge(const Misbehaviour& row, const std::string& address,
                  std::chrono::steady_clock::time_point since);
    void watch();
    void testify();

    std::string directory_;
    std::size_t log_read_ = 0;
    std::map<std::string, std::vector<std::string>> lines_;  ///< by client address
    std::mutex log_mutex_;
    gateway::test::DeskDouble desk_;
    gateway::test::Identity host_identity_ = gateway::test::make_identity("host.test");
    core::runtime::Metrics metrics_;
    std::unique_ptr<gateway::RecorderLink> recorder_;
    std::unique_ptr<gateway::Gateway> gate_;
    std::uint16_t port_ = 0;
    std::atomic<bool> under_attack_{false};
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> relay_bytes_max_{0};
    Latency latency_;
    std::thread witness_;
    std::thread watcher_;
};

/// The outcomes of all rows that are to run, by name; runs them at the first call.
const std::map<std::string, Outcome>& outcomes();
const Latency& witness_latency();
std::size_t relay_bytes_max();
/// Connections that ended at the door, as it told core, and how many rows end there.
struct AtDoor {
    std::size_t told = 0;
    std::size_t rows = 0;
};
AtDoor at_door();

}  // namespace lucid::hostile
