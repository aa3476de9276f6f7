// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Who may even begin to talk: limits per address and in total, counted before anything is parsed.
/// A clock-free decision over the arrival times it is told.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace lucid::rdp::gateway {

struct AdmissionLimits {
    std::size_t connections_max = 64;             ///< alive at once, whether logged in or not
    std::size_t connections_per_address_max = 8;  ///< alive at once
    std::size_t logins_max = 32;                 ///< relays at once whose client has proven nothing
    std::size_t arrivals_per_address_max = 120;  ///< within `window`
    std::size_t failures_per_address_max = 10;   ///< failed logins within `window`
    std::chrono::seconds window{60};
};

enum class Admitted { yes, too_many, too_many_from_address, too_often, too_many_failures };
[[nodiscard]] const char* to_text(Admitted verdict);

class Admission {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// Addresses remembered at once; above it, the ones without live connections are forgotten.
    static constexpr std::size_t addresses_max = 4096;

    explicit Admission(AdmissionLimits limits) : limits_(limits) {}

    /// Counts an arrival; with `yes` the connection counts as alive until leave().
    Admitted arrive(const std::string& address, Time now);
    void leave(const std::string& address);
    /// A login from here was refused.
    void note_failure(const std::string& address, Time now);
    [[nodiscard]] std::size_t alive() const { return alive_; }

  private:
    struct Seen {
        std::size_t alive = 0;
        std::deque<Time> arrivals;
        std::deque<Time> failures;
    };
    void forget_idle(Time now);

    AdmissionLimits limits_;
    std::size_t alive_ = 0;
    std::map<std::string, Seen> addresses_;
};

}  // namespace lucid::rdp::gateway
