// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Blocking steps on one leg within a deadline, with an ear for core: a kill ends them all.

#include <lucid/rdp/gateway/core_link.hpp>
#include <lucid/rdp/gateway/leg.hpp>

namespace lucid::rdp::gateway {

/// How a connection ended: complete when everything that happened is recorded and nothing failed.
struct Ended {
    std::string state;  ///< complete | partial
    std::string reason;
    /// Not over: another relay goes on with the recording.
    bool handed_over = false;
};

class LegSteps {
  public:
    using Clock = std::chrono::steady_clock;

    LegSteps(CoreLink& core, Clock::time_point deadline) : core_(core), deadline_(deadline) {}

    /// All give false once ended() says why.
    /// Reads more into `input`, writing what is queued meanwhile.
    bool receive(Leg& leg, Bytes& input, const char* who);
    bool handshake(Leg& leg, const char* who);
    bool flush(Leg& leg, const char* who);
    /// Waits for the leg, core or the deadline.
    bool wait(Leg& leg, short events, const char* who);
    /// The first reason stays.
    bool end(std::string reason);
    bool end(const char* what, const Error& error);

    [[nodiscard]] CoreLink& core() { return core_; }
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
    [[nodiscard]] std::optional<Ended>& ended() { return ended_; }

  private:
    CoreLink& core_;
    Clock::time_point deadline_;
    std::optional<Ended> ended_;
};

}  // namespace lucid::rdp::gateway
