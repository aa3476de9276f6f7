// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/secret.hpp>
#include <lucid/rdp/gateway/tls_context.hpp>

#include <vector>

#include <climits>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace lucid::rdp::gateway {

namespace {

constexpr std::size_t chain_certificates_max = 10;
constexpr std::size_t authorities_max = 256;
/// One recv() may bring several records; measured: 16 KiB costs a system call per record.
constexpr std::size_t read_buffer_bytes = 64 * 1024;

struct X509Deleter {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, X509Deleter>;

Result<std::vector<Certificate>> read_certificates(std::string_view pem, std::size_t count_max) {
    if (pem.size() > INT_MAX) return fail(Errc::limit_exceeded, "certificates");
    const std::unique_ptr<BIO, decltype(&BIO_free)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    std::vector<Certificate> out;
    while (X509* certificate = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)) {
        out.emplace_back(certificate);
        if (out.size() > count_max) return fail(Errc::limit_exceeded, "certificates", out.size());
    }
    if (out.empty()) return fail(Errc::bad_value, "no certificate in PEM");
    return out;
}

Result<Bytes> subject_public_key(const X509& certificate) {
    const ASN1_BIT_STRING* bits = X509_get0_pubkey_bitstr(&certificate);
    if (bits == nullptr) return fail(Errc::bad_value, "certificate public key");
    const auto* data = ASN1_STRING_get0_data(bits);
    return Bytes(data, data + ASN1_STRING_length(bits));
}

Result<Hash32> fingerprint(const X509& certificate) {
    Hash32 out;
    unsigned int size = out.size();
    if (X509_digest(&certificate, EVP_sha256(), out.data(), &size) != 1)
        return fail(Errc::internal, "certificate digest");
    return out;
}

Result<const X509*> peer_certificate(const ssl_st& connection) {
    const X509* certificate = SSL_get0_peer_certificate(&connection);
    if (certificate == nullptr) return fail(Errc::not_found, "peer certificate");
    return certificate;
}

Result<SslContext> make_context(const SSL_METHOD* method) {
    SslContext context(SSL_CTX_new(method));
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
        return fail(Errc::internal, "TLS context");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                           SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context.get(), read_buffer_bytes);
    return context;
}

Result<void> trust_authorities(SSL_CTX& context, const HostTrust& trust) {
    LUCID_TRY(const auto authorities, read_certificates(trust.authorities_pem, authorities_max));
    X509_STORE* store = SSL_CTX_get_cert_store(&context);
    for (const auto& authority : authorities)
        if (X509_STORE_add_cert(store, authority.get()) != 1)
            return fail(Errc::bad_value, "authority certificate");
    X509_VERIFY_PARAM* checks = SSL_CTX_get0_param(&context);
    if (trust.name.empty()) return fail(Errc::bad_value, "name the certificate must be for");
    // An IP address is tried first: it is matched against another field of the certificate.
    if (X509_VERIFY_PARAM_set1_ip_asc(checks, trust.name.c_str()) != 1 &&
        X509_VERIFY_PARAM_set1_host(checks, trust.name.c_str(), trust.name.size()) != 1)
        return fail(Errc::bad_value, "name the certificate must be for");
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    return {};
}

}  // namespace

void SslContextDeleter::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}

Result<SslContext> make_server_context(std::string_view certificate_pem, RemoteSigner signer) {
    LUCID_TRY(auto chain, read_certificates(certificate_pem, chain_certificates_max));
    LUCID_TRY(auto context, make_context(TLS_server_method()));
    if (SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
        SSL_CTX_use_certificate(context.get(), chain.front().get()) != 1)
        return fail(Errc::bad_value, "listener certificate");
    for (std::size_t i = 1; i < chain.size(); ++i)
        if (SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) != 1)
            return fail(Errc::bad_value, "listener certificate chain");
    LUCID_TRY(const auto key, make_remote_key(*chain.front(), std::move(signer)));
    if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        return fail(Errc::bad_value, "listener key");
    return context;
}

Result<SslContext> make_client_context(const HostTrust& trust) {
    LUCID_TRY(auto context, make_context(TLS_client_method()));
    // Hosts are older than clients: CBC suites and finite-field Diffie-Hellman are allowed here.
    if (SSL_CTX_set_cipher_list(context.get(),
                                "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES:!aNULL") != 1)
        return fail(Errc::internal, "TLS ciphers");
    if (trust.certificate_pin) {
        // The pin is compared by check_host(), which the host leg calls before it sends anything.
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
        return context;
    }
    if (trust.authorities_pem.empty())
        return fail(Errc::bad_value, "host without pin or authority");
    LUCID_CHECK(trust_authorities(*context, trust));
    return context;
}

Result<void> check_host(const ssl_st& connection, const HostTrust& trust) {
    if (!trust.certificate_pin) {
        if (SSL_get_verify_mode(&connection) != SSL_VERIFY_PEER ||
            SSL_get_verify_result(&connection) != X509_V_OK)
            return fail(Errc::bad_signature, "host certificate");
        LUCID_CHECK(peer_certificate(connection));
        return {};
    }
    LUCID_TRY(const auto seen, peer_fingerprint(connection));
    if (!crypto::equal_constant_time(seen, *trust.certificate_pin))
        return fail(Errc::hash_mismatch, "host certificate");
    return {};
}

Result<Bytes> subject_public_key_of_pem(std::string_view certificate_pem) {
    LUCID_TRY(const auto chain, read_certificates(certificate_pem, chain_certificates_max));
    return subject_public_key(*chain.front());
}

Result<Bytes> subject_public_key_of_peer(const ssl_st& connection) {
    LUCID_TRY(const auto* certificate, peer_certificate(connection));
    return subject_public_key(*certificate);
}

Result<Hash32> certificate_fingerprint(std::string_view certificate_pem) {
    LUCID_TRY(const auto chain, read_certificates(certificate_pem, chain_certificates_max));
    return fingerprint(*chain.front());
}

Result<Hash32> peer_fingerprint(const ssl_st& connection) {
    LUCID_TRY(const auto* certificate, peer_certificate(connection));
    return fingerprint(*certificate);
}

}  // namespace lucid::rdp::gateway
