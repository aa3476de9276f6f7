// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the door tells core about the connections it did not pass on: counts by reason, once in a
/// while. A flood costs core a line in the log every `DoorTally::pace`, and nobody is turned away
/// without a trace.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace lucid::rdp::gateway {

enum class TurnedAway : std::uint8_t {
    no_rdp,   ///< its first bytes are no X.224 connection request
    silent,   ///< no whole request in time
    left,     ///< it closed before its request was whole
    crowded,  ///< it gave way to a newer one
};
inline constexpr std::size_t turned_away_reasons = 4;
/// A word for logs and metrics.
[[nodiscard]] const char* to_text(TurnedAway reason);

struct DoorNews {
    std::array<std::uint32_t, turned_away_reasons> counts{};
    std::string last_address;  ///< of the last one, as a text; an IPv6 address by its /64
};

/// Counts; time is an argument.
class DoorTally {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds pace{2};

    /// `address`: the four bytes of an IPv4 address or the first eight of an IPv6 address.
    void note(TurnedAway reason, const std::string& address);
    /// When there is something to tell; the past: now.
    [[nodiscard]] std::optional<Time> due() const;
    /// The frame for core; counting begins anew.
    Bytes take(Time now);

  private:
    std::array<std::uint32_t, turned_away_reasons> counts_{};
    std::string last_address_;
    bool any_ = false;
    Time next_{};
};

/// A frame from the door, which reads hostile bytes and is not trusted either.
Result<DoorNews> decode_door_news(ByteView frame);

}  // namespace lucid::rdp::gateway
