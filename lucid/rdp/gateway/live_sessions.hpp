// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sessions whose recording is open, and the way a returning client takes one over: the relay that
/// waits is told to let go, leaves, and the next one writes on into the same event pipe. core keeps
/// that pipe's other descriptor, so no relay can give away a false one. All calls from any thread.
///
///   attached → lost → handing over → free → attached … → closed
///
/// docs/design/resume.md has the whole way.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/ids/session_id.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace lucid::rdp::gateway {

class LiveSessions {
  public:
    /// Connections of a client to one session; a flapping line ends it at last.
    static constexpr unsigned legs_max = 200;
    /// How often a session's host may break its connection before the session ends.
    static constexpr unsigned host_losses_max = 3;

    /// What stays the same over all connections of one session.
    struct Facts {
        std::uint64_t start_boottime_us = 0;
        std::string host;
        std::string policy;  ///< the one that the recording's manifest names
        unsigned legs = 1;   ///< so far
    };

    /// Tells the relay that waits with this session to let go; called without a lock held.
    using AskHandOver = std::function<void(const SessionId&)>;
    void on_take_over(AskHandOver ask) { ask_ = std::move(ask); }

    /// The first relay of a session has got its pipe.
    Result<void> open(const SessionId& id, Facts facts, int pipe);
    /// None: the session is over.
    [[nodiscard]] std::optional<Facts> find(const SessionId& id) const;
    /// The last auto-reconnect cookie that `host` gave, for the next connection to it.
    void keep_cookie(const SessionId& id, const std::string& host, crypto::Secret cookie);
    /// Empty: none of that host. It is good for one connection.
    [[nodiscard]] crypto::Secret take_cookie(const SessionId& id, const std::string& host);
    /// Its client's or host's connection broke. Errc::limit_exceeded: once too often.
    Result<void> lose(const SessionId& id, bool host);
    /// Whether the relay that waits was asked to let go.
    [[nodiscard]] bool handing_over(const SessionId& id) const;
    /// Blocks until the relay that waited is gone; the pipe then belongs to the caller's relay.
    /// Errc::refused: the session is over or its client is attached; Errc::timed_out.
    Result<core::net::Fd> take_over(const SessionId& id, std::chrono::milliseconds limit);
    /// The relay that was asked to let go has left at the end of an event.
    void release(const SessionId& id);
    /// The session is over: our descriptor of its pipe closes.
    void close(const SessionId& id);

  private:
    enum class State { attached, lost, handing_over, free };
    struct Session {
        Facts facts;
        core::net::Fd pipe;
        State state = State::attached;
        unsigned host_losses = 0;
        std::string cookie_host;
        crypto::Secret cookie;
    };
    AskHandOver ask_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<SessionId, Session> sessions_;
};

}  // namespace lucid::rdp::gateway
