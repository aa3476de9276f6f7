// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/blob_sidecar.hpp>
#include <lucid/common/result/assert.hpp>

namespace {

using namespace lucid;
using namespace lucid::blockchain::proto;

}  // namespace

/// Oracle: a transaction that is taken encodes to its own bytes (one with blobs to those of its
/// body), and asking who sent it, what it costs and who authorized it ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    const auto sent = decode_sent(bytes);
    const auto plain = Transaction::decode(bytes);
    LUCID_ASSERT(sent || !plain);
    if (!sent) return 0;
    const auto encoded = sent->encode();
    if (plain) LUCID_ASSERT(std::equal(encoded.begin(), encoded.end(), bytes.begin(), bytes.end()));
    const auto again = Transaction::decode(encoded);
    LUCID_ASSERT(again && again->hash() == sent->hash());
    (void)sent->sender();
    (void)intrinsic_gas(*sent);
    (void)sent->effective_gas_price(7);
    for (const auto& authorization : sent->authorizations) (void)authorization.authority();
    return 0;
}
