// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/common/crypto/secp256k1.hpp>
#include <lucid/common/result/assert.hpp>

#include <algorithm>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace lucid::crypto {
namespace {

/// One context for the process, blinded against side channels; read-only afterwards, so threads
/// may share it.
const secp256k1_context* context() {
    static const secp256k1_context* const shared = [] {
        auto* made = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
        const auto seed = random_array<32>();
        LUCID_ASSERT(secp256k1_context_randomize(made, seed.data()) == 1);
        return made;
    }();
    return shared;
}

ByteArray<64> serialise(const secp256k1_pubkey& key) {
    ByteArray<65> uncompressed;
    std::size_t length = uncompressed.size();
    secp256k1_ec_pubkey_serialize(context(), uncompressed.data(), &length, &key,
                                  SECP256K1_EC_UNCOMPRESSED);
    ByteArray<64> out;
    std::copy(uncompressed.begin() + 1, uncompressed.end(), out.begin());
    return out;
}

}  // namespace

Result<Secp256k1Key> Secp256k1Key::from_secret(Secret secret) {
    if (secret.size() != 32) return fail(Errc::bad_length, "secp256k1 secret", secret.size());
    secp256k1_pubkey point;
    if (secp256k1_ec_pubkey_create(context(), &point, secret.expose().data()) != 1)
        return fail(Errc::bad_value, "secp256k1 secret");
    Secp256k1Key key;
    key.secret_ = std::move(secret);
    key.public_key_ = serialise(point);
    return key;
}

RecoverableSignature Secp256k1Key::sign(const Hash32& digest) const {
    secp256k1_ecdsa_recoverable_signature signature;
    LUCID_ASSERT(secp256k1_ecdsa_sign_recoverable(context(), &signature, digest.data(),
                                                  secret_.expose().data(), nullptr, nullptr) == 1);
    ByteArray<64> compact;
    int recovery_id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), compact.data(), &recovery_id,
                                                            &signature);
    RecoverableSignature out;
    std::copy_n(compact.begin(), 32, out.r.begin());
    std::copy_n(compact.begin() + 32, 32, out.s.begin());
    out.y_parity = static_cast<std::uint8_t>(recovery_id & 1);
    return out;
}

EthereumAddress Secp256k1Key::address() const {
    return address_of(public_key_);
}

Result<ByteArray<64>> secp256k1_recover(const Hash32& digest,
                                        const RecoverableSignature& signature) {
    if (signature.y_parity > 1) return fail(Errc::bad_value, "signature parity");
    ByteArray<64> compact;
    std::copy(signature.r.begin(), signature.r.end(), compact.begin());
    std::copy(signature.s.begin(), signature.s.end(), compact.begin() + 32);
    secp256k1_ecdsa_recoverable_signature parsed;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context(), &parsed, compact.data(),
                                                            signature.y_parity) != 1)
        return fail(Errc::bad_value, "signature");
    secp256k1_pubkey point;
    if (secp256k1_ecdsa_recover(context(), &point, &parsed, digest.data()) != 1)
        return fail(Errc::bad_signature, "signature recovery");
    return serialise(point);
}

EthereumAddress address_of(const ByteArray<64>& public_key) {
    const auto hash = keccak256(public_key);
    EthereumAddress address;
    std::copy(hash.begin() + 12, hash.end(), address.begin());
    return address;
}

}  // namespace lucid::crypto
