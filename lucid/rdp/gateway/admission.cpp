// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/gateway/admission.hpp>

namespace lucid::rdp::gateway {

namespace {

void drop_before(std::deque<Admission::Time>& times, Admission::Time limit) {
    while (!times.empty() && times.front() <= limit) times.pop_front();
}

}  // namespace

const char* to_text(Admitted verdict) {
    switch (verdict) {
        case Admitted::yes:
            return "admitted";
        case Admitted::too_many:
            return "too many connections";
        case Admitted::too_many_from_address:
            return "too many connections from this address";
        case Admitted::too_often:
            return "connections from this address come too often";
        case Admitted::too_many_failures:
            return "too many failed logins from this address";
    }
    return "unknown";
}

Admitted Admission::arrive(const std::string& address, Time now) {
    if (addresses_.size() >= addresses_max && !addresses_.contains(address)) forget_idle(now);
    // With every slot taken by a live address, new ones wait: memory stays bounded.
    if (addresses_.size() >= addresses_max && !addresses_.contains(address))
        return Admitted::too_many;
    auto& seen = addresses_[address];
    drop_before(seen.arrivals, now - limits_.window);
    drop_before(seen.failures, now - limits_.window);
    if (seen.failures.size() >= limits_.failures_per_address_max)
        return Admitted::too_many_failures;
    if (seen.arrivals.size() >= limits_.arrivals_per_address_max) return Admitted::too_often;
    seen.arrivals.push_back(now);
    if (seen.alive >= limits_.connections_per_address_max) return Admitted::too_many_from_address;
    if (alive_ >= limits_.connections_max) return Admitted::too_many;
    ++seen.alive;
    ++alive_;
    return Admitted::yes;
}

void Admission::leave(const std::string& address) {
    const auto found = addresses_.find(address);
    LUCID_ASSERT(found != addresses_.end() && found->second.alive > 0 && alive_ > 0);
    --found->second.alive;
    --alive_;
}

void Admission::note_failure(const std::string& address, Time now) {
    const auto found = addresses_.find(address);
    if (found == addresses_.end()) return;
    auto& failures = found->second.failures;
    failures.push_back(now);
    if (failures.size() > limits_.failures_per_address_max) failures.pop_front();
}

void Admission::forget_idle(Time now) {
    for (auto entry = addresses_.begin(); entry != addresses_.end();) {
        auto& seen = entry->second;
        drop_before(seen.failures, now - limits_.window);
        entry =
            seen.alive == 0 && seen.failures.empty() ? addresses_.erase(entry) : std::next(entry);
    }
}

}  // namespace lucid::rdp::gateway
