// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The relay's end of a pipe to the scanner process (scan/proto's frames): sends contents without
/// blocking and without copying them, and gives verdicts. Whatever goes wrong is a verdict:
/// `unavailable` for all that was asked.

#include <lucid/core/net/fd.hpp>
#include <lucid/scan/proto/scan_frames.hpp>

#include <chrono>
#include <deque>
#include <memory>

namespace lucid::rdp::gateway {

class ScanPipe {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// A scanner that holds a content longer than its own limit (scanner.timeout_s, 300 s at most)
    /// is given up.
    static constexpr std::chrono::seconds patience{310};

    struct Said {
        std::uint32_t id = 0;
        scan::proto::ScanResult result;
    };

    void attach(core::net::Fd socket);
    [[nodiscard]] bool attached() const { return socket_.valid(); }
    [[nodiscard]] int fd() const { return socket_.get(); }
    /// What to poll for.
    [[nodiscard]] short events() const;
    /// When on_ready() must be called at the latest; none while nothing is asked.
    [[nodiscard]] std::optional<Time> deadline() const;

    void put(std::uint32_t id, std::shared_ptr<const Bytes> content, Time now);
    /// No scanner: the verdict on this content is known.
    void say(std::uint32_t id, scan::proto::ScanResult result) {
        said_.push_back({id, std::move(result)});
    }
    /// Sends and receives what the socket takes and has.
    void on_ready(Time now);
    [[nodiscard]] std::optional<Said> take();

  private:
    struct Asked {
        std::uint32_t id = 0;
        std::shared_ptr<const Bytes> content;
        std::size_t sent = 0;
        bool whole = false;  ///< its end is in out_ or sent
        Time deadline;
    };
    Result<void> send_some();
    Result<void> receive_some();
    void fill_out();
    void give_up(const char* why);

    core::net::Fd socket_;
    std::deque<Asked> asked_;
    Bytes out_;  ///< at most one piece and its head
    std::size_t out_sent_ = 0;
    Bytes in_;
    std::deque<Said> said_;
};

}  // namespace lucid::rdp::gateway
