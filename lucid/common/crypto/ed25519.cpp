// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/ed25519.hpp>
#include <lucid/common/result/assert.hpp>

#include <sodium.h>

namespace lucid::crypto {

Ed25519Key::Ed25519Key(Secret seed) : seed_(std::move(seed)) {
    LUCID_ASSERT(seed_.size() == crypto_sign_SEEDBYTES);
    LUCID_ASSERT(sodium_init() >= 0);
    Bytes expanded(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(public_key_.data(), expanded.data(), seed_.expose().data());
    expanded_ = Secret(std::move(expanded));
}

Ed25519Signature Ed25519Key::sign(ByteView message) const {
    Ed25519Signature signature;
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                         expanded_.expose().data());
    return signature;
}

bool ed25519_verify(const Ed25519PublicKey& key, ByteView message,
                    const Ed25519Signature& signature) {
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       key.data()) == 0;
}

}  // namespace lucid::crypto
