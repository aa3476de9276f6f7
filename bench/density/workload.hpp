// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a desktop shows while somebody works, as frames at times that are known to both ends: each
/// PDU names its frame, so that the client sees what is lost and how late it comes.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "peers.hpp"

namespace lucid::bench {

using Clock = std::chrono::steady_clock;

/// Frames of one kind of session.
struct Workload {
    const char* name = "";
    std::chrono::microseconds interval{};
    std::size_t frame_bytes = 0;
    [[nodiscard]] double megabytes_per_s() const {
        return static_cast<double>(frame_bytes) / static_cast<double>(interval.count());
    }
};

/// A terminal in which a screenful scrolls by: bursts of RemoteFX as measured with xrdp (8.6 MB/s
/// at 33 bursts/s is 260 KB each), one every 1.3 s, which is what a person reads.
inline constexpr Workload text{"text", std::chrono::microseconds(1'300'000), 260'000};
/// Moving pictures over a whole 1280x720 window: RemoteFX of xrdp, 2.3 MB/s in 23 frames/s.
inline constexpr Workload video{"video", std::chrono::microseconds(43'478), 100'000};

/// One session's part in a run. The host starts at a key; the client knows the same clock.
struct Show {
    Workload workload;
    std::chrono::milliseconds length{};
    std::chrono::microseconds offset{};  ///< sessions do not all draw at once
};

/// What a client saw.
struct Seen {
    std::uint64_t frames = 0;   ///< whole ones
    std::uint64_t missing = 0;  ///< frames of which a PDU did not come, or came out of order
    std::uint64_t bytes = 0;
    std::vector<double> late_ms;  ///< of each frame's last PDU, from when it was due
    bool broken = false;
};

/// All shows begin when it opens, however long the logins before took.
class Curtain {
  public:
    void open();
    void close();
    /// When it was opened.
    Clock::time_point wait();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Clock::time_point> opened_;
};

/// Answers any key with the show that its code numbers.
rdp::gateway::test::ScriptedHost::Answer showing(const std::vector<Show>& shows, Curtain& curtain);
/// Looks at a show that was asked for.
Seen watch(rdp::gateway::test::ScriptedClient& client, const Show& show);

}  // namespace lucid::bench
