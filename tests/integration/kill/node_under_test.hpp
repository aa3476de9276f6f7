// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The real `lucid` program on a data directory of its own.

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace lucid::test {

class NodeUnderTest {
  public:
    /// `lucid init` on free ports.
    NodeUnderTest();
    /// SIGTERM, and SIGKILL to what is left; removes the data.
    ~NodeUnderTest();
    NodeUnderTest(const NodeUnderTest&) = delete;
    NodeUnderTest& operator=(const NodeUnderTest&) = delete;

    /// Starts `lucid up` and waits until gateway and recorder are there.
    void start();
    /// kill -9 of core, and waits until its children have left.
    void kill_core();
    /// kill -9 of the process of a role ("relay", "recorder", "chain"); false when there was none.
    bool kill_role(const std::string& name);
    /// Whether core works with a process of that role ("recorder", "chain"): not one that is dying,
    /// nor one that is there but not connected yet.
    [[nodiscard]] bool serves(const std::string& name) const;
    /// Runs a command with --json; null when it failed.
    [[nodiscard]] nlohmann::json run(const std::vector<std::string>& arguments,
                                     const std::string& input = "") const;
    [[nodiscard]] std::string data() const { return data_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    [[nodiscard]] std::vector<pid_t> children() const;
    /// -1 when it does not run, or was overlooked: children are listed while they come and go.
    [[nodiscard]] pid_t role(const std::string& name) const;
    std::string data_;
    std::uint16_t port_ = 0;
    pid_t core_ = -1;
    std::set<pid_t> killed_;  ///< of roles; may not have died yet
};

/// One command of the program with --json; null when it failed.
nlohmann::json run_lucid(const std::string& data, const std::vector<std::string>& arguments,
                         const std::string& input = "");
/// Starts a command and kills it (-9) after `delay`; false when it had ended by then.
bool kill_lucid(const std::string& data, const std::vector<std::string>& arguments,
                std::chrono::microseconds delay);

/// A data directory of format 1 with two anchored recordings, made by an earlier lucid; false when
/// it cannot be unpacked.
bool unpack_format_1(const std::string& data);

/// Waits up to 15 s; false when the condition never came true.
template <class Condition>
bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace lucid::test
