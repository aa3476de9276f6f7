// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The host leg from its first byte until MCS: X.224 negotiation, TLS, CredSSP with vaulted
/// credentials. Sans-I/O, driven like the Acceptor.

#include <lucid/rdp/handshake/acceptor.hpp>
#include <lucid/rdp/proto/credssp/initiator.hpp>
#include <lucid/rdp/proto/x224.hpp>

namespace lucid::rdp::handshake {

enum class HostSecurity { tls, nla };

struct ConnectorInput {
    /// What the host is registered with; anything weaker on the wire is a downgrade and refused.
    HostSecurity security = HostSecurity::nla;
    Bytes user_name;  ///< UTF-16LE
    Bytes domain_name;
    crypto::Secret password;  ///< UTF-16LE; used for NLA hosts only
    std::string target_name;  ///< "TERMSRV/desk"
    /// For a host behind a broker that said so; empty: none. Without CR LF.
    std::string routing_token;
    ByteArray<8> client_challenge{};
    ByteArray<32> nonce{};
    ByteArray<16> session_key{};
};

struct Connected {
    std::uint32_t selected_protocol = 0;
    /// The host takes blocks about monitors (MS-RDPBCGR 2.2.1.2.1, EXTENDED_CLIENT_DATA_SUPPORTED).
    bool extended_client_data = false;
};
/// Close; `status` tells the client (NTSTATUS), `reason` the log.
struct ConnectFailed {
    Error reason;
    std::uint32_t status = proto::credssp::status_access_denied;
};

using ConnectorAction = std::variant<NeedMore, Send, StartTls, Connected, ConnectFailed>;

class Connector {
  public:
    explicit Connector(ConnectorInput input) : input_(std::move(input)) {}

    /// As Acceptor::step. The first call gives the Connection Request.
    ConnectorAction step(ByteView input, std::size_t& consumed);
    /// TLS is up and the certificate was checked; its public key binds CredSSP.
    void on_tls(ByteView subject_public_key);

    [[nodiscard]] const char* state_name() const;

  private:
    enum class State { start, confirm, tls, credssp, early_result, connected, done };
    ConnectorAction on_confirm(ByteView input, std::size_t& consumed);
    ConnectorAction on_credssp(ByteView input, std::size_t& consumed);
    ConnectorAction on_early_result(ByteView input, std::size_t& consumed);
    ConnectorAction failed(Error reason);

    ConnectorInput input_;
    State state_ = State::start;
    std::uint32_t requested_ = 0;
    std::uint32_t selected_ = 0;
    bool extended_client_data_ = false;
    std::optional<proto::credssp::Initiator> credssp_;
    std::optional<ConnectorAction> pending_;
};

}  // namespace lucid::rdp::handshake
