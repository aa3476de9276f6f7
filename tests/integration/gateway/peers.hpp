// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A scripted RDP client and host on real TLS over loopback, for whole-path tests. Both use the
/// machines of rdp/relay in the other direction: the client logs in with a Connector, the host with
/// an Acceptor.

#include <lucid/rdp/gateway/dial.hpp>
#include <lucid/rdp/gateway/leg.hpp>
#include <lucid/rdp/gateway/ports.hpp>
#include <lucid/rdp/handshake/acceptor.hpp>
#include <lucid/rdp/handshake/connector.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "../../unit/rdp/gateway/certificates.hpp"

namespace lucid::rdp::gateway::test {

/// Longest wait for anything in these tests.
inline constexpr std::chrono::seconds patience{15};

/// A leg with what was received and not used, waiting where the Leg would not.
class Wire {
  public:
    explicit Wire(Leg leg) : leg_(std::move(leg)) {}
    Leg& leg() { return leg_; }
    Bytes& input() { return input_; }
    Result<void> send(ByteView bytes);
    /// Waits for more input.
    Result<void> receive();
    Result<void> handshake();
    /// Reads until the peer closes.
    Result<void> wait_closed();
    /// The next whole PDU.
    Result<Bytes> pdu();

  private:
    Result<void> wait(short events);
    Leg leg_;
    Bytes input_;
};

/// What a host shows wrongly on purpose.
enum class HostFault { none, offers_tls_only, encrypts_itself, silent };

class ScriptedHost {
  public:
    /// Answers one input PDU.
    using Answer = std::function<Result<void>(Wire& wire, ByteView pdu)>;
    /// Without an answer of its own, input comes back as screen output.
    ScriptedHost(HostSecurity security, std::string user, std::string password,
                 HostFault fault = HostFault::none, Answer on_input = {});
    ~ScriptedHost();
    /// Answers Client Info; before anybody connects. Without it the host shows "welcome".
    void answer_login(Answer on_login) { on_login_ = std::move(on_login); }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] Hash32 pin() const;
    /// From Client Info, "" before it came.
    [[nodiscard]] std::string seen_user() const;
    [[nodiscard]] std::string seen_password() const;
    [[nodiscard]] int connections() const { return connections_; }
    /// Whether the last Client Info had an auto-reconnect cookie.
    [[nodiscard]] bool seen_reconnect_cookie() const;
    /// Cookie or token of the last connection request; TLS hosts only.
    [[nodiscard]] std::string seen_cookie() const;
    /// Stops listening: the port is closed.
    void stop();

  private:
    void run();
    Result<void> serve(core::net::Fd socket);
    Result<void> log_in(Wire& wire);
    Result<void> talk(Wire& wire);
    Result<void> answer(Wire& wire, ByteView pdu);

    HostSecurity security_;
    std::string user_;
    std::string password_;
    HostFault fault_;
    Answer on_input_;
    Answer on_login_;
    Identity identity_;
    SslContext context_;
    core::net::Fd listener_;
    core::net::Fd wake_;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::string seen_user_;
    std::string seen_password_;
    std::string seen_cookie_;
    bool seen_reconnect_cookie_ = false;
    std::vector<std::thread> threads_;
    std::thread thread_;
};

class ScriptedClient {
  public:
    /// X.224, TLS and, with nla, CredSSP. The error's offset is the NTSTATUS where there is one.
    static Result<ScriptedClient> log_in(std::uint16_t port, HostSecurity security,
                                         const std::string& user, const std::string& secret,
                                         int tls_version_max = 0);
    /// MCS up to Client Info.
    Result<void> start(const std::string& user, const std::string& secret);
    /// Presses a key and waits for the host's echo of it as a screen update.
    Result<void> type(std::uint8_t scancode);
    /// Closes in order, as a client does that a person ended; destruction alone is a broken line.
    Result<void> leave();
    /// Reads until the gateway closes.
    Result<void> wait_for_end();
    Wire& wire() { return wire_; }

  private:
    ScriptedClient(Wire wire, SslContext context)
        : context_(std::move(context)), wire_(std::move(wire)) {}
    SslContext context_;
    Wire wire_;
};

}  // namespace lucid::rdp::gateway::test
