// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How a session's files reach a scanner. Implemented over the scanner process; by doubles in
/// tests.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

namespace lucid::core::ports {

class ContentScanner {
  public:
    virtual ~ContentScanner() = default;
    /// A relay's end of a pipe to the scanner, which speaks scan/proto's frames. Returns at once.
    /// Errc::not_found: no scanner is configured; Errc::peer_closed: its process does not run at
    /// the moment. A pipe that closes later means the same. May be called from any thread.
    virtual Result<net::Fd> open() = 0;
};

}  // namespace lucid::core::ports
