// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A TLS private key that is not here: signatures are asked for by a callback. The relay process
/// proves the listener's identity with it while the key itself stays in core.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <functional>
#include <memory>

// OpenSSL's own forward declarations; its headers stay in the .cpp files.
struct evp_pkey_st;
struct x509_st;

namespace lucid::rdp::gateway {

/// Signs a digest (32 to 64 bytes) with ECDSA; the answer is the DER of ECDSA-Sig-Value.
using RemoteSigner = std::function<Result<Bytes>(ByteView digest)>;

/// The name of the only scheme; goes over the channel so that another one can be added.
inline constexpr const char* scheme_ecdsa = "ecdsa";

struct PkeyDeleter {
    void operator()(evp_pkey_st* key) const noexcept;
};
using Pkey = std::unique_ptr<evp_pkey_st, PkeyDeleter>;

/// A key whose public half is the certificate's and whose signatures come from `signer`. Only
/// elliptic-curve certificates (Errc::unsupported otherwise). The key keeps `signer` alive.
Result<Pkey> make_remote_key(x509_st& certificate, RemoteSigner signer);

/// core's half: signs a digest with a PEM private key on an elliptic curve.
class LocalSigner {
  public:
    /// Errc::bad_value: not a PEM key; Errc::unsupported: not an EC key.
    static Result<LocalSigner> from_pem(std::string_view pem);
    Result<Bytes> sign(ByteView digest) const;

  private:
    explicit LocalSigner(Pkey key) : key_(std::move(key)) {}
    Pkey key_;
};

}  // namespace lucid::rdp::gateway
