// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/credssp/ntlm_messages.hpp>

/// Oracle: names, proof and client challenge of what is accepted survive being encoded again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid::rdp::proto::credssp;
    const lucid::ByteView message(data, size);
    if (const auto negotiate = decode_ntlm_negotiate(message)) {
        const auto again = decode_ntlm_negotiate(encode_ntlm_negotiate(*negotiate));
        LUCID_ASSERT(again && again->flags == negotiate->flags);
    }
    if (const auto challenge = decode_ntlm_challenge(message)) {
        const auto again = decode_ntlm_challenge(encode_ntlm_challenge(*challenge));
        LUCID_ASSERT(again && again->server_challenge == challenge->server_challenge &&
                     again->target_name == challenge->target_name);
    }
    if (const auto authenticate = decode_ntlm_authenticate(message)) {
        const auto again = decode_ntlm_authenticate(encode_ntlm_authenticate(*authenticate));
        LUCID_ASSERT(again && again->user_name == authenticate->user_name &&
                     again->domain_name == authenticate->domain_name &&
                     again->nt_proof == authenticate->nt_proof &&
                     again->temp == authenticate->temp);
    }
    return 0;
}
