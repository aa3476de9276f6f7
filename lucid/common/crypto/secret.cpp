// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/secret.hpp>

#include <openssl/crypto.h>

namespace lucid::crypto {

void wipe(MutableByteView memory) noexcept {
    if (!memory.empty()) OPENSSL_cleanse(memory.data(), memory.size());
}

bool equal_constant_time(ByteView a, ByteView b) noexcept {
    if (a.size() != b.size()) return false;
    return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(bytes_);
        bytes_ = std::move(other.bytes_);
        other.bytes_.clear();
    }
    return *this;
}

}  // namespace lucid::crypto
