// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/credssp/ts_credentials.hpp>

/// Oracle: what is accepted encodes to a message that says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid::rdp::proto::credssp;
    const auto credentials = decode_ts_credentials({data, size});
    if (!credentials) return 0;
    const auto again = decode_ts_credentials(encode_ts_credentials(*credentials).expose());
    LUCID_ASSERT(again && again->domain_name == credentials->domain_name &&
                 again->user_name == credentials->user_name);
    return 0;
}
