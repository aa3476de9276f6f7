// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The door: one small jailed process that accepts connections and keeps them until their first
/// message, the X.224 connection request, is there whole and well formed; only then core hears of
/// them and starts a relay. A client that is silent, slow or no RDP client costs a descriptor here
/// and nothing elsewhere. Bytes are only peeked at: the relay reads them from the same socket.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/core/net/fd.hpp>
#include <lucid/core/net/frame_channel.hpp>

#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace lucid::rdp::gateway {

/// What the first bytes of a connection are (MS-RDPBCGR 2.2.1.1, X.224 Connection Request PDU).
enum class FirstBytes { incomplete, request, no_rdp };
[[nodiscard]] FirstBytes judge_first_bytes(ByteView bytes);

/// Who waits at the door, since when. Time and descriptors are arguments; closes nothing itself.
class WaitingRoom {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// Waiting connections of one address; above it the address's oldest has to go.
    static constexpr std::size_t per_address_max = 256;

    WaitingRoom(std::size_t waiting_max, std::chrono::milliseconds patience)
        : waiting_max_(waiting_max), patience_(patience) {}

    /// A connection arrived; gives the one that has to go for it.
    std::optional<int> enter(int fd, const std::string& address, Time now);
    /// As it was entered.
    [[nodiscard]] std::string address_of(int fd) const;
    /// It was passed on or left.
    void leave(int fd);
    /// One whose time is over, if any.
    [[nodiscard]] std::optional<int> overdue(Time now) const;
    [[nodiscard]] std::optional<int> oldest() const;
    /// When the next one will be overdue.
    [[nodiscard]] std::optional<Time> next_deadline() const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        std::string address;
        Time arrived;
        std::list<int>::iterator in_order;
        std::list<int>::iterator of_address;
    };
    std::size_t waiting_max_;
    std::chrono::milliseconds patience_;
    std::unordered_map<int, Entry> entries_;
    std::list<int> order_;  ///< oldest first
    std::map<std::string, std::list<int>> addresses_;
};

/// core → door, with the listening socket: how long a connection may take for its first message.
[[nodiscard]] Bytes encode_door_opening(std::chrono::milliseconds patience);

/// The door role; ends when its channel closes.
int run_door_process(core::net::Fd channel);

}  // namespace lucid::rdp::gateway
