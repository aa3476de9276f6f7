// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/aead.hpp>
#include <lucid/common/result/assert.hpp>

#include <openssl/evp.h>

namespace lucid::crypto {
namespace {

struct CipherContext {
    EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
    CipherContext() = default;
    CipherContext(const CipherContext&) = delete;
    CipherContext& operator=(const CipherContext&) = delete;
    ~CipherContext() { EVP_CIPHER_CTX_free(ctx); }
};

const EVP_CIPHER* chacha20_poly1305() {
    static const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
    LUCID_ASSERT(cipher != nullptr);
    return cipher;
}

}  // namespace

Bytes aead_seal(const Hash32& key, const ByteArray<12>& nonce, ByteView aad, ByteView plaintext) {
    Bytes out(plaintext.size() + aead_tag_bytes);
    aead_seal_to(key, nonce, aad, plaintext, out);
    return out;
}

void aead_seal_to(const Hash32& key, const ByteArray<12>& nonce, ByteView aad, ByteView plaintext,
                  MutableByteView out) {
    LUCID_ASSERT(out.size() == plaintext.size() + aead_tag_bytes);
    thread_local CipherContext context;
    LUCID_ASSERT(EVP_EncryptInit_ex2(context.ctx, chacha20_poly1305(), key.data(), nonce.data(),
                                     nullptr) == 1);
    int written = 0;
    if (!aad.empty())
        LUCID_ASSERT(EVP_EncryptUpdate(context.ctx, nullptr, &written, aad.data(),
                                       static_cast<int>(aad.size())) == 1);
    if (!plaintext.empty())
        LUCID_ASSERT(EVP_EncryptUpdate(context.ctx, out.data(), &written, plaintext.data(),
                                       static_cast<int>(plaintext.size())) == 1);
    LUCID_ASSERT(EVP_EncryptFinal_ex(context.ctx, out.data() + plaintext.size(), &written) == 1);
    LUCID_ASSERT(EVP_CIPHER_CTX_ctrl(context.ctx, EVP_CTRL_AEAD_GET_TAG, aead_tag_bytes,
                                     out.data() + plaintext.size()) == 1);
}

Result<Bytes> aead_open(const Hash32& key, const ByteArray<12>& nonce, ByteView aad,
                        ByteView ciphertext_and_tag) {
    if (ciphertext_and_tag.size() < aead_tag_bytes) return fail(Errc::truncated, "aead tag");
    const auto ciphertext = ciphertext_and_tag.first(ciphertext_and_tag.size() - aead_tag_bytes);
    auto tag = to_bytes(ciphertext_and_tag.last(aead_tag_bytes));
    thread_local CipherContext context;
    LUCID_ASSERT(EVP_DecryptInit_ex2(context.ctx, chacha20_poly1305(), key.data(), nonce.data(),
                                     nullptr) == 1);
    LUCID_ASSERT(
        EVP_CIPHER_CTX_ctrl(context.ctx, EVP_CTRL_AEAD_SET_TAG, aead_tag_bytes, tag.data()) == 1);
    int written = 0;
    if (!aad.empty())
        LUCID_ASSERT(EVP_DecryptUpdate(context.ctx, nullptr, &written, aad.data(),
                                       static_cast<int>(aad.size())) == 1);
    Bytes out(ciphertext.size());
    if (!ciphertext.empty())
        LUCID_ASSERT(EVP_DecryptUpdate(context.ctx, out.data(), &written, ciphertext.data(),
                                       static_cast<int>(ciphertext.size())) == 1);
    ByteArray<16> unused{};
    if (EVP_DecryptFinal_ex(context.ctx, unused.data(), &written) != 1)
        return fail(Errc::bad_mac, "aead");
    return out;
}

}  // namespace lucid::crypto
