// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/metrics.hpp>

#include <fmt/format.h>

namespace lucid::core::runtime {

Metric& Metrics::entry(const std::string& name, const std::string& help, const char* type) {
    const std::lock_guard lock(mutex_);
    auto& slot = entries_[name];
    if (!slot) {
        slot = std::make_unique<Entry>();
        slot->help = help;
        slot->type = type;
    }
    return slot->metric;
}

Metric& Metrics::counter(const std::string& name, const std::string& help) {
    return entry(name, help, "counter");
}
Metric& Metrics::gauge(const std::string& name, const std::string& help) {
    return entry(name, help, "gauge");
}

std::string Metrics::prometheus_text() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, entry] : entries_)
        out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, entry->help,
                           entry->type, entry->metric.value());
    return out;
}

}  // namespace lucid::core::runtime
