// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One thread per live session: reads its event pipe, feeds its writer, keeps its deadlines.
/// Sessions do not wait for each other's disk.

#include <lucid/core/net/fd.hpp>
#include <lucid/sessions/recorder/anchoring.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <atomic>

namespace lucid::sessions::recorder {

struct SessionEnd {
    SessionId id;
    std::optional<format::Manifest>
        manifest;  ///< nothing: the disk failed, recovery is left for the next start
    std::string state;
    std::string reason;
};

class SessionLoop {
  public:
    /// `anchoring` and `draining` must outlive this; draining ends the session as partial.
    SessionLoop(const SessionId& id, core::net::Fd pipe, std::uint64_t start_boottime_us,
                std::unique_ptr<SessionWriter> writer, Anchoring& anchoring,
                const std::atomic<bool>& draining)
        : id_(id),
          pipe_(std::move(pipe)),
          start_boottime_us_(start_boottime_us),
          writer_(std::move(writer)),
          anchoring_(anchoring),
          draining_(draining) {}

    /// Runs until the session has ended and its manifest is written.
    SessionEnd run();

  private:
    struct Stop {
        bool complete = false;
        std::string reason;
    };
    Result<std::optional<Stop>> read_pipe();
    Result<std::optional<Stop>> take_frames();
    Result<Stop> pump();
    void acknowledge();
    [[nodiscard]] std::uint64_t now_us() const;

    SessionId id_;
    core::net::Fd pipe_;
    std::uint64_t start_boottime_us_;
    std::unique_ptr<SessionWriter> writer_;
    Anchoring& anchoring_;
    const std::atomic<bool>& draining_;
    Bytes buffer_;
    std::uint64_t acknowledged_mebibytes_ = 0;
};

}  // namespace lucid::sessions::recorder
