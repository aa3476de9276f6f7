// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The scanner process: takes contents from relays and asks clamd about them. It is the only one
/// that reaches clamd, whose commands (SHUTDOWN, SCAN of paths, …) no relay is to speak. One
/// thread, one poll loop; a pipe has one scan at a time, what else a relay sends waits in its
/// socket.

#include <lucid/core/net/frame_channel.hpp>
#include <lucid/scan/service/scanner_address.hpp>

#include <chrono>

namespace lucid::scan::service {

struct ScannerOptions {
    ScannerAddress clamd;
    /// From a content's first piece to its verdict.
    std::chrono::milliseconds limit{60'000};
};

/// Relays that may ask at the same time; a pipe beyond it is closed, which is `unavailable` there.
inline constexpr std::size_t scan_pipes_max = 1024;

/// Serves until `core` closes: each of its frames brings a relay's pipe.
void run_scanner(core::net::FrameChannel core, const ScannerOptions& options);

}  // namespace lucid::scan::service
