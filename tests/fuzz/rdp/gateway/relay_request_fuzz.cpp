// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/gateway/messages.hpp>

/// Oracle: whatever a hostile relay sends either fails or is a request that encodes to one which
/// decodes to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    const auto request = rdp::gateway::decode_request({data, size});
    if (!request) return 0;
    const auto bytes = rdp::gateway::encode(*request);
    const auto again = rdp::gateway::decode_request(bytes);
    LUCID_ASSERT(again && rdp::gateway::encode(*again) == bytes);
    return 0;
}
