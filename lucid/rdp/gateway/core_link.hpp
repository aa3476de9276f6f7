// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The relay's end of its channel to core. Questions block; a kill may come at any time, also
/// instead of an answer, and then everything ends with Errc::canceled. Orders for a session that
/// waits for its client may come before the answer to a question; they are kept.

#include <lucid/core/net/frame_channel.hpp>
#include <lucid/rdp/gateway/messages.hpp>

#include <optional>
#include <utility>

namespace lucid::rdp::gateway {

class CoreLink {
  public:
    struct Reply {
        Answer answer;  ///< never a Kill, Finish or HandOver
        core::net::Fd fd;
    };
    /// Longer than core may take to dial or to open a recording.
    static constexpr std::chrono::seconds answer_limit{25};

    explicit CoreLink(core::net::FrameChannel channel) : channel_(std::move(channel)) {}

    /// The first frame, with the client's socket.
    Result<core::net::Frame> receive_first();
    /// Errc::canceled: killed, see kill_reason(); Errc::peer_closed: core is gone.
    Result<Reply> ask(const Request& request);
    /// The same where only success counts: Errc::refused with refusal() as the reason.
    Result<Reply> demand(const Request& request);
    /// For requests without an answer.
    Result<void> tell(const Request& request);
    /// When fd() is readable although nothing was asked: a kill is Errc::canceled, an order of
    /// core is kept for take_order().
    Result<void> take_message();
    /// Finish or HandOver, once.
    [[nodiscard]] std::optional<Answer> take_order() { return std::exchange(order_, std::nullopt); }

    [[nodiscard]] int fd() const { return channel_.fd(); }
    [[nodiscard]] const std::string& kill_reason() const { return kill_reason_; }
    /// core's words for the last refusal.
    [[nodiscard]] const std::string& refusal() const { return refusal_; }

  private:
    Result<Reply> receive();
    Result<Reply> receive_any();
    core::net::FrameChannel channel_;
    std::string kill_reason_;
    std::string refusal_;
    std::optional<Answer> order_;
};

}  // namespace lucid::rdp::gateway
