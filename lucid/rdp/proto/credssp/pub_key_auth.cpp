// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/credssp/pub_key_auth.hpp>

namespace lucid::rdp::proto::credssp {
namespace {

constexpr std::string_view client_magic("CredSSP Client-To-Server Binding Hash\0", 38);
constexpr std::string_view server_magic("CredSSP Server-To-Client Binding Hash\0", 38);

}  // namespace

Hash32 client_server_hash(const ByteArray<32>& nonce, ByteView subject_public_key) {
    return crypto::sha256({as_bytes(client_magic), nonce, subject_public_key});
}
Hash32 server_client_hash(const ByteArray<32>& nonce, ByteView subject_public_key) {
    return crypto::sha256({as_bytes(server_magic), nonce, subject_public_key});
}

}  // namespace lucid::rdp::proto::credssp
