// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// TLS settings of both legs, in one place: TLS 1.2 or later, no session tickets or resumption (so
/// there always is a certificate to bind CredSSP to), no renegotiation, forward secrecy.

#include <lucid/rdp/gateway/remote_key.hpp>

#include <memory>
#include <optional>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace lucid::rdp::gateway {

struct SslContextDeleter {
    void operator()(ssl_ctx_st* context) const noexcept;
};
using SslContext = std::unique_ptr<ssl_ctx_st, SslContextDeleter>;

/// How the gateway knows a host. One of the two is always set: a host is never taken unchecked.
struct HostTrust {
    /// SHA-256 of the host's certificate (DER), taken when the host was registered.
    std::optional<Hash32> certificate_pin;
    /// PEM of the authorities that may sign for `name`; used when there is no pin.
    std::string authorities_pem;
    /// DNS name or IP address the certificate must be for; only with authorities.
    std::string name;
};

/// The listener's certificate chain (PEM, own certificate first) with a key elsewhere.
Result<SslContext> make_server_context(std::string_view certificate_pem, RemoteSigner signer);
/// Errc::bad_value: neither pin nor usable authorities.
Result<SslContext> make_client_context(const HostTrust& trust);

/// After the handshake, before any byte is sent: is this the host that was registered?
/// Errc::hash_mismatch: another certificate than the pinned one.
Result<void> check_host(const ssl_st& connection, const HostTrust& trust);

/// The subjectPublicKey bits of a certificate (RFC 5280, 4.1.2.7), to which CredSSP binds.
Result<Bytes> subject_public_key_of_pem(std::string_view certificate_pem);
/// The same of the peer's certificate.
Result<Bytes> subject_public_key_of_peer(const ssl_st& connection);
/// SHA-256 of the first certificate's DER: what `/cert:fingerprint` of a client compares.
Result<Hash32> certificate_fingerprint(std::string_view certificate_pem);
Result<Hash32> peer_fingerprint(const ssl_st& connection);

}  // namespace lucid::rdp::gateway
