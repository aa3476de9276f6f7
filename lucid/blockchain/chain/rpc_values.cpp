// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/genesis.hpp>
#include <lucid/blockchain/chain/rpc_values.hpp>
#include <lucid/blockchain/evm/evm.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::chain {
namespace {

using proto::Transaction;
using proto::TransactionType;
using proto::Uint256;

[[noreturn]] void bad_param(const char* what, const char* why) {
    throw RpcError{rpc_invalid_params, std::string("invalid argument: ") + what + ": " + why, {}};
}

std::string hex_text(const Json& value, const char* what) {
    if (!value.is_string()) bad_param(what, "must be a hex string");
    auto text = value.get<std::string>();
    if (!text.starts_with("0x") && !text.starts_with("0X"))
        bad_param(what, "hex string without 0x prefix");
    return text.substr(2);
}

Json access_list_json(const Transaction& t) {
    Json list = Json::array();
    for (const auto& entry : t.access_list) {
        Json keys = Json::array();
        for (const auto& key : entry.storage_keys) keys.push_back(hex_data(key));
        list.push_back({{"address", hex_data(entry.address)}, {"storageKeys", keys}});
    }
    return list;
}

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

/// Decodes what the store holds; a failure is our bug or a damaged disk.
Transaction stored_transaction(const Bytes& bytes) {
    auto t = Transaction::decode(bytes);
    if (!t) throw RpcError{rpc_server_error, "stored transaction: " + t.error().message(), {}};
    return std::move(*t);
}
proto::Receipt stored_receipt(const Bytes& bytes) {
    auto r = proto::Receipt::decode(bytes);
    if (!r) throw RpcError{rpc_server_error, "stored receipt: " + r.error().message(), {}};
    return std::move(*r);
}

}  // namespace

std::string hex_data(ByteView bytes) {
    return "0x" + to_hex(bytes);
}
std::string hex_quantity(std::uint64_t value) {
    return Uint256(value).to_hex_quantity();
}

Bytes data_param(const Json& value, const char* what) {
    const auto bytes = from_hex(hex_text(value, what));
    if (!bytes) bad_param(what, "not hex, or of odd length");
    return *bytes;
}

Uint256 wide_quantity_param(const Json& value, const char* what) {
    auto text = hex_text(value, what);
    if (text.empty() || text.size() > 64) bad_param(what, "hex number of 1 to 64 digits expected");
    if (text.size() % 2 == 1) text.insert(text.begin(), '0');
    const auto bytes = from_hex(text);
    if (!bytes) bad_param(what, "not hex");
    return Uint256::from_be(*bytes);
}

std::uint64_t quantity_param(const Json& value, const char* what) {
    const auto number = wide_quantity_param(value, what);
    if (!number.fits_u64()) bad_param(what, "number too large");
    return number.words[0];
}

proto::Address address_param(const Json& value, const char* what) {
    const auto bytes = data_param(value, what);
    if (bytes.size() != 20) bad_param(what, "20 bytes expected");
    proto::Address address;
    std::copy(bytes.begin(), bytes.end(), address.begin());
    return address;
}

Hash32 hash_param(const Json& value, const char* what) {
    const auto bytes = data_param(value, what);
    if (bytes.size() != 32) bad_param(what, "32 bytes expected");
    Hash32 hash;
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

Json transaction_json(const Transaction& t, const proto::Address& sender, const StoredBlock* block,
                      std::uint32_t index) {
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
        json["accessList"] = access_list_json(t);
    }
    const auto base_fee = block != nullptr ? block->header.base_fee_per_gas : Uint256(base_fee_wei);
    json["gasPrice"] =
        t.effective_gas_price(base_fee).value_or(t.max_fee_per_gas).to_hex_quantity();
    if (t.type == TransactionType::dynamic_fee || t.type == TransactionType::set_code) {
        json["maxFeePerGas"] = t.max_fee_per_gas.to_hex_quantity();
        json["maxPriorityFeePerGas"] = t.max_priority_fee_per_gas.to_hex_quantity();
    }
    if (t.type == TransactionType::set_code) json["authorizationList"] = authorizations_json(t);
    if (block != nullptr) {
        json["blockHash"] = hex_data(block->header.hash());
        json["blockNumber"] = hex_quantity(block->header.number);
        json["blockTimestamp"] = hex_quantity(block->header.timestamp);
        json["transactionIndex"] = hex_quantity(index);
    }
    return json;
}

Json block_json(const StoredBlock& block, bool full) {
    const auto& h = block.header;
    Json transactions = Json::array();
    std::size_t size = h.encode().size();
    for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
        size += block.transactions[i].size();
        if (full) {
            const auto t = stored_transaction(block.transactions[i]);
            transactions.push_back(
                transaction_json(t, t.sender().value_or(proto::Address{}), &block, i));
        } else {
            transactions.push_back(hex_data(crypto::keccak256(block.transactions[i])));
        }
    }
    return {{"hash", hex_data(h.hash())},
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
            {"nonce", hex_data(h.nonce)},
            {"baseFeePerGas", h.base_fee_per_gas.to_hex_quantity()},
            {"withdrawalsRoot", hex_data(h.withdrawals_root)},
            {"withdrawals", Json::array()},
            {"blobGasUsed", hex_quantity(h.blob_gas_used)},
            {"excessBlobGas", hex_quantity(h.excess_blob_gas)},
            {"parentBeaconBlockRoot", hex_data(h.parent_beacon_block_root)},
            {"requestsHash", hex_data(h.requests_hash)},
            {"uncles", Json::array()},
            {"size", hex_quantity(size)},
            {"transactions", transactions}};
}

Json log_json(const proto::Log& log, const StoredBlock& block, std::uint32_t transaction,
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

Json receipt_json(const StoredBlock& block, std::uint32_t index) {
    const auto t = stored_transaction(block.transactions[index]);
    const auto receipt = stored_receipt(block.receipts[index]);
    std::uint64_t before = 0;
    std::uint64_t logs_before = 0;
    for (std::uint32_t i = 0; i < index; ++i) {
        const auto earlier = stored_receipt(block.receipts[i]);
        before = earlier.cumulative_gas_used;
        logs_before += earlier.logs.size();
    }
    const auto sender = t.sender().value_or(proto::Address{});
    Json logs = Json::array();
    for (std::size_t i = 0; i < receipt.logs.size(); ++i)
        logs.push_back(log_json(receipt.logs[i], block, index, logs_before + i));
    Json json = {{"type", hex_quantity(static_cast<std::uint8_t>(t.type))},
                 {"status", receipt.success ? "0x1" : "0x0"},
                 {"transactionHash", hex_data(t.hash())},
                 {"transactionIndex", hex_quantity(index)},
                 {"blockHash", hex_data(block.header.hash())},
                 {"blockNumber", hex_quantity(block.header.number)},
                 {"from", hex_data(sender)},
                 {"to", t.to ? Json(hex_data(*t.to)) : Json()},
                 {"contractAddress", nullptr},
                 {"cumulativeGasUsed", hex_quantity(receipt.cumulative_gas_used)},
                 {"gasUsed", hex_quantity(receipt.cumulative_gas_used - before)},
                 {"effectiveGasPrice", t.effective_gas_price(block.header.base_fee_per_gas)
                                           .value_or(Uint256{})
                                           .to_hex_quantity()},
                 {"logs", logs},
                 {"logsBloom", hex_data(proto::bloom_of(receipt.logs))}};
    if (!t.to && receipt.success)
        json["contractAddress"] = hex_data(evm::create_address(sender, t.nonce));
    return json;
}

}  // namespace lucid::blockchain::chain
