// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// CredSSP client role (MS-CSSP 3.1.5) with NTLMv2: the gateway logging in to a host with vaulted
/// credentials.
///
///   start() → first message;  receive(CHALLENGE) → Send;  receive(pubKeyAuth) → Delegated{authInfo
///   message}

#include <lucid/rdp/proto/credssp/ntlm_crypto.hpp>
#include <lucid/rdp/proto/credssp/ntlm_messages.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>

#include <optional>
#include <string>
#include <variant>

namespace lucid::rdp::proto::credssp {

struct InitiatorInput {
    Bytes user_name;  ///< UTF-16LE
    Bytes domain_name;
    crypto::Secret password;  ///< UTF-16LE
    /// Of the host's TLS certificate, BIT STRING contents.
    Bytes subject_public_key;
    ByteArray<8> client_challenge{};  ///< random
    ByteArray<32> nonce{};            ///< random
    ByteArray<16> session_key{};      ///< random
    /// SPN the host may check, "TERMSRV/desk".
    std::string target_name;
};

struct InitiatorSend {
    Bytes bytes;
};
/// The last message of the exchange: credentials delegated. With HYBRID_EX the host then answers
/// four raw bytes (early user authorization result).
struct Delegated {
    Bytes bytes;
};

using InitiatorAction = std::variant<InitiatorSend, Delegated>;

class Initiator {
  public:
    explicit Initiator(InitiatorInput input) : input_(std::move(input)) {}

    [[nodiscard]] Bytes start();
    /// One whole TSRequest of the host. Errc::refused with the NTSTATUS as offset when it names
    /// one.
    Result<InitiatorAction> receive(ByteView message);

  private:
    enum class State { start, challenge, pub_key, done };
    Result<InitiatorAction> on_challenge(ByteView token);
    Result<InitiatorAction> on_pub_key_auth(const TsRequest& request);

    InitiatorInput input_;
    State state_ = State::start;
    std::uint32_t version_ = version_ours;
    Bytes negotiate_message_;
    std::optional<NtlmSeal> to_host_;
    std::optional<NtlmSeal> from_host_;
};

}  // namespace lucid::rdp::proto::credssp
