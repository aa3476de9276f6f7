// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Connections whose first message is there and that wait for one of the few places in which a
/// client may log in. The next one is of the address that uses the fewest places, and of those the
/// newest: who floods waits behind who does not, and whoever waits long has most likely gone.

#include <lucid/core/net/fd.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

namespace lucid::rdp::gateway {

class LoginQueue {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// Above it the oldest has to go.
    static constexpr std::size_t waiting_max = 512;
    /// Of one address; above it the address's oldest has to go.
    static constexpr std::size_t per_address_max = 16;

    struct Waiting {
        core::net::Fd socket;
        std::string address;
        Time since;
    };
    /// How many places an address uses now.
    using Places = std::function<std::size_t(const std::string& address)>;

    /// How many were dropped for it.
    std::size_t push(Waiting arrival);
    std::optional<Waiting> pop(const Places& places);
    /// Drops who came before `limit`; how many.
    std::size_t expire(Time limit);
    [[nodiscard]] bool empty() const { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }

  private:
    std::deque<Waiting> waiting_;  ///< oldest first
};

}  // namespace lucid::rdp::gateway
