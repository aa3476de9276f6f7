// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// From the first byte of a client until both legs stand before MCS: drives the Acceptor and, in
/// its middle, the Connector over real sockets, asking core what they need.

#include <lucid/rdp/gateway/core_link.hpp>
#include <lucid/rdp/gateway/leg.hpp>
#include <lucid/rdp/relay/acceptor.hpp>
#include <lucid/rdp/relay/connector.hpp>

namespace lucid::rdp::gateway {

/// How a connection ended: complete when everything that happened is recorded and nothing failed.
struct Ended {
    std::string state;  ///< complete | partial
    std::string reason;
    /// Not over: another relay goes on with the recording.
    bool handed_over = false;
};

/// Both legs, secured, with what was read and not yet used.
struct LoggedIn {
    Leg client;
    Leg host;
    SslContext client_context;
    SslContext host_context;
    relay::Ready ready;
    std::uint32_t host_protocol = 0;
    Dialled dialled;
    std::string client_address;
    Bytes client_input;
    Bytes host_input;
};

/// The name in a routing cookie, "Cookie: mstshash=lt-…".
[[nodiscard]] std::string name_in_cookie(const std::string& cookie);

class Login {
  public:
    using Clock = std::chrono::steady_clock;
    /// How long a refused client may take to read why.
    static constexpr std::chrono::milliseconds farewell{1'000};

    Login(CoreLink& core, Welcome welcome, Leg client);
    /// Blocks; the deadline is the welcome's.
    std::variant<LoggedIn, Ended> run();

  private:
    /// False: ended_ says why.
    bool drive_client();
    bool on_client(relay::AcceptorAction& action);
    bool on_verify(relay::VerifyNtlm& claim);
    bool on_redeem(relay::Redeem& credentials);
    /// True also when the host leg failed: then the acceptor tells the client.
    bool on_dial();
    bool route_by_cookie();
    /// True when the host leg stands.
    bool connect_host();
    bool drive_host(relay::Connector& connector);
    bool secure_client();
    bool secure_host(relay::Connector& connector);
    void on_refuse(const relay::Refuse& refusal);

    /// Reads more into `input`, writing what is queued meanwhile.
    bool receive(Leg& leg, Bytes& input, const char* who);
    bool handshake(Leg& leg, const char* who);
    bool flush(Leg& leg, const char* who);
    /// Waits for the leg, core or the deadline.
    bool wait(Leg& leg, short events, const char* who);
    bool end(std::string reason);
    bool end(const char* what, const Error& error);

    CoreLink& core_;
    Welcome welcome_;
    Clock::time_point deadline_;
    Leg client_;
    SslContext client_context_;
    relay::Acceptor acceptor_;
    std::optional<Leg> host_;
    SslContext host_context_;
    std::optional<Dialled> dialled_;
    std::optional<relay::Ready> ready_;
    std::uint32_t host_protocol_ = 0;
    Bytes client_input_;
    Bytes host_input_;
    /// Why the host leg failed, kept for the end after the client was told.
    std::string host_failure_;
    std::optional<Ended> ended_;
};

}  // namespace lucid::rdp::gateway
