// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A host leg from its dialled socket until it stands before MCS: certificate, TLS, CredSSP with
/// the vaulted credential. At a login and again when a host redirects the session.

#include <lucid/rdp/gateway/leg_steps.hpp>
#include <lucid/rdp/handshake/connector.hpp>

namespace lucid::rdp::gateway {

struct HostLeg {
    SslContext context;  ///< before the leg, which uses it
    Leg leg;
    std::uint32_t protocol = 0;
    Bytes input;  ///< read and not yet used
};

class HostLogin {
  public:
    /// Both must outlive it.
    HostLogin(LegSteps& steps, const Dialled& dialled) : steps_(steps), dialled_(dialled) {}
    /// None: steps.ended() says why.
    std::optional<HostLeg> run(core::net::Fd socket);

  private:
    bool drive(handshake::Connector& connector);
    bool secure(handshake::Connector& connector);

    LegSteps& steps_;
    const Dialled& dialled_;
    std::optional<HostLeg> host_;
};

}  // namespace lucid::rdp::gateway
