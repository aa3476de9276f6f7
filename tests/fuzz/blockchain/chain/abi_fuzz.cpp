// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/anchor_calls.hpp>
#include <lucid/blockchain/chain/genesis.hpp>
#include <lucid/blockchain/rpc/call_request.hpp>
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/result/assert.hpp>

namespace {

using namespace lucid;
using namespace lucid::blockchain;

/// Topics count 0 – 4, the first one's choice, then topics and data.
proto::Log log_from(ByteView bytes) {
    proto::Log log;
    log.address = chain::anchors_address();
    if (bytes.empty()) return log;
    const std::size_t topics = (bytes[0] & 0x0fU) % 5;
    const auto known = bytes[0] >> 4U;
    bytes = bytes.subspan(1);
    for (std::size_t i = 0; i < topics; ++i) {
        Hash32 topic{};
        const auto size = std::min<std::size_t>(32, bytes.size());
        std::copy_n(bytes.begin(), size, topic.begin());
        bytes = bytes.subspan(size);
        log.topics.push_back(topic);
    }
    if (topics > 0 && known == 1)
        log.topics[0] = crypto::keccak256(as_bytes("Checkpoint(address,uint64,bytes32,uint32)"));
    if (topics > 0 && known == 2)
        log.topics[0] = crypto::keccak256(as_bytes(
            "SessionRegistered(address,bytes32,address,bytes32,uint64,bytes32,uint64,uint32)"));
    log.data = to_bytes(bytes);
    return log;
}

}  // namespace

/// Oracles: the leaf of an event is one that the log's reader takes, and is the same one again; the
/// reason of a revert is no longer than what the contract returned allows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    if (const auto leaf = chain::leaf_of_event(1, log_from(bytes))) {
        const auto again = proto::decode_anchor_leaf(*leaf);
        LUCID_ASSERT(again);
        LUCID_ASSERT(std::visit(
                         [&](const auto& anchor) {
                             return proto::anchor_leaf(again->block_slot, again->node, anchor);
                         },
                         again->anchor) == *leaf);
    }
    constexpr std::size_t panic_text_max = 100;
    LUCID_ASSERT(rpc::revert_reason(bytes).size() <= std::max(size, panic_text_max));
    return 0;
}
