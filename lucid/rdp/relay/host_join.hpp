// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// MCS with the host that a session is redirected to, in the client's place: it has been through it
/// with the first host and is not asked again. Bytes in, bytes out.

#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/relay/host_ids.hpp>

namespace lucid::rdp::relay {

/// Ids in a Connect-Response; `user` is not there yet. Errc::refused for a host that wants its own
/// encryption on a TLS leg, which would hide the session from us.
Result<McsIds> host_ids_of(ByteView connect_response, const std::vector<proto::GccBlock>& blocks);

class HostJoin {
  public:
    /// `connect_initial` as it went to the first host; `client` are the ids it led to.
    HostJoin(Bytes connect_initial, McsIds client);

    /// Connect-Initial for the second host.
    [[nodiscard]] Bytes start(std::uint32_t selected_protocol, std::uint32_t session_id);
    /// Takes one packet of the host, gives what is to be sent next (may be empty).
    Result<Bytes> take(ByteView packet);
    [[nodiscard]] bool done() const { return stage_ == Stage::done; }
    /// Once done().
    [[nodiscard]] const McsIds& host() const { return host_; }

  private:
    enum class Stage { connect_response, attach_user, joining, done };
    Result<Bytes> on_connect_response(ByteView packet);
    Result<Bytes> on_attach_user(ByteView packet);
    Result<Bytes> on_joined(ByteView packet);
    [[nodiscard]] Bytes join_next();

    Bytes connect_initial_;
    McsIds client_;
    McsIds host_;
    Stage stage_ = Stage::connect_response;
    std::vector<std::uint16_t> to_join_;
    std::size_t joined_ = 0;
};

}  // namespace lucid::rdp::relay
