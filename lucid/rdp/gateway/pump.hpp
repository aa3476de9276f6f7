// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// When a connection breaks without a good-bye, the session waits: the host's side goes on being
/// recorded (while it has one), nothing is sent to the client, until core says that the time is
/// over or that the client is back in another relay (docs/design/resume.md).
///
/// Moves bytes between the legs of a running session through the RDP relay machine, with
/// backpressure in both directions, until something ends it. One thread, one poll loop.

#include <lucid/rdp/gateway/event_pipe.hpp>
#include <lucid/rdp/gateway/login.hpp>

#include <functional>
#include <poll.h>

namespace lucid::rdp::gateway {

/// What the pump moves bytes through. Time counts in µs from the session's start.
class Traffic {
  public:
    struct Output {
        Bytes to_client;
        Bytes to_host;
    };
    virtual ~Traffic() = default;
    /// Bytes of one leg; events go to the pipe. An end when the machine refuses to go on.
    virtual std::optional<Ended> on_client(ByteView bytes, std::uint64_t time_us, Output& out) = 0;
    virtual std::optional<Ended> on_host(ByteView bytes, std::uint64_t time_us, Output& out) = 0;
    /// The client's connection broke, the host's goes on.
    virtual void on_client_gone(std::uint64_t /*time_us*/, Output& /*out*/) {}
    /// The host sends the session elsewhere: nothing is read until Redial has seen to it.
    [[nodiscard]] virtual bool redirected() const { return false; }
    /// The client's bytes are not wanted yet.
    [[nodiscard]] virtual bool holds_client() const { return false; }
    /// Input PDUs of the user so far, for the idle limit.
    [[nodiscard]] virtual std::uint64_t input_count() const = 0;
    /// A descriptor of its own (the scanner's pipe): what to poll for; -1: none. And when it is to
    /// be called although nothing came.
    [[nodiscard]] virtual pollfd helper() const { return {-1, 0, 0}; }
    [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> helper_deadline()
        const {
        return std::nullopt;
    }
    virtual std::optional<Ended> on_helper(std::uint64_t /*time_us*/, Output& /*out*/) {
        return std::nullopt;
    }
    /// The session, or this relay's part of it, is over: what is still open is recorded.
    virtual void on_end(std::uint64_t /*time_us*/) {}
    /// Who said good-bye inside the protocol; empty while nobody did.
    [[nodiscard]] virtual std::string goodbye() const = 0;
    /// A desktop is there; until then PumpLimits::start counts.
    [[nodiscard]] virtual bool started() const { return true; }
    /// What a client is sent before its connection is closed by us; may be empty.
    [[nodiscard]] virtual Bytes farewell() const = 0;
};

struct PumpLimits {
    std::chrono::seconds idle{0};   ///< without input of the user; 0: none
    std::chrono::seconds total{0};  ///< 0: none
    /// From the login to a desktop: neither side may stop half way. 0: none.
    std::chrono::milliseconds start{0};
    /// Whether a session that is being recorded waits for its client when a connection breaks.
    bool resumable = false;
};

class Pump {
  public:
    using Clock = std::chrono::steady_clock;
    /// Above this the other leg is not read.
    static constexpr std::size_t leg_high_water_bytes = 512 * 1024;
    /// Above this the leg itself is not read: a peer that is answered from here (refused channels,
    /// clipboard lists) and fetches no answer.
    static constexpr std::size_t unread_answers_bytes_max = 2 * leg_high_water_bytes;
    /// From a good-bye inside the protocol to the end, if nobody closes.
    static constexpr std::chrono::milliseconds goodbye_patience{2'000};
    /// How long a closing session may take to hand out what it still has.
    static constexpr std::chrono::milliseconds close_patience{1'000};

    /// All must outlive the pump. `start_boottime_us` is the session's zero; its total limit counts
    /// from there, over all connections.
    Pump(CoreLink& core, Leg& client, Leg& host, EventPipe& pipe, Traffic& traffic,
         PumpLimits limits, std::uint64_t start_boottime_us);

    /// Puts another host's connection into the host leg and gives what is to be sent to it; or the
    /// session's end. Blocks; without one a redirection ends the session.
    using Redial = std::function<std::optional<Ended>(Traffic::Output& out)>;
    void on_redirect(Redial redial) { redial_ = std::move(redial); }

    /// Blocks until the session is over: legs closed, the end recorded, the pipe flushed.
    Ended run(ByteView client_input, ByteView host_input);

  private:
    [[nodiscard]] std::uint64_t time_us() const;
    bool turn();
    [[nodiscard]] int timeout_ms(bool read_client, bool read_host) const;
    bool check_limits();
    /// For the start, and for the end after a good-bye.
    bool check_patience(Clock::time_point now);
    bool end_closed(const Leg& leg);
    /// A connection broke: waits for the client's return where that is allowed, else ends.
    bool lose(const Leg& leg, Ended otherwise);
    /// Waits for core while the client (and maybe the host) is gone.
    bool on_core();
    bool finish(const std::string& reason);
    /// Everything to the recorder, so that another relay can write on.
    bool hand_over();
    void note(std::string_view what, std::string_view detail);
    [[nodiscard]] const char* name_of(const Leg& leg) const {
        return &leg == &client_ ? "client" : "host";
    }
    [[nodiscard]] bool waiting() const { return client_gone_; }
    bool read_leg(Leg& from);
    bool feed(Leg& from, ByteView bytes);
    bool redirect();
    /// Hands both legs what the traffic gave out, where they are still there.
    bool write_out(std::optional<Ended> ended);
    bool serve_helper(bool ready);
    bool flush_leg(Leg& leg);
    bool flush_pipe();
    bool end(std::string state, std::string reason);
    void close();

    CoreLink& core_;
    Leg& client_;
    Leg& host_;
    EventPipe& pipe_;
    Traffic& traffic_;
    PumpLimits limits_;
    std::uint64_t start_boottime_us_;
    Clock::time_point started_;
    Clock::time_point last_input_ = Clock::now();
    std::uint64_t input_count_ = 0;
    Clock::time_point begun_ = Clock::now();  ///< of this connection
    std::optional<Clock::time_point> goodbye_at_;
    bool client_gone_ = false;
    bool host_gone_ = false;
    Redial redial_;
    Traffic::Output out_;
    std::optional<Ended> ended_;
};

}  // namespace lucid::rdp::gateway
