// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A client and a host that behave, stage by stage, as far as they are told: what a misbehaviour
/// starts from, and who it is done to.

#include <lucid/rdp/proto/credssp/initiator.hpp>

#include "desk_double.hpp"
#include "peers.hpp"

namespace lucid::hostile {

namespace gateway = rdp::gateway;
using gateway::HostSecurity;
using gateway::test::Wire;

/// What has been done, in the order of a session.
enum class Stage {
    tcp,
    x224,
    tls,
    login,      ///< CredSSP, where it is spoken
    connected,  ///< MCS Connect-Initial and -Response
    attached,
    joined,
    informed,  ///< Client Info
    licensed,
    demanded,  ///< Demand Active
    active,    ///< Confirm Active
    finalized,
};
[[nodiscard]] const char* to_text(Stage stage);

/// Static channels of every session here, in this order: ids 1004, 1005, …; policy "custom".
inline const std::vector<std::string> channel_names = {"cliprdr", "rdpdr", "drdynvc", "rail",
                                                       "rdpsnd"};
inline constexpr std::uint16_t clipboard = 1004;
inline constexpr std::uint16_t devices = 1005;
inline constexpr std::uint16_t dynamic = 1006;
inline constexpr std::uint16_t refused_channel = 1007;
inline constexpr std::uint16_t audio = 1008;

class Party {
  public:
    virtual ~Party() = default;
    /// Behaves until then.
    Result<void> reach(Stage stage);
    [[nodiscard]] Stage stage() const { return at_; }
    /// A script did itself what leads there.
    void skip_to(Stage stage) { at_ = stage; }
    Wire& wire() { return *wire_; }
    /// Bytes on the socket, beneath TLS.
    Result<void> send_raw(ByteView bytes);
    void close();
    void reset();
    [[nodiscard]] bool closed() const { return !wire_; }

    std::function<void(int, Bytes&)> tamper;

  protected:
    explicit Party(Stage at) : at_(at) {}
    virtual Result<void> advance() = 0;
    Result<void> send_login(Bytes message);
    Result<Bytes> receive_ts_request();

    Stage at_;
    gateway::SslContext context_;
    std::optional<Wire> wire_;
    std::uint32_t selected_ = 0;

  private:
    int login_messages_ = 0;
};

struct ClientInput {
    std::uint16_t port = 0;
    std::uint32_t address = 0;  ///< its own, in host order
    HostSecurity security = HostSecurity::nla;
    std::string ticket;
    std::string secret;
};

class Client : public Party {
  public:
    explicit Client(ClientInput input) : Party(Stage::tcp), input_(std::move(input)) {}
    Result<void> connect();
    /// Presses a key and reads, among whatever else comes, until it is answered.
    Result<void> type(std::uint8_t scancode);
    Result<void> leave();

    /// For CredSSP: binds to another key than the certificate's.
    bool wrong_binding = false;
    int tls_version_max = 0;

  private:
    Result<void> advance() override;
    Result<void> negotiate();
    Result<void> secure();
    Result<void> log_in();
    Result<void> join();
    Result<void> finalize();
    ClientInput input_;
};

/// One accepted connection of a host.
class Host : public Party {
  public:
    Host(core::net::Fd socket, HostSecurity security, const gateway::test::Identity& identity);
    /// Answers everything in order until the connection ends.
    Result<void> serve();

    bool wrong_binding = false;

  private:
    Result<void> advance() override;
    Result<void> negotiate();
    Result<void> log_in();
    Result<void> react(ByteView pdu);
    Result<void> react_to_share(ByteView data);
    HostSecurity security_;
    const gateway::test::Identity& identity_;
    std::size_t joins_ = 0;
};

/// The PDUs of connection finalization (MS-RDPBCGR 1.3.1.1), of either side.
[[nodiscard]] std::vector<Bytes> finalization(bool of_client);

}  // namespace lucid::hostile
