// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call.hpp>
#include <lucid/common/crypto/hash.hpp>

// Blocks, transactions, receipts; what is constant.

namespace lucid::blockchain::rpc {
namespace {

using Block = std::optional<StoredBlock>;

Block block_by_number(const Call& call) {
    const auto height = height_of(call, call.at(0, "block"));
    return height ? block_at(call, *height) : std::nullopt;
}

Block block_by_hash(const Call& call) {
    const auto number = call.chain.blocks().number_of(hash_param(call.at(0, "hash"), "hash"));
    return number ? block_at(call, *number) : std::nullopt;
}

Json block_or_null(const Call& call, const Block& block) {
    return block ? block_json(*block, call.optional(1) == true) : Json();
}

Json transaction_in(const Call& call, const Block& block) {
    const auto index = quantity_param(call.at(1, "index"), "index");
    return block && index < block->transactions.size() ? transaction_json(*block, index) : Json();
}

Json transaction_by_hash(const Call& call) {
    const auto hash = hash_param(call.at(0, "hash"), "hash");
    // The pool first: what leaves it meanwhile is in a block by then.
    Json found;
    const auto base_fee = call.chain.next_context().base_fee;
    call.chain.with_pool([&](const chain::Pool& pool) {
        if (const auto* waiting = pool.find(hash))
            found = pending_json(waiting->transaction, waiting->sender, base_fee);
    });
    if (!found.is_null()) return found;
    const auto place = call.chain.blocks().find_transaction(hash);
    const auto block = place ? block_at(call, place->block) : std::nullopt;
    return block && place->index < block->transactions.size()
               ? transaction_json(*block, place->index)
               : Json();
}

Json receipt(const Call& call) {
    const auto place = call.chain.blocks().find_transaction(hash_param(call.at(0, "hash"), "hash"));
    const auto block = place ? block_at(call, place->block) : std::nullopt;
    if (!block || place->index >= block->receipts.size()) return nullptr;
    return receipt_json(*block, place->index, call.chain.context_of(block->header).blob_base_fee);
}

Json block_receipts(const Call& call) {
    const auto block = block_by_number(call);
    if (!block) return nullptr;
    return receipts_json(*block, call.chain.context_of(block->header).blob_base_fee);
}

Json count_or_null(const Block& block) {
    return block ? Json(hex_quantity(block->transactions.size())) : Json();
}
Json uncle_count(const Block& block) {
    return block ? Json(hex_quantity(block->ommers.size())) : Json();
}
Json uncle_in(const Call& call, const Block& block) {
    const auto index = quantity_param(call.at(1, "index"), "index");
    if (!block || index >= block->ommers.size()) return nullptr;
    StoredBlock ommer;
    ommer.header = block->ommers[index];
    return block_json(ommer, false);
}

Json raw_header(const Call& call) {
    return hex_data(known_block(call, call.at(0, "block")).header.encode());
}
Json raw_block(const Call& call) {
    return hex_data(known_block(call, call.at(0, "block")).whole().encode());
}
Json raw_receipts(const Call& call) {
    Json out = Json::array();
    for (const auto& bytes : known_block(call, call.at(0, "block")).receipts)
        out.push_back(hex_data(bytes));
    return out;
}
Json raw_transaction(const Call& call) {
    const auto hash = hash_param(call.at(0, "hash"), "hash");
    if (const auto place = call.chain.blocks().find_transaction(hash)) {
        const auto block = block_at(call, place->block);
        if (block && place->index < block->transactions.size())
            return hex_data(block->transactions[place->index]);
    }
    Json found = "0x";
    call.chain.with_pool([&](const chain::Pool& pool) {
        if (const auto* waiting = pool.find(hash)) found = hex_data(waiting->transaction.encode());
    });
    return found;
}

Json capabilities(const Call& call) {
    const auto head = known_block(call, "latest");
    const auto oldest = value_or_throw(call.chain.blocks().oldest_state());
    const Json all = {{"disabled", false}, {"oldestBlock", "0x0"}};
    const Json kept = {{"disabled", false}, {"oldestBlock", hex_quantity(oldest)}};
    return {
        {"head",
         {{"number", hex_quantity(head.header.number)}, {"hash", hex_data(head.header.hash())}}},
        {"state", kept},
        {"tx", all},
        {"logs", all},
        {"receipts", all},
        {"blocks", all},
        {"stateproofs", kept}};
}

}  // namespace

const Methods& block_methods() {
    static const Methods table = {
        {"eth_chainId", [](const Call& c) { return Json(hex_quantity(c.chain.chain_id())); }},
        {"net_version", [](const Call& c) { return Json(std::to_string(c.chain.chain_id())); }},
        {"net_listening", [](const Call&) { return Json(true); }},
        {"net_peerCount", [](const Call&) { return Json("0x0"); }},
        {"eth_syncing", [](const Call&) { return Json(false); }},
        {"eth_accounts", [](const Call&) { return Json::array(); }},
        {"eth_blockNumber", [](const Call& c) { return Json(hex_quantity(c.chain.height())); }},
        {"eth_capabilities", capabilities},
        {"eth_getBlockByNumber",
         [](const Call& c) { return block_or_null(c, block_by_number(c)); }},
        {"eth_getBlockByHash", [](const Call& c) { return block_or_null(c, block_by_hash(c)); }},
        {"eth_getBlockTransactionCountByNumber",
         [](const Call& c) { return count_or_null(block_by_number(c)); }},
        {"eth_getBlockTransactionCountByHash",
         [](const Call& c) { return count_or_null(block_by_hash(c)); }},
        {"eth_getUncleCountByBlockNumber",
         [](const Call& c) { return uncle_count(block_by_number(c)); }},
        {"eth_getUncleCountByBlockHash",
         [](const Call& c) { return uncle_count(block_by_hash(c)); }},
        {"eth_getUncleByBlockNumberAndIndex",
         [](const Call& c) { return uncle_in(c, block_by_number(c)); }},
        {"eth_getUncleByBlockHashAndIndex",
         [](const Call& c) { return uncle_in(c, block_by_hash(c)); }},
        {"eth_getTransactionByBlockNumberAndIndex",
         [](const Call& c) { return transaction_in(c, block_by_number(c)); }},
        {"eth_getTransactionByBlockHashAndIndex",
         [](const Call& c) { return transaction_in(c, block_by_hash(c)); }},
        {"eth_getTransactionByHash", transaction_by_hash},
        {"eth_getRawTransactionByHash", raw_transaction},
        {"eth_getTransactionReceipt", receipt},
        {"eth_getBlockReceipts", block_receipts},
        {"debug_getRawHeader", raw_header},
        {"debug_getRawBlock", raw_block},
        {"debug_getRawReceipts", raw_receipts},
        {"debug_getRawTransaction", raw_transaction},
        {"web3_sha3",
         [](const Call& c) {
             return Json(hex_data(crypto::keccak256(data_param(c.at(0, "data"), "data"))));
         }},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
