// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How far a long command is: one line on standard error that is written over, and only where a
/// person sees it (a terminal, not --json).

#include <chrono>
#include <cstdint>
#include <string>

#include "commands.hpp"

namespace lucid::app {

class Progress {
  public:
    Progress(const Context& context, std::string what);
    /// Removes the line.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Bytes; 0 in all: not known.
    void show(std::uint64_t done, std::uint64_t all = 0);

  private:
    std::string what_;
    bool visible_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace lucid::app
