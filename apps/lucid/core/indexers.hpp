// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The indexer processes of live sessions: `lucid-pictures index`, one each, started when a session
/// is recorded and reaped here. The recorder talks to them; one that runs on after its session is
/// killed.

#include <lucid/common/ids/session_id.hpp>
#include <lucid/core/net/fd.hpp>

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace lucid::app {

class Indexers {
  public:
    /// The recorder gives up on one after 30 s; this is the end of those that do not notice.
    static constexpr std::chrono::seconds end_patience{35};

    /// `program`: lucid-pictures; `processes_max`: as many run at one time.
    Indexers(std::string program, unsigned processes_max);
    /// Kills what still runs.
    ~Indexers();
    Indexers(const Indexers&) = delete;
    Indexers& operator=(const Indexers&) = delete;

    /// The recorder's end of a new indexer's socket; invalid, and said in the log, when as many run
    /// as may or none could be started: the session goes on without an index.
    core::net::Fd start(const SessionId& id);
    /// The session's recording is sealed, or left for recovery.
    void closed(const SessionId& id);
    void stop();
    /// That run now, those that finish after their session among them.
    [[nodiscard]] std::vector<pid_t> pids();

  private:
    using Clock = std::chrono::steady_clock;
    struct Running {
        SessionId id;
        pid_t pid = -1;
        core::net::Fd process;  ///< pidfd
        std::optional<Clock::time_point> until;
    };
    struct Request {
        SessionId id;
        core::net::Fd socket;
        bool served = false;
    };
    void watch();
    /// On the own thread: a child gets SIGTERM when the thread that started it ends, and sessions'
    /// threads end before their indexers.
    void spawn_requested();
    /// Waits for an exit, a deadline or a wake-up.
    void wait();
    void reap();
    void wake();

    const std::string program_;
    const unsigned processes_max_;
    std::mutex mutex_;
    std::list<Running> running_;
    std::vector<Request*> requests_;  ///< of callers that wait
    std::condition_variable served_;
    bool stopping_ = false;
    core::net::Fd wake_;
    std::thread thread_;
};

}  // namespace lucid::app
