// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// MCS with the host that a session is redirected to, in the client's place: it has been through it
/// with the first host and is not asked again. Bytes in, bytes out.

#include <lucid/rdp/handshake/mcs_join.hpp>
#include <lucid/rdp/relay/host_ids.hpp>

namespace lucid::rdp::relay {

class HostJoin {
  public:
    /// `connect_initial` as it went to the first host; `client` are the ids it led to.
    HostJoin(Bytes connect_initial, const McsIds& client)
        : connect_initial_(std::move(connect_initial)),
          join_(client.channels.size(), client.message != 0) {}

    /// Connect-Initial for the second host.
    [[nodiscard]] Bytes start(std::uint32_t selected_protocol, std::uint32_t session_id);
    /// Takes one packet of the host, gives what is to be sent next (may be empty).
    Result<Bytes> take(ByteView packet) { return join_.take(packet); }
    [[nodiscard]] bool done() const { return join_.done(); }
    /// Once done().
    [[nodiscard]] const McsIds& host() const { return join_.ids(); }

  private:
    Bytes connect_initial_;
    handshake::McsJoin join_;
};

}  // namespace lucid::rdp::relay
