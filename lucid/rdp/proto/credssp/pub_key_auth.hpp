// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::rdp::proto::credssp {

/// Version 5 and 6 binding hashes (MS-CSSP 3.1.5, Processing Events and Sequencing Rules):
/// SHA-256(magic with its NUL ‖ client nonce ‖ SubjectPublicKey).
[[nodiscard]] Hash32 client_server_hash(const ByteArray<32>& nonce, ByteView subject_public_key);
[[nodiscard]] Hash32 server_client_hash(const ByteArray<32>& nonce, ByteView subject_public_key);

}  // namespace lucid::rdp::proto::credssp
