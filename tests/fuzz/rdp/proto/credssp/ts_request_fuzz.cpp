// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/credssp/ts_request.hpp>

/// Oracle: what is accepted encodes to a message that says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid::rdp::proto::credssp;
    const auto request = decode_ts_request({data, size});
    if (!request) return 0;
    const auto again = decode_ts_request(encode_ts_request(*request));
    LUCID_ASSERT(
        again && again->version == request->version && again->nego_token == request->nego_token &&
        again->auth_info == request->auth_info && again->pub_key_auth == request->pub_key_auth &&
        again->error_code == request->error_code && again->client_nonce == request->client_nonce);
    return 0;
}
