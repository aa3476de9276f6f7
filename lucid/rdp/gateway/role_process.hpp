// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A role process that is kept running: started again when it dies, with growing pauses, until
/// stopped. One thread starts it, reads its frames and reaps it.

#include <lucid/rdp/gateway/child.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace lucid::rdp::gateway {

class RoleProcess {
  public:
    struct Hooks {
        /// A frame from the process; on the process's own thread.
        std::function<void(core::net::Frame)> on_frame;
        /// It died or said good-bye; what was asked of it gets no answer.
        std::function<void()> on_lost;
    };
    static constexpr std::chrono::milliseconds pause_first{200};
    static constexpr std::chrono::milliseconds pause_max{10'000};
    /// A process that ran this long starts the pauses anew.
    static constexpr std::chrono::seconds settled_after{60};

    RoleProcess(std::string role, std::vector<std::string> arguments, Hooks hooks);
    /// Stops without patience.
    ~RoleProcess();

    /// Errc::peer_closed while no process runs. `pass_fd` stays ours.
    Result<void> send(ByteView frame, int pass_fd = -1);
    [[nodiscard]] bool running() const;
    [[nodiscard]] pid_t pid() const;
    [[nodiscard]] unsigned restarts() const;
    /// Sends `last_frame` (if any), waits, then closes the channel, waits again, then kills.
    void stop(ByteView last_frame, std::chrono::milliseconds patience);

  private:
    void run();
    /// Starts it and reads frames until it is gone.
    void run_once();

    std::string role_;
    std::vector<std::string> arguments_;
    Hooks hooks_;

    mutable std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    bool stopping_ = false;
    bool ended_ = false;
    Child* child_ = nullptr;  ///< while it runs
    unsigned starts_ = 0;
    std::mutex send_mutex_;
    std::thread thread_;
};

}  // namespace lucid::rdp::gateway
