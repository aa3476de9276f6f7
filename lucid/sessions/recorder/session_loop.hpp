// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One thread per live session: reads its event pipe, feeds its writer, keeps its deadlines.
/// Sessions do not wait for each other's disk.

#include <lucid/core/net/fd.hpp>
#include <lucid/sessions/recorder/anchoring.hpp>
#include <lucid/sessions/recorder/index_tap.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <atomic>
#include <functional>

namespace lucid::sessions::recorder {

struct SessionEnd {
    SessionId id;
    std::optional<format::Manifest>
        manifest;  ///< nothing: the disk failed, recovery is left for the next start
    std::string state;
    std::string reason;
};

/// Why a live session has to end for want of space; nothing while there is enough.
using SpaceWatch = std::function<std::optional<std::string>()>;

class SessionLoop {
  public:
    /// How often a session that writes looks at its disk.
    static constexpr std::uint64_t space_check_us = 500'000;

    /// `anchoring` and `draining` must outlive this; draining ends the session as partial, and so
    /// does `space` once it complains: while there is room for sealing what is recorded.
    SessionLoop(const SessionId& id, core::net::Fd pipe, std::uint64_t start_boottime_us,
                std::unique_ptr<SessionWriter> writer, Anchoring& anchoring,
                const std::atomic<bool>& draining, SpaceWatch space = {})
        : id_(id),
          pipe_(std::move(pipe)),
          start_boottime_us_(start_boottime_us),
          writer_(std::move(writer)),
          anchoring_(anchoring),
          draining_(draining),
          space_(std::move(space)) {}

    /// The session's indexer gets its events, too; before run().
    void follow_with(std::shared_ptr<IndexTap> tap) { tap_ = std::move(tap); }
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
    std::optional<std::string> check_space();
    void acknowledge();
    [[nodiscard]] std::uint64_t now_us() const;

    SessionId id_;
    core::net::Fd pipe_;
    std::uint64_t start_boottime_us_;
    std::unique_ptr<SessionWriter> writer_;
    Anchoring& anchoring_;
    const std::atomic<bool>& draining_;
    SpaceWatch space_;
    std::uint64_t space_checked_us_ = 0;
    std::uint64_t space_checked_bytes_ = 0;
    std::shared_ptr<IndexTap> tap_;  ///< null: no index
    Bytes buffer_;
    std::uint64_t acknowledged_mebibytes_ = 0;
};

}  // namespace lucid::sessions::recorder
