// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// EC_KEY_METHOD is the only hook of OpenSSL 3.0 for a foreign private key short of a whole
// provider; it is deprecated there, so the deprecation is silenced in this one file.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/gateway/remote_key.hpp>

#include <algorithm>

#include <climits>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace lucid::rdp::gateway {

namespace {

constexpr std::size_t digest_bytes_max = 64;

void free_signer(void* /*parent*/, void* data, CRYPTO_EX_DATA* /*all*/, int /*index*/,
                 long /*number*/, void* /*argument*/) {
    delete static_cast<RemoteSigner*>(data);
}

int signer_index() {
    static const int index = EC_KEY_get_ex_new_index(0, nullptr, nullptr, nullptr, free_signer);
    return index;
}

int sign_remotely(int /*type*/, const unsigned char* digest, int digest_bytes,
                  unsigned char* signature, unsigned int* signature_bytes,
                  const BIGNUM* /*k_inverse*/, const BIGNUM* /*r*/, EC_KEY* key) {
    const auto* signer = static_cast<RemoteSigner*>(EC_KEY_get_ex_data(key, signer_index()));
    if (signer == nullptr || digest_bytes <= 0) return 0;
    const auto answer = (*signer)({digest, static_cast<std::size_t>(digest_bytes)});
    if (!answer || answer->size() > static_cast<std::size_t>(ECDSA_size(key))) return 0;
    std::copy(answer->begin(), answer->end(), signature);
    *signature_bytes = static_cast<unsigned int>(answer->size());
    return 1;
}

const EC_KEY_METHOD* remote_method() {
    static EC_KEY_METHOD* const method = [] {
        EC_KEY_METHOD* made = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
        LUCID_ASSERT(made != nullptr);
        EC_KEY_METHOD_set_sign(made, sign_remotely, nullptr, nullptr);
        return made;
    }();
    return method;
}

}  // namespace

void PkeyDeleter::operator()(evp_pkey_st* key) const noexcept {
    EVP_PKEY_free(key);
}

Result<Pkey> make_remote_key(x509_st& certificate, RemoteSigner signer) {
    EVP_PKEY* certified = X509_get0_pubkey(&certificate);
    if (certified == nullptr) return fail(Errc::bad_value, "certificate key");
    if (EVP_PKEY_get_base_id(certified) != EVP_PKEY_EC)
        return fail(Errc::unsupported, "certificate key is not elliptic-curve");
    EC_KEY* ec = EVP_PKEY_get1_EC_KEY(certified);
    if (ec == nullptr) return fail(Errc::bad_value, "certificate key");
    // A copy: the certificate's own key object must not get our method.
    EC_KEY* own = EC_KEY_dup(ec);
    EC_KEY_free(ec);
    Pkey key(EVP_PKEY_new());
    if (own == nullptr || !key) {
        EC_KEY_free(own);
        return fail(Errc::internal, "remote key");
    }
    auto held = std::make_unique<RemoteSigner>(std::move(signer));
    if (EC_KEY_set_method(own, remote_method()) != 1 ||
        EC_KEY_set_ex_data(own, signer_index(), held.get()) != 1) {
        EC_KEY_free(own);
        return fail(Errc::internal, "remote key method");
    }
    (void)held.release();  // the EC_KEY owns it from here, see free_signer
    if (EVP_PKEY_assign_EC_KEY(key.get(), own) != 1) {
        EC_KEY_free(own);
        return fail(Errc::internal, "remote key");
    }
    return key;
}

Result<LocalSigner> LocalSigner::from_pem(std::string_view pem) {
    if (pem.size() > INT_MAX) return fail(Errc::limit_exceeded, "private key");
    BIO* source = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    if (source == nullptr) return fail(Errc::internal, "private key");
    // An empty pass phrase instead of OpenSSL's prompt on the terminal.
    static char no_passphrase[] = "";
    Pkey key(PEM_read_bio_PrivateKey(source, nullptr, nullptr, no_passphrase));
    BIO_free(source);
    if (!key) return fail(Errc::bad_value, "private key is not readable PEM");
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC)
        return fail(Errc::unsupported, "private key is not elliptic-curve");
    return LocalSigner(std::move(key));
}

Result<Bytes> LocalSigner::sign(ByteView digest) const {
    if (digest.size() < 32 || digest.size() > digest_bytes_max)
        return fail(Errc::bad_length, "digest to sign", digest.size());
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
    std::size_t size = 0;
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
        EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()) != 1)
        return fail(Errc::internal, "signing");
    Bytes signature(size);
    if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1)
        return fail(Errc::internal, "signing");
    signature.resize(size);
    return signature;
}

}  // namespace lucid::rdp::gateway
