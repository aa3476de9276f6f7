// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/user/tickets/throttle.hpp>

#include <algorithm>

namespace lucid::user::tickets {

std::int64_t Throttle::wait_s(const std::string& address, std::int64_t now_s) const {
    const auto found = entries_.find(address);
    if (found == entries_.end() || found->second.failures <= free_failures) return 0;
    if (now_s - found->second.last_s >= forget_after_s) return 0;
    const auto doublings = std::min(found->second.failures - free_failures, 16U);
    const auto wait = std::min(std::int64_t{1} << doublings, wait_max_s);
    return std::max<std::int64_t>(0, found->second.last_s + wait - now_s);
}

void Throttle::on_failure(const std::string& address, std::int64_t now_s) {
    if (entries_.size() >= addresses_max && !entries_.contains(address)) {
        const auto oldest = std::min_element(
            entries_.begin(), entries_.end(),
            [](const auto& a, const auto& b) { return a.second.last_s < b.second.last_s; });
        entries_.erase(oldest);
    }
    auto& entry = entries_[address];
    if (now_s - entry.last_s >= forget_after_s) entry.failures = 0;
    ++entry.failures;
    entry.last_s = now_s;
}

void Throttle::on_success(const std::string& address) {
    entries_.erase(address);
}

}  // namespace lucid::user::tickets
