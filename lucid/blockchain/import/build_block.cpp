// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/build_block.hpp>

namespace lucid::blockchain::import {
namespace {

using rpc::address_param;
using rpc::data_param;
using rpc::hash_param;
using rpc::hex_data;
using rpc::hex_quantity;
using rpc::Json;
using rpc::quantity_param;

std::vector<proto::Withdrawal> withdrawals_of(const Json& list) {
    std::vector<proto::Withdrawal> out;
    if (!list.is_array()) return out;
    for (const auto& item : list)
        out.push_back({quantity_param(item.at("index"), "index"),
                       quantity_param(item.at("validatorIndex"), "validatorIndex"),
                       address_param(item.at("address"), "address"),
                       quantity_param(item.at("amount"), "amount")});
    return out;
}

ImportedChain::BlockPlan plan_of(const Json& params) {
    if (!params.is_array() || params.size() < 3 || !params[1].is_object())
        rpc::bad_param("params", "parent hash, payload attributes and transactions expected");
    const auto& attributes = params[1];
    ImportedChain::BlockPlan plan;
    plan.parent_hash = hash_param(params[0], "parentHash");
    plan.timestamp_s = quantity_param(attributes.at("timestamp"), "timestamp");
    plan.prev_randao = hash_param(attributes.at("prevRandao"), "prevRandao");
    plan.fee_recipient =
        address_param(attributes.at("suggestedFeeRecipient"), "suggestedFeeRecipient");
    plan.parent_beacon_block_root =
        hash_param(attributes.at("parentBeaconBlockRoot"), "parentBeaconBlockRoot");
    plan.withdrawals = withdrawals_of(attributes.value("withdrawals", Json()));
    if (params[2].is_array()) {
        plan.transactions.emplace();
        for (const auto& item : params[2])
            plan.transactions->push_back(data_param(item, "transaction"));
    }
    if (params.size() > 3 && !params[3].is_null())
        plan.extra_data = data_param(params[3], "extraData");
    return plan;
}

Json payload_json(const proto::Block& block) {
    const auto& h = block.header;
    Json transactions = Json::array();
    for (const auto& bytes : block.transactions) transactions.push_back(hex_data(bytes));
    Json withdrawals = Json::array();
    for (const auto& w : block.withdrawals.value_or(std::vector<proto::Withdrawal>{}))
        withdrawals.push_back({{"index", hex_quantity(w.index)},
                               {"validatorIndex", hex_quantity(w.validator_index)},
                               {"address", hex_data(w.address)},
                               {"amount", hex_quantity(w.amount_gwei)}});
    return {{"parentHash", hex_data(h.parent_hash)},
            {"feeRecipient", hex_data(h.coinbase)},
            {"stateRoot", hex_data(h.state_root)},
            {"receiptsRoot", hex_data(h.receipts_root)},
            {"logsBloom", hex_data(h.logs_bloom)},
            {"prevRandao", hex_data(h.mix_hash)},
            {"blockNumber", hex_quantity(h.number)},
            {"gasLimit", hex_quantity(h.gas_limit)},
            {"gasUsed", hex_quantity(h.gas_used)},
            {"timestamp", hex_quantity(h.timestamp)},
            {"extraData", hex_data(h.extra_data)},
            {"baseFeePerGas", h.base_fee_per_gas.to_hex_quantity()},
            {"blockHash", hex_data(h.hash())},
            {"transactions", transactions},
            {"withdrawals", withdrawals},
            {"blobGasUsed", hex_quantity(h.blob_gas_used)},
            {"excessBlobGas", hex_quantity(h.excess_blob_gas)}};
}

}  // namespace

Json build_block(const ImportedChain& chain, const Json& params) {
    const auto built = chain.build(plan_of(params));
    if (!built) throw rpc::RpcError{rpc::rpc_server_error, built.error().message()};
    Json requests = Json::array();
    for (const auto& request : built->requests) requests.push_back(hex_data(request));
    const auto none = Json::array();
    return {{"executionPayload", payload_json(built->block)},
            {"blockValue", built->value.to_hex_quantity()},
            {"blobsBundle", {{"commitments", none}, {"proofs", none}, {"blobs", none}}},
            {"executionRequests", requests},
            {"shouldOverrideBuilder", false}};
}

}  // namespace lucid::blockchain::import
