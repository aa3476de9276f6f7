// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/block.hpp>
#include <lucid/blockchain/proto/transaction.hpp>
#include <lucid/common/result/assert.hpp>

namespace {

using namespace lucid;
using namespace lucid::blockchain::proto;

}  // namespace

/// Oracle: a block or a header of any fork that is taken encodes to its own bytes; its transactions
/// may be anything.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    if (const auto header = Header::decode_any(bytes)) {
        const auto encoded = header->encode();
        LUCID_ASSERT(std::equal(encoded.begin(), encoded.end(), bytes.begin(), bytes.end()));
    }
    const auto block = Block::decode(bytes);
    if (!block) return 0;
    const auto encoded = block->encode();
    LUCID_ASSERT(std::equal(encoded.begin(), encoded.end(), bytes.begin(), bytes.end()));
    for (const auto& transaction : block->transactions)
        if (const auto decoded = Transaction::decode(transaction, block_bytes_max))
            LUCID_ASSERT(decoded->encode() == transaction);
    return 0;
}
