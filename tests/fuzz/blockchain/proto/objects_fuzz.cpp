// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/blockchain/proto/commitments.hpp>
#include <lucid/blockchain/proto/header.hpp>
#include <lucid/blockchain/proto/receipt.hpp>
#include <lucid/blockchain/proto/transaction.hpp>
#include <lucid/common/result/assert.hpp>

namespace {

using namespace lucid;
using namespace lucid::blockchain::proto;

template <class Object>
void same_again(ByteView bytes) {
    const auto object = Object::decode(bytes);
    if (!object) return;
    const auto encoded = object->encode();
    LUCID_ASSERT(std::equal(encoded.begin(), encoded.end(), bytes.begin(), bytes.end()));
}

}  // namespace

/// Oracle: every object of blocks and proofs that is taken encodes to its own bytes, so that a hash
/// names one thing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    same_again<Header>(bytes);
    same_again<Transaction>(bytes);
    same_again<Receipt>(bytes);
    same_again<ConsensusPayload>(bytes);
    same_again<ValidatorSet>(bytes);
    same_again<Certificate>(bytes);
    const auto leaf = decode_anchor_leaf(bytes);
    if (!leaf) return 0;
    const auto encoded = std::visit(
        [&](const auto& anchor) { return anchor_leaf(leaf->block_slot, leaf->node, anchor); },
        leaf->anchor);
    LUCID_ASSERT(std::equal(encoded.begin(), encoded.end(), bytes.begin(), bytes.end()));
    return 0;
}
