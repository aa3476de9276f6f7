// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// From the first byte of a client until both legs stand before MCS: drives the Acceptor and, in
/// its middle, the Connector over real sockets, asking core what they need.

#include <lucid/rdp/gateway/host_login.hpp>
#include <lucid/rdp/handshake/acceptor.hpp>

namespace lucid::rdp::gateway {

/// Both legs, secured, with what was read and not yet used.
struct LoggedIn {
    SslContext client_context;
    Leg client;
    HostLeg host;
    handshake::Ready ready;
    Dialled dialled;
    std::string client_address;
    Bytes client_input;
};

/// The name in a routing cookie, "Cookie: mstshash=lt-…".
[[nodiscard]] std::string name_in_cookie(const std::string& cookie);

class Login {
  public:
    /// How long a refused client may take to read why.
    static constexpr std::chrono::milliseconds farewell{1'000};

    Login(CoreLink& core, Welcome welcome, Leg client);
    /// Blocks; the deadline is the welcome's.
    std::variant<LoggedIn, Ended> run();

  private:
    /// These give false once steps_ says why.
    bool drive_client();
    bool on_client(handshake::AcceptorAction& action);
    bool on_verify(handshake::VerifyNtlm& claim);
    bool on_redeem(handshake::Redeem& credentials);
    /// True also when the host leg failed: then the acceptor tells the client.
    bool on_dial();
    bool route_by_cookie();
    /// True when the host leg stands.
    bool connect_host();
    bool secure_client();
    void on_refuse(const handshake::Refuse& refusal);

    CoreLink& core_;
    Welcome welcome_;
    LegSteps steps_;
    Leg client_;
    SslContext client_context_;
    handshake::Acceptor acceptor_;
    std::optional<Dialled> dialled_;
    std::optional<HostLeg> host_;
    std::optional<handshake::Ready> ready_;
    Bytes client_input_;
    /// Why the host leg failed, kept for the end after the client was told.
    std::string host_failure_;
};

}  // namespace lucid::rdp::gateway
