// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/aead.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/user/vault/vault.hpp>

#include <algorithm>

namespace lucid::user::vault {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::string_view key_info = "lucid/vault/1";

}  // namespace

Vault::Vault(crypto::Secret key) : key_(std::move(key)) {
    LUCID_ASSERT(key_.size() == key_bytes);
}

Result<void> Vault::create_key(const std::string& path) {
    if (core::runtime::read_file(path, key_bytes)) return fail(Errc::already_exists, "vault key");
    auto key = crypto::random_array<key_bytes>();
    auto written = core::runtime::write_file_atomically(path, key);
    crypto::wipe(key);
    return written;
}

Result<Vault> Vault::open(const std::string& path) {
    LUCID_TRY(auto key, core::runtime::read_secret_file(path, key_bytes));
    if (key.size() != key_bytes) return fail(Errc::bad_length, "vault key", key.size());
    return Vault(std::move(key));
}

Hash32 Vault::value_key(std::string_view purpose, std::string_view name) const {
    Writer info;
    info.text(key_info).varint(purpose.size()).text(purpose).text(name);
    return crypto::hkdf_sha256(key_.expose(), {}, info.view());
}

Bytes Vault::seal(std::string_view purpose, std::string_view name, ByteView secret) const {
    auto key = value_key(purpose, name);
    const auto nonce = crypto::random_array<nonce_bytes>();
    Bytes out(nonce.begin(), nonce.end());
    append(out, crypto::aead_seal(key, nonce, {}, secret));
    crypto::wipe(key);
    return out;
}

Result<crypto::Secret> Vault::open_sealed(std::string_view purpose, std::string_view name,
                                          ByteView sealed) const {
    if (sealed.size() < nonce_bytes) return fail(Errc::truncated, "sealed value");
    ByteArray<nonce_bytes> nonce;
    std::copy_n(sealed.begin(), nonce_bytes, nonce.begin());
    auto key = value_key(purpose, name);
    auto opened = crypto::aead_open(key, nonce, {}, sealed.subspan(nonce_bytes));
    crypto::wipe(key);
    if (!opened) return fail(Errc::bad_mac, "sealed value");
    return crypto::Secret(std::move(*opened));
}

}  // namespace lucid::user::vault
