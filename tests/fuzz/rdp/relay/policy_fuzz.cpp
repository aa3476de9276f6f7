// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/relay/policy.hpp>

/// Oracle: text that is a policy has one canonical form, which reads as the same policy.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    const auto policy = rdp::relay::policy_from_json(as_text({data, size}));
    if (!policy) return 0;
    const auto again = rdp::relay::policy_from_json(rdp::relay::policy_to_json(*policy));
    LUCID_ASSERT(again && *again == *policy);
    return 0;
}
