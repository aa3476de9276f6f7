// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/assert.hpp>

#include <algorithm>
#include <utility>

#include <openssl/evp.h>

namespace lucid::crypto {
namespace {

/// Algorithms are looked up once: a fetch per call costs more than hashing a small input.
const EVP_MD* fetch(const char* name) {
    const EVP_MD* md = EVP_MD_fetch(nullptr, name, nullptr);
    LUCID_ASSERT(md != nullptr);
    return md;
}
const EVP_MD* sha256_md() {
    static const EVP_MD* md = fetch("SHA256");
    return md;
}
const EVP_MD* sha512_md() {
    static const EVP_MD* md = fetch("SHA512");
    return md;
}
const EVP_MD* md5_md() {
    static const EVP_MD* md = fetch("MD5");
    return md;
}
const EVP_MD* ripemd160_md() {
    static const EVP_MD* md = fetch("RIPEMD160");
    return md;
}

struct Context {
    EVP_MD_CTX* ctx = EVP_MD_CTX_new();
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { EVP_MD_CTX_free(ctx); }
};

template <std::size_t N, class Parts>
ByteArray<N> digest(const EVP_MD* md, const Parts& parts) {
    thread_local Context context;
    LUCID_ASSERT(EVP_DigestInit_ex2(context.ctx, md, nullptr) == 1);
    for (const ByteView part : parts) EVP_DigestUpdate(context.ctx, part.data(), part.size());
    ByteArray<N> out;
    LUCID_ASSERT(EVP_DigestFinal_ex(context.ctx, out.data(), nullptr) == 1);
    return out;
}

/// HMAC (RFC 2104) over any hash with 64-byte blocks.
template <std::size_t N, class Hash, class Parts>
ByteArray<N> hmac(const Hash& hash, ByteView key, const Parts& parts) {
    ByteArray<64> block{};
    if (key.size() > block.size()) {
        const auto short_key = hash(std::vector<ByteView>{key});
        std::copy(short_key.begin(), short_key.end(), block.begin());
    } else {
        std::copy(key.begin(), key.end(), block.begin());
    }
    for (auto& byte : block) byte ^= 0x36;
    std::vector<ByteView> inner{block};
    inner.insert(inner.end(), std::begin(parts), std::end(parts));
    const ByteArray<N> inner_digest = hash(inner);
    for (auto& byte : block) byte ^= 0x36 ^ 0x5c;
    const ByteArray<N> out = hash(std::vector<ByteView>{block, inner_digest});
    wipe(block);
    return out;
}

}  // namespace

Hash32 sha256(ByteView data) {
    return digest<32>(sha256_md(), std::array<ByteView, 1>{data});
}
Hash32 sha256(std::initializer_list<ByteView> parts) {
    return digest<32>(sha256_md(), parts);
}
ByteArray<64> sha512(ByteView data) {
    return digest<64>(sha512_md(), std::array<ByteView, 1>{data});
}
ByteArray<20> ripemd160(ByteView data) {
    return digest<20>(ripemd160_md(), std::array<ByteView, 1>{data});
}
ByteArray<16> md5(ByteView data) {
    return digest<16>(md5_md(), std::array<ByteView, 1>{data});
}

Hash32 hmac_sha256(ByteView key, ByteView data) {
    return hmac<32>([](const auto& parts) { return digest<32>(sha256_md(), parts); }, key,
                    std::array<ByteView, 1>{data});
}
ByteArray<16> hmac_md5(ByteView key, std::initializer_list<ByteView> parts) {
    return hmac<16>([](const auto& p) { return digest<16>(md5_md(), p); }, key, parts);
}
ByteArray<16> hmac_md5(ByteView key, ByteView data) {
    return hmac_md5(key, {data});
}

void hkdf_sha256(ByteView key, ByteView salt, ByteView info, MutableByteView out) {
    LUCID_ASSERT(out.size() <= std::size_t{255} * 32);
    auto pseudo_random_key = hmac_sha256(salt, key);
    Bytes block;
    std::size_t done = 0;
    Hash32 previous{};
    for (std::uint8_t counter = 1; done < out.size(); ++counter) {
        block.clear();
        if (counter > 1) append(block, previous);
        append(block, info);
        block.push_back(counter);
        previous = hmac_sha256(pseudo_random_key, block);
        const auto count = std::min<std::size_t>(32, out.size() - done);
        std::copy_n(previous.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(done));
        done += count;
    }
    wipe(pseudo_random_key);
    wipe(previous);
    wipe(block);
}

Hash32 hkdf_sha256(ByteView key, ByteView salt, ByteView info) {
    Hash32 out;
    hkdf_sha256(key, salt, info, out);
    return out;
}

struct Sha256::Impl {
    Context context;
    void reset() { LUCID_ASSERT(EVP_DigestInit_ex2(context.ctx, sha256_md(), nullptr) == 1); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
    impl_->reset();
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
void Sha256::update(ByteView data) {
    EVP_DigestUpdate(impl_->context.ctx, data.data(), data.size());
}
Hash32 Sha256::finish() {
    Hash32 out;
    LUCID_ASSERT(EVP_DigestFinal_ex(impl_->context.ctx, out.data(), nullptr) == 1);
    impl_->reset();
    return out;
}

}  // namespace lucid::crypto
