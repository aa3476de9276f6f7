// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FrameChannel: length-prefixed frames over a local (Unix) stream socket, with optional passing of
/// one file descriptor per frame. The control plane between Lucid's processes; not for networks.
///
/// Frame: u32 LE payload length ‖ payload. Not thread-safe: one thread or strand per direction.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace lucid::core::net {

/// Largest payload a peer process may send.
inline constexpr std::size_t frame_bytes_max = 16 * 1024 * 1024;

struct Frame {
    Bytes payload;
    Fd fd;  ///< invalid unless the sender passed one
};

class FrameChannel {
  public:
    FrameChannel() = default;
    explicit FrameChannel(Fd socket) : socket_(std::move(socket)) {}

    /// A connected pair for a parent and its child.
    static Result<std::pair<FrameChannel, FrameChannel>> make_pair();
    /// Connects to a listening Unix socket; the error names the path's problem.
    static Result<FrameChannel> connect(const std::string& path);

    /// Blocks until written. Errc::peer_closed when the other side is gone. `pass_fd` stays ours.
    Result<void> send(ByteView payload, int pass_fd = -1);
    /// Blocks until a whole frame arrived or the time is over (Errc::timed_out: channel then
    /// unusable only if a frame was half read). No timeout waits for ever.
    Result<Frame> receive(std::optional<std::chrono::milliseconds> timeout = std::nullopt);

    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] bool valid() const { return socket_.valid(); }
    [[nodiscard]] Fd release() { return std::move(socket_); }

  private:
    Fd socket_;
};

}  // namespace lucid::core::net
