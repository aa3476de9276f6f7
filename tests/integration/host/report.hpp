// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What happens, as lines on standard output: "N word details", N the connection. Scripts wait for
/// words, tests read the lines.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

namespace lucid::test_host {

class Report {
  public:
    explicit Report(int connection) : connection_(connection) {}
    /// From any thread.
    void say(const std::string& word, const std::string& details = {});
    /// Whether `word` was said once more than it was waited for.
    bool take(const std::string& word);
    /// Text of a peer with nothing in it that would begin another line.
    static std::string printable(const char* data, std::size_t size);

  private:
    int connection_;
    std::mutex mutex_;
    std::map<std::string, int> said_;
};

}  // namespace lucid::test_host
