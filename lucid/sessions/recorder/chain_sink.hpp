// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// AnchorSink over run/chain.sock: JSON-RPC 2.0 in frames.

#include <lucid/core/net/frame_channel.hpp>
#include <lucid/core/ports/anchor_sink.hpp>

namespace lucid::sessions::recorder {

class ChainSink final : public core::ports::AnchorSink {
  public:
    explicit ChainSink(std::string socket_path) : socket_path_(std::move(socket_path)) {}

    Result<core::ports::ChainIdentity> identity() override;
    Result<std::string> submit(const blockchain::proto::CheckpointAnchor& anchor) override;
    Result<std::string> submit(const blockchain::proto::SessionAnchor& anchor) override;
    Result<std::optional<core::ports::AnchorPlace>> find(const SessionId& session) override;
    Result<std::string> evidence(const SessionId& session, std::uint64_t first_slot,
                                 std::uint64_t last_slot) override;

  private:
    /// Result of a call as JSON text.
    Result<std::string> call(const std::string& request);
    std::string socket_path_;
    core::net::FrameChannel channel_;
};

}  // namespace lucid::sessions::recorder
