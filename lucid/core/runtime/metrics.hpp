// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Counters and gauges with Prometheus text output (exposition format 0.0.4).

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace lucid::core::runtime {

/// One number; add() from any thread.
class Metric {
  public:
    void add(std::int64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::int64_t> value_{0};
};

/// The metrics of a process. References stay valid as long as the registry.
class Metrics {
  public:
    /// `name` follows Prometheus rules (lucid_…_total for counters); asking again gives the same
    /// one.
    Metric& counter(const std::string& name, const std::string& help);
    Metric& gauge(const std::string& name, const std::string& help);
    [[nodiscard]] std::string prometheus_text() const;

  private:
    struct Entry {
        std::string help;
        const char* type = "";
        Metric metric;
    };
    Metric& entry(const std::string& name, const std::string& help, const char* type);
    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Entry>> entries_;
};

}  // namespace lucid::core::runtime
