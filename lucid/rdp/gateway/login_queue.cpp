// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/login_queue.hpp>

#include <algorithm>
#include <limits>
#include <map>

namespace lucid::rdp::gateway {

std::size_t LoginQueue::push(Waiting arrival) {
    std::size_t dropped = 0;
    const auto of_address = [&](const Waiting& w) { return w.address == arrival.address; };
    if (static_cast<std::size_t>(std::count_if(waiting_.begin(), waiting_.end(), of_address)) >=
        per_address_max) {
        waiting_.erase(std::find_if(waiting_.begin(), waiting_.end(), of_address));
        ++dropped;
    } else if (waiting_.size() >= waiting_max) {
        waiting_.pop_front();
        ++dropped;
    }
    waiting_.push_back(std::move(arrival));
    return dropped;
}

std::optional<LoginQueue::Waiting> LoginQueue::pop(const Places& places) {
    std::map<std::string, std::size_t> waiting_of;
    for (const auto& waiting : waiting_) ++waiting_of[waiting.address];
    auto best = waiting_.end();
    auto best_cost = std::numeric_limits<std::size_t>::max();
    for (auto it = waiting_.begin(); it != waiting_.end(); ++it) {
        // An address's waiting ones count too, or a flood from many addresses would look modest.
        const auto cost = places(it->address) + waiting_of[it->address];
        if (cost > best_cost) continue;
        best = it;
        best_cost = cost;
    }
    if (best == waiting_.end()) return std::nullopt;
    auto out = std::move(*best);
    waiting_.erase(best);
    return out;
}

std::size_t LoginQueue::expire(Time limit) {
    std::size_t dropped = 0;
    for (; !waiting_.empty() && waiting_.front().since < limit; ++dropped) waiting_.pop_front();
    return dropped;
}

}  // namespace lucid::rdp::gateway
