// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/conformance/keystore.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <openssl/evp.h>

namespace lucid::blockchain::conformance {
namespace {

std::optional<Bytes> derive_key(const Json& crypto, const std::string& password) {
    const auto& p = crypto["kdfparams"];
    const auto salt = data(p["salt"]);
    Bytes key(number64(p["dklen"]));
    int good = 0;
    if (crypto["kdf"] == "pbkdf2") {
        good = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                                 static_cast<int>(salt.size()), p["c"].get<int>(), EVP_sha256(),
                                 static_cast<int>(key.size()), key.data());
    } else {
        constexpr std::uint64_t memory_max = std::uint64_t{1} << 30;
        good = EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(),
                              number64(p["n"]), number64(p["r"]), number64(p["p"]), memory_max,
                              key.data(), key.size());
    }
    if (good != 1 || key.size() < 32) return std::nullopt;
    return key;
}

}  // namespace

std::optional<Bytes> open_key_store(const Json& file, const std::string& password) {
    const auto& crypto = file.contains("crypto") ? file["crypto"] : file["Crypto"];
    const auto key = derive_key(crypto, password);
    if (!key) return std::nullopt;
    const auto ciphertext = data(crypto["ciphertext"]);
    Bytes authenticated(key->begin() + 16, key->begin() + 32);
    append(authenticated, ciphertext);
    if (lucid::crypto::keccak256(authenticated) != fixed<32>(crypto["mac"])) return std::nullopt;
    const auto iv = fixed<16>(crypto["cipherparams"]["iv"]);
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    Bytes out(ciphertext.size());
    int size = 0;
    if (EVP_DecryptInit_ex2(context.get(), EVP_aes_128_ctr(), key->data(), iv.data(), nullptr) !=
            1 ||
        EVP_DecryptUpdate(context.get(), out.data(), &size, ciphertext.data(),
                          static_cast<int>(ciphertext.size())) != 1)
        return std::nullopt;
    return out;
}

}  // namespace lucid::blockchain::conformance
