// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The relay's end of the pipe to the recorder (docs/design/processes.md, "relay → recorder"):
/// batches events, never blocks, and tells when recording can no longer be promised.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <chrono>
#include <optional>

namespace lucid::rdp::gateway {

class EventPipe {
  public:
    /// Above this the relay stops reading from both legs.
    static constexpr std::size_t high_water_bytes = 1024 * 1024;
    /// How long the recorder may take nothing before the session ends.
    static constexpr std::chrono::seconds grace{5};
    using Time = std::chrono::steady_clock::time_point;

    /// Only keeps events until attach(): what happens before a TLS-only client has proven its
    /// ticket.
    EventPipe() = default;
    explicit EventPipe(core::net::Fd socket) { attach(std::move(socket)); }
    /// Takes the socket from core's answer to "record".
    void attach(core::net::Fd socket);
    [[nodiscard]] bool attached() const { return socket_.valid(); }

    /// Queues one event; `time_us` counts from the session's start. Never refuses: the caller stops
    /// reading from the legs while full().
    void put(std::uint8_t event_class, std::uint8_t kind, std::uint64_t time_us, ByteView payload);
    /// Lifts the times of what is queued to `time_us`: a returning client's first events are older
    /// than the last ones of the relay that waited for it.
    void not_before(std::uint64_t time_us);
    /// Sends what the socket takes and reads acknowledgements.
    /// Errc::peer_closed: the recorder is gone; Errc::timed_out: it took nothing for `grace`.
    Result<void> flush(Time now);

    [[nodiscard]] std::size_t pending_bytes() const { return pending_.size() - sent_; }
    [[nodiscard]] bool full() const { return pending_bytes() >= high_water_bytes; }
    [[nodiscard]] int fd() const { return socket_.get(); }
    /// When flush() must be called at the latest although nothing happens; none when all is sent.
    [[nodiscard]] std::optional<Time> deadline() const;
    [[nodiscard]] std::uint64_t stored_mebibytes() const { return stored_mebibytes_; }

  private:
    Result<void> read_acknowledgements();

    core::net::Fd socket_;
    Bytes pending_;
    std::size_t sent_ = 0;
    std::optional<Time> stuck_since_;
    std::uint64_t stored_mebibytes_ = 0;
};

}  // namespace lucid::rdp::gateway
