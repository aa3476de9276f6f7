// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A role process and its channel under one owner: waited for, ended and reaped in one place.

#include <lucid/core/net/frame_channel.hpp>

#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

namespace lucid::rdp::gateway {

class Child {
  public:
    /// core::runtime::spawn_role() of this same binary.
    static Result<Child> spawn(const std::string& role, const std::vector<std::string>& arguments);

    Child() = default;
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    /// Kills and reaps what still runs.
    ~Child();

    [[nodiscard]] core::net::FrameChannel& channel() { return channel_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Reaps; false when it still runs after `patience`.
    bool wait(std::chrono::milliseconds patience);
    void terminate();
    /// SIGKILL and reap.
    void kill();
    /// "exited with 1", "killed by signal 9"; empty while it runs.
    [[nodiscard]] const std::string& ending() const { return ending_; }

  private:
    core::net::FrameChannel channel_;
    pid_t pid_ = -1;
    std::string ending_;
};

}  // namespace lucid::rdp::gateway
