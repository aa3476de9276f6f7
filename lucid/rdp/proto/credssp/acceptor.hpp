// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// CredSSP server role (MS-CSSP 3.1.5) with NTLMv2, raw or inside SPNEGO. Bytes in, next action
/// out; no clock, no randomness, no secrets of tickets: those are asked for.
///
///   receive(NEGOTIATE) → Send(CHALLENGE)
///   receive(AUTHENTICATE, pubKeyAuth) → VerifyNtlm → on_verified(key) → Proven: dial the host now
///   on_dialed(ok) → Send(pubKeyAuth)      on_dialed(status) → Refuse
///   receive(authInfo) → Redeem{user, password}
///
/// The host is dialled between checking the client's pubKeyAuth and answering it, because
/// afterwards the client can no longer be told why its login failed.

#include <lucid/rdp/proto/credssp/ntlm_crypto.hpp>
#include <lucid/rdp/proto/credssp/ntlm_messages.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>

#include <optional>
#include <variant>

namespace lucid::rdp::proto::credssp {

/// Fixed inputs of one connection.
struct AcceptorInput {
    ByteArray<8> server_challenge{};  ///< random
    std::uint64_t filetime = 0;       ///< 100 ns since 1601: AvPair timestamp
    Bytes subject_public_key;         ///< of the TLS certificate, BIT STRING contents
    std::string computer_name = "LUCID";
};

struct Send {
    Bytes bytes;
};
/// Ask whoever keeps the tickets; resume with on_verified().
struct VerifyNtlm {
    Bytes user_name;    ///< UTF-16LE
    Bytes domain_name;  ///< UTF-16LE
    ByteArray<8> server_challenge{};
    Bytes temp;
    ByteArray<16> nt_proof{};
};
/// The client knows the secret and sees our certificate; resume with on_dialed().
struct Proven {};
/// Compare with the ticket; `user_name` equals the one that was proven.
struct Redeem {
    Bytes user_name;
    crypto::Secret password;  ///< UTF-16LE
};
/// Send `bytes` (may be empty) and close; `reason` for the log.
struct Refuse {
    Bytes bytes;
    Error reason;
};

using AcceptorAction = std::variant<Send, VerifyNtlm, Proven, Redeem, Refuse>;

class Acceptor {
  public:
    explicit Acceptor(AcceptorInput input) : input_(std::move(input)) {}

    /// One whole TSRequest.
    AcceptorAction receive(ByteView message);
    /// The session base key, or nothing where ticket and proof do not fit.
    AcceptorAction on_verified(std::optional<crypto::Secret> session_base_key);
    /// Nothing: the host leg stands. A status: the target refused or was not reached.
    AcceptorAction on_dialed(std::optional<std::uint32_t> refusal);

  private:
    enum class State {
        negotiate,
        authenticate,
        verifying,
        pub_key,
        dialing,
        auth_info,
        done,
        failed
    };
    Result<AcceptorAction> step(ByteView message);
    Result<AcceptorAction> on_negotiate(const TsRequest& request);
    Result<AcceptorAction> on_authenticate(const TsRequest& request);
    Result<AcceptorAction> on_pub_key_auth(const TsRequest& request);
    Result<AcceptorAction> on_auth_info(const TsRequest& request);
    Result<AcceptorAction> check_authenticate(const crypto::Secret& session_base_key);
    Result<AcceptorAction> challenge(ByteView negotiate);
    AcceptorAction refuse(Error reason, std::uint32_t status);
    [[nodiscard]] Bytes wrap_token(Bytes ntlm, bool first_answer) const;

    AcceptorInput input_;
    State state_ = State::negotiate;
    std::uint32_t version_ = version_ours;
    bool spnego_ = false;
    bool mic_wanted_ = false;
    Bytes mech_list_;
    std::optional<Bytes> mech_list_mic_;
    Bytes negotiate_message_;
    Bytes challenge_message_;
    Bytes authenticate_message_;
    NtlmAuthenticate authenticate_;
    std::optional<ByteArray<32>> nonce_;
    std::optional<Bytes> pub_key_auth_;
    std::optional<NtlmSeal> from_client_;
    std::optional<NtlmSeal> to_client_;
};

}  // namespace lucid::rdp::proto::credssp
