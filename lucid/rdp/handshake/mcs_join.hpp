// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// MCS as client, from the host's Connect-Response until every channel is joined (MS-RDPBCGR
/// 1.3.1.1, Channel Connection). Bytes in, bytes out.

#include <lucid/rdp/proto/mcs_connect.hpp>

namespace lucid::rdp::handshake {

/// Ids of one connection.
struct McsIds {
    std::uint16_t user = 0;
    std::uint16_t io = 0;
    std::uint16_t message = 0;            ///< 0: none
    std::vector<std::uint16_t> channels;  ///< in the order of the client's definitions
};

/// Ids in a Connect-Response; `user` is not there yet. Errc::refused for a host that wants its own
/// encryption on a TLS leg, which would hide the session from us.
Result<McsIds> host_ids_of(ByteView connect_response, const std::vector<proto::GccBlock>& blocks);

class McsJoin {
  public:
    /// `channels`: static channels that were asked for. `with_message_channel`: join it where the
    /// host has one.
    McsJoin(std::size_t channels, bool with_message_channel)
        : channels_(channels), with_message_channel_(with_message_channel) {}

    /// Takes one packet of the host, gives what is to be sent next (may be empty).
    Result<Bytes> take(ByteView packet);
    [[nodiscard]] bool done() const { return stage_ == Stage::done; }
    /// Once done().
    [[nodiscard]] const McsIds& ids() const { return ids_; }

  private:
    enum class Stage { connect_response, attach_user, joining, done };
    Result<Bytes> on_connect_response(ByteView packet);
    Result<Bytes> on_attach_user(ByteView packet);
    Result<Bytes> on_joined(ByteView packet);
    [[nodiscard]] Bytes join_next();

    std::size_t channels_;
    bool with_message_channel_;
    McsIds ids_;
    Stage stage_ = Stage::connect_response;
    std::vector<std::uint16_t> to_join_;
    std::size_t joined_ = 0;
};

}  // namespace lucid::rdp::handshake
