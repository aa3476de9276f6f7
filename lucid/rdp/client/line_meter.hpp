// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Answers to a host's measurements of the line (MS-RDPBCGR 3.2.5.14). Time is the caller's.

#include <lucid/rdp/proto/autodetect.hpp>

namespace lucid::rdp::client {

class LineMeter {
  public:
    /// Bytes that came while a measurement runs; every PDU counts.
    void count(std::size_t bytes) { bytes_ += bytes; }
    /// What to answer, as user data of the message channel; empty: nothing.
    Bytes answer(const proto::AutoDetectRequest& request, std::uint64_t now_ms);

  private:
    std::uint64_t started_ms_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace lucid::rdp::client
