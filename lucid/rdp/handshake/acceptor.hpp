// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The client leg from its first byte until MCS: X.224 negotiation, TLS, CredSSP. Sans-I/O: the
/// driver calls step() with what it has received (plaintext once TLS runs), does what the action
/// says, and calls again; NeedMore means: wait for bytes.

#include <lucid/rdp/proto/credssp/acceptor.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <optional>
#include <string>
#include <variant>

namespace lucid::rdp::handshake {

/// Bytes a client may have us buffer before it is authenticated.
inline constexpr std::size_t pre_auth_bytes_max = 128 * 1024;

struct NeedMore {};
struct Send {
    Bytes bytes;
};
/// Everything sent so far goes out in the clear, then TLS as server; then on_tls().
struct StartTls {};
/// Resume with on_verified().
using VerifyNtlm = proto::credssp::VerifyNtlm;
/// The ticket is proven: connect the host leg, then on_dialed().
struct Dial {};
/// Check the plaintext against the ticket, then on_redeemed().
using Redeem = proto::credssp::Redeem;
/// MCS Connect-Initial is next. What has not been consumed belongs to it.
struct Ready {
    std::uint32_t requested_protocols = 0;  ///< the client's own, for SC_CORE
    std::uint32_t selected_protocol = 0;
    /// False: the ticket comes in Client Info (TLS-only listener); `cookie` then names it.
    bool authenticated = false;
    std::string cookie;
};
/// Send the bytes (may be empty), close; `reason` is for the log.
struct Refuse {
    Bytes bytes;
    Error reason;
};

using AcceptorAction =
    std::variant<NeedMore, Send, StartTls, VerifyNtlm, Dial, Redeem, Ready, Refuse>;

struct AcceptorInput {
    /// Accept clients that cannot do NLA; see the warning in Config.
    bool allow_tls_only = false;
    ByteArray<8> server_challenge{};  ///< random
    std::uint64_t filetime = 0;       ///< 100 ns since 1601
};

class Acceptor {
  public:
    explicit Acceptor(AcceptorInput input) : input_(std::move(input)) {}

    /// `input` is everything received and not yet consumed; `consumed` gets how much of it is done
    /// with.
    AcceptorAction step(ByteView input, std::size_t& consumed);

    /// TLS is up; `subject_public_key` is that of our certificate (BIT STRING contents).
    void on_tls(ByteView subject_public_key);
    void on_verified(std::optional<crypto::Secret> session_base_key);
    /// Nothing, or the NTSTATUS that tells the client why the host leg failed.
    void on_dialed(std::optional<std::uint32_t> refusal);
    void on_redeemed(bool accepted);

  private:
    enum class State { request, send_confirm, tls, credssp, waiting, early_result, ready, done };
    AcceptorAction on_request(ByteView input, std::size_t& consumed);
    AcceptorAction on_credssp(ByteView input, std::size_t& consumed);
    AcceptorAction take(proto::credssp::AcceptorAction action);
    AcceptorAction refuse(Error reason, Bytes bytes = {});

    AcceptorInput input_;
    State state_ = State::request;
    proto::ConnectionRequest request_;
    std::uint32_t selected_ = 0;
    std::optional<proto::credssp::Acceptor> credssp_;
    /// What a resumption produced, given out by the next step().
    std::optional<AcceptorAction> pending_;
};

}  // namespace lucid::rdp::handshake
