// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/p256.hpp>

#include <algorithm>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace lucid::crypto {
namespace {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

/// Null where the point is not on the curve.
Key load_key(std::span<const std::uint8_t, 64> public_key) {
    ByteArray<65> point;
    point[0] = 0x04;  // uncompressed
    std::copy(public_key.begin(), public_key.end(), point.begin() + 1);
    char group[] = "prime256v1";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()};
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                          const_cast<OSSL_PARAM*>(parameters)) != 1)
        return nullptr;
    return Key(key);
}

}  // namespace

bool p256_verify(std::span<const std::uint8_t, 32> digest,
                 std::span<const std::uint8_t, 64> signature,
                 std::span<const std::uint8_t, 64> public_key) {
    const auto key = load_key(public_key);
    if (!key) return false;
    const Signature parsed(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(signature.data(), 32, nullptr);
    BIGNUM* s = BN_bin2bn(signature.data() + 32, 32, nullptr);
    if (ECDSA_SIG_set0(parsed.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return false;
    }
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(parsed.get(), &der);
    if (size <= 0) return false;
    const Context context(EVP_PKEY_CTX_new(key.get(), nullptr));
    const bool good = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                      EVP_PKEY_verify(context.get(), der, static_cast<std::size_t>(size),
                                      digest.data(), digest.size()) == 1;
    OPENSSL_free(der);
    return good;
}

}  // namespace lucid::crypto
