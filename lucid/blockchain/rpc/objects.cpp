// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/evm.hpp>
#include <lucid/blockchain/rpc/objects.hpp>
#include <lucid/blockchain/state/transition.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::rpc {
namespace {

using proto::HeaderFields;
using proto::Transaction;
using proto::TransactionType;
using proto::Uint256;

Json authorizations_json(const Transaction& t) {
    Json list = Json::array();
    for (const auto& a : t.authorizations)
        list.push_back({{"chainId", a.chain_id.to_hex_quantity()},
                        {"address", hex_data(a.address)},
                        {"nonce", hex_quantity(a.nonce)},
                        {"yParity", hex_quantity(a.signature.y_parity)},
                        {"r", Uint256::from_be(a.signature.r).to_hex_quantity()},
                        {"s", Uint256::from_be(a.signature.s).to_hex_quantity()}});
    return list;
}

/// What does not depend on the block.
Json common_json(const Transaction& t, const proto::Address& sender, const Uint256& base_fee) {
    Json json = {{"type", hex_quantity(static_cast<std::uint8_t>(t.type))},
                 {"hash", hex_data(t.hash())},
                 {"nonce", hex_quantity(t.nonce)},
                 {"from", hex_data(sender)},
                 {"to", t.to ? Json(hex_data(*t.to)) : Json()},
                 {"value", t.value.to_hex_quantity()},
                 {"gas", hex_quantity(t.gas_limit)},
                 {"input", hex_data(t.data)},
                 {"r", Uint256::from_be(t.signature.r).to_hex_quantity()},
                 {"s", Uint256::from_be(t.signature.s).to_hex_quantity()},
                 {"blockHash", nullptr},
                 {"blockNumber", nullptr},
                 {"transactionIndex", nullptr}};
    if (t.chain_id) json["chainId"] = hex_quantity(*t.chain_id);
    const std::uint64_t parity = t.signature.y_parity;
    if (t.type == TransactionType::legacy) {
        json["v"] = hex_quantity(t.chain_id ? *t.chain_id * 2 + 35 + parity : 27 + parity);
    } else {
        json["v"] = json["yParity"] = hex_quantity(parity);
        json["accessList"] = access_list_json(t.access_list);
    }
    json["gasPrice"] =
        t.effective_gas_price(base_fee).value_or(t.max_fee_per_gas).to_hex_quantity();
    if (t.type != TransactionType::legacy && t.type != TransactionType::access_list) {
        json["maxFeePerGas"] = t.max_fee_per_gas.to_hex_quantity();
        json["maxPriorityFeePerGas"] = t.max_priority_fee_per_gas.to_hex_quantity();
    }
    if (t.type == TransactionType::set_code) json["authorizationList"] = authorizations_json(t);
    if (t.type == TransactionType::blob) {
        json["maxFeePerBlobGas"] = t.max_fee_per_blob_gas.to_hex_quantity();
        json["blobVersionedHashes"] = Json::array();
        for (const auto& hash : t.blob_hashes)
            json["blobVersionedHashes"].push_back(hex_data(hash));
    }
    return json;
}

/// A receipt with what the ones before it have used.
Json receipt_after(const StoredBlock& block, std::size_t index, std::uint64_t gas_before,
                   std::uint64_t logs_before, const Uint256& blob_base_fee) {
    const auto t = stored_transaction(block.transactions[index]);
    const auto receipt = stored_receipt(block.receipts[index]);
    const auto sender = t.sender().value_or(proto::Address{});
    Json logs = Json::array();
    for (std::size_t i = 0; i < receipt.logs.size(); ++i)
        logs.push_back(log_json(receipt.logs[i], block, index, logs_before + i));
    Json json = {{"type", hex_quantity(static_cast<std::uint8_t>(t.type))},
                 {"transactionHash", hex_data(t.hash())},
                 {"transactionIndex", hex_quantity(index)},
                 {"blockHash", hex_data(block.header.hash())},
                 {"blockNumber", hex_quantity(block.header.number)},
                 {"from", hex_data(sender)},
                 {"to", t.to ? Json(hex_data(*t.to)) : Json()},
                 {"contractAddress", nullptr},
                 {"cumulativeGasUsed", hex_quantity(receipt.cumulative_gas_used)},
                 {"gasUsed", hex_quantity(receipt.cumulative_gas_used - gas_before)},
                 {"effectiveGasPrice", t.effective_gas_price(block.header.base_fee_per_gas)
                                           .value_or(Uint256{})
                                           .to_hex_quantity()},
                 {"logs", logs},
                 {"logsBloom", hex_data(proto::bloom_of(receipt.logs))}};
    // Before Byzantium the state after each transaction was written down instead.
    if (receipt.state_root)
        json["root"] = hex_data(*receipt.state_root);
    else
        json["status"] = receipt.success ? "0x1" : "0x0";
    if (t.type == TransactionType::blob) {
        json["blobGasUsed"] = hex_quantity(t.blob_hashes.size() * state::blob_gas_each);
        json["blobGasPrice"] = blob_base_fee.to_hex_quantity();
    }
    if (!t.to) json["contractAddress"] = hex_data(evm::create_address(sender, t.nonce));
    return json;
}

}  // namespace

Transaction stored_transaction(const Bytes& bytes) {
    auto t = Transaction::decode(bytes, proto::block_bytes_max);
    if (!t) throw RpcError{rpc_server_error, "stored transaction: " + t.error().message()};
    return std::move(*t);
}
proto::Receipt stored_receipt(const Bytes& bytes) {
    auto r = proto::Receipt::decode(bytes);
    if (!r) throw RpcError{rpc_server_error, "stored receipt: " + r.error().message()};
    return std::move(*r);
}

Json access_list_json(const std::vector<proto::AccessListEntry>& entries) {
    Json list = Json::array();
    for (const auto& entry : entries) {
        Json keys = Json::array();
        for (const auto& key : entry.storage_keys) keys.push_back(hex_data(key));
        list.push_back({{"address", hex_data(entry.address)}, {"storageKeys", keys}});
    }
    return list;
}

Json pending_json(const Transaction& t, const proto::Address& sender, const Uint256& base_fee) {
    return common_json(t, sender, base_fee);
}

Json transaction_json(const StoredBlock& block, std::size_t index) {
    const auto t = stored_transaction(block.transactions[index]);
    auto json =
        common_json(t, t.sender().value_or(proto::Address{}), block.header.base_fee_per_gas);
    place_json(json, block.header, index);
    return json;
}

void place_json(Json& transaction, const proto::Header& header, std::size_t index) {
    transaction["blockHash"] = hex_data(header.hash());
    transaction["blockNumber"] = hex_quantity(header.number);
    transaction["blockTimestamp"] = hex_quantity(header.timestamp);
    transaction["transactionIndex"] = hex_quantity(index);
}

Json header_json(const proto::Header& h) {
    Json json = {{"hash", hex_data(h.hash())},
                 {"parentHash", hex_data(h.parent_hash)},
                 {"sha3Uncles", hex_data(h.ommers_hash)},
                 {"miner", hex_data(h.coinbase)},
                 {"stateRoot", hex_data(h.state_root)},
                 {"transactionsRoot", hex_data(h.transactions_root)},
                 {"receiptsRoot", hex_data(h.receipts_root)},
                 {"logsBloom", hex_data(h.logs_bloom)},
                 {"difficulty", h.difficulty.to_hex_quantity()},
                 {"number", hex_quantity(h.number)},
                 {"gasLimit", hex_quantity(h.gas_limit)},
                 {"gasUsed", hex_quantity(h.gas_used)},
                 {"timestamp", hex_quantity(h.timestamp)},
                 {"extraData", hex_data(h.extra_data)},
                 {"mixHash", hex_data(h.mix_hash)},
                 {"nonce", hex_data(h.nonce)}};
    if (h.has(HeaderFields::london)) json["baseFeePerGas"] = h.base_fee_per_gas.to_hex_quantity();
    if (h.has(HeaderFields::shanghai)) json["withdrawalsRoot"] = hex_data(h.withdrawals_root);
    if (h.has(HeaderFields::cancun)) {
        json["blobGasUsed"] = hex_quantity(h.blob_gas_used);
        json["excessBlobGas"] = hex_quantity(h.excess_blob_gas);
        json["parentBeaconBlockRoot"] = hex_data(h.parent_beacon_block_root);
    }
    if (h.has(HeaderFields::prague)) json["requestsHash"] = hex_data(h.requests_hash);
    return json;
}

Json block_json(const StoredBlock& block, bool full) {
    Json transactions = Json::array();
    for (std::size_t i = 0; i < block.transactions.size(); ++i)
        transactions.push_back(full ? transaction_json(block, i)
                                    : Json(hex_data(crypto::keccak256(block.transactions[i]))));
    return block_json(block, std::move(transactions));
}

Json block_json(const StoredBlock& block, Json transactions) {
    auto json = header_json(block.header);
    if (block.header.has(HeaderFields::shanghai)) {
        json["withdrawals"] = Json::array();
        for (const auto& w : block.withdrawals)
            json["withdrawals"].push_back({{"index", hex_quantity(w.index)},
                                           {"validatorIndex", hex_quantity(w.validator_index)},
                                           {"address", hex_data(w.address)},
                                           {"amount", hex_quantity(w.amount_gwei)}});
    }
    json["uncles"] = Json::array();
    for (const auto& ommer : block.ommers) json["uncles"].push_back(hex_data(ommer.hash()));
    json["size"] = hex_quantity(block.whole().encode().size());
    json["transactions"] = std::move(transactions);
    return json;
}

Json log_json(const proto::Log& log, const StoredBlock& block, std::size_t transaction,
              std::uint64_t log_index) {
    Json topics = Json::array();
    for (const auto& topic : log.topics) topics.push_back(hex_data(topic));
    return {{"address", hex_data(log.address)},
            {"topics", topics},
            {"data", hex_data(log.data)},
            {"blockHash", hex_data(block.header.hash())},
            {"blockNumber", hex_quantity(block.header.number)},
            {"blockTimestamp", hex_quantity(block.header.timestamp)},
            {"transactionHash", hex_data(crypto::keccak256(block.transactions[transaction]))},
            {"transactionIndex", hex_quantity(transaction)},
            {"logIndex", hex_quantity(log_index)},
            {"removed", false}};
}

Json receipt_json(const StoredBlock& block, std::size_t index, const Uint256& blob_base_fee) {
    std::uint64_t gas = 0;
    std::uint64_t logs = 0;
    for (std::size_t i = 0; i < index; ++i) {
        const auto earlier = stored_receipt(block.receipts[i]);
        gas = earlier.cumulative_gas_used;
        logs += earlier.logs.size();
    }
    return receipt_after(block, index, gas, logs, blob_base_fee);
}

Json receipts_json(const StoredBlock& block, const Uint256& blob_base_fee) {
    Json out = Json::array();
    std::uint64_t gas = 0;
    std::uint64_t logs = 0;
    for (std::size_t i = 0; i < block.receipts.size(); ++i) {
        out.push_back(receipt_after(block, i, gas, logs, blob_base_fee));
        const auto receipt = stored_receipt(block.receipts[i]);
        gas = receipt.cumulative_gas_used;
        logs += receipt.logs.size();
    }
    return out;
}

}  // namespace lucid::blockchain::rpc
