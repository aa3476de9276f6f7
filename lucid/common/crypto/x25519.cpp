// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/x25519.hpp>
#include <lucid/common/result/assert.hpp>

#include <sodium.h>

namespace lucid::crypto {

ByteArray<32> x25519_public(const Secret& secret) {
    LUCID_ASSERT(secret.size() == crypto_scalarmult_SCALARBYTES);
    ByteArray<32> out;
    crypto_scalarmult_base(out.data(), secret.expose().data());
    return out;
}

Result<Secret> x25519(const Secret& secret, const ByteArray<32>& peer) {
    LUCID_ASSERT(secret.size() == crypto_scalarmult_SCALARBYTES);
    Bytes shared(crypto_scalarmult_BYTES);
    if (crypto_scalarmult(shared.data(), secret.expose().data(), peer.data()) != 0)
        return fail(Errc::bad_value, "x25519 peer key");
    return Secret(std::move(shared));
}

}  // namespace lucid::crypto
