// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

namespace lucid::core::runtime {

/// Blocks SIGINT, SIGTERM, SIGHUP and SIGCHLD for the process (call before any thread starts) and
/// gives a descriptor that becomes readable when one arrives. SIGPIPE is ignored.
Result<net::Fd> open_signal_descriptor();
/// The next signal number, or 0 when none waits.
[[nodiscard]] int read_signal(const net::Fd& descriptor);
/// Undoes the blocking in a child process before exec.
void unblock_signals();

/// While one lives, writing to a peer that is gone is an error and not the end of the process: for
/// commands that otherwise end when the reader of their output does.
class PipeSignalIgnored {
  public:
    PipeSignalIgnored();
    ~PipeSignalIgnored();
    PipeSignalIgnored(const PipeSignalIgnored&) = delete;
    PipeSignalIgnored& operator=(const PipeSignalIgnored&) = delete;

  private:
    void (*before_)(int);
};

}  // namespace lucid::core::runtime
