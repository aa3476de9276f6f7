// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/rdp/gateway/listener_certificate.hpp>

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace lucid::rdp::gateway {
namespace {

constexpr long validity_s = 10L * 365 * 24 * 3600;

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

ByteView content_of(const Memory& memory) {
    const char* data = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &data);
    return {reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

bool fill(X509* certificate, EVP_PKEY* key, const std::string& name) {
    const auto serial = crypto::random_array<8>();
    std::uint64_t number = 1;
    for (const auto byte : serial) number = number << 7 ^ byte;
    auto* subject = X509_get_subject_name(certificate);
    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), validity_s) != nullptr &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

Result<ListenerCertificate> make_listener_certificate(const std::string& common_name) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    const Memory certificate_out(BIO_new(BIO_s_mem()));
    const Memory key_out(BIO_new(BIO_s_secmem()));
    if (!key || !certificate || !certificate_out || !key_out ||
        !fill(certificate.get(), key.get(), common_name) ||
        PEM_write_bio_X509(certificate_out.get(), certificate.get()) != 1 ||
        PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
            1)
        return fail(Errc::internal, "listener certificate");
    return ListenerCertificate{std::string(as_text(content_of(certificate_out))),
                               crypto::Secret::copy_of(content_of(key_out))};
}

}  // namespace lucid::rdp::gateway
