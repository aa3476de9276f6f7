// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Plays the recorded host's side to one RDP client on loopback.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/core/net/fd.hpp>
#include <lucid/sessions/replay/recording.hpp>

#include <functional>
#include <string>

namespace lucid::sessions::replay {

struct ReplayOptions {
    double speed = 1.0;  ///< 2: twice as fast
    std::uint64_t until_us = ~std::uint64_t{0};
    std::string certificate_pem;
    crypto::Secret key_pem;
    /// How long the last picture stays before the connection ends; 0: until the client leaves.
    std::uint64_t hold_us = 0;
};

/// Where in `events` the connections of the recorded client begin (docs/design/resume.md); nothing
/// before the first one is shown.
[[nodiscard]] std::vector<std::size_t> connection_starts(const Recording& recording);

class ReplayServer {
  public:
    /// Listens on 127.0.0.1; `port` 0 takes a free one.
    static Result<ReplayServer> listen(std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Waits for a client and plays. A recording in which the client came back over a new
    /// connection is played over as many: the next one is waited for when one is over.
    /// Errc::peer_closed when the client leaves before the end.
    Result<void> play(const Recording& recording, const ReplayOptions& options);

  private:
    core::net::Fd listener_;
    std::uint16_t port_ = 0;
};

}  // namespace lucid::sessions::replay
