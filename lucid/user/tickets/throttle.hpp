// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace lucid::user::tickets {

/// Slows down guessing from one address: after `free_failures` failed logins each further one
/// doubles a waiting time up to `wait_max_s`. RDP clients retry once by themselves, so a mistyped
/// secret counts twice. Time is an argument. Bounded: the oldest entries go first.
class Throttle {
  public:
    static constexpr unsigned free_failures = 6;
    static constexpr std::int64_t wait_max_s = 300;
    static constexpr std::int64_t forget_after_s = 900;
    static constexpr std::size_t addresses_max = 10'000;

    /// Seconds until this address may try again; 0 = now.
    [[nodiscard]] std::int64_t wait_s(const std::string& address, std::int64_t now_s) const;
    void on_failure(const std::string& address, std::int64_t now_s);
    void on_success(const std::string& address);

  private:
    struct Entry {
        unsigned failures = 0;
        std::int64_t last_s = 0;
    };
    std::map<std::string, Entry> entries_;
};

}  // namespace lucid::user::tickets
