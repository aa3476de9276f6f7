// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/block_overrides.hpp>

namespace lucid::blockchain::rpc {
namespace {

proto::Withdrawal withdrawal(const Json& object) {
    if (!object.is_object()) bad_param("withdrawals", "objects expected");
    const auto number = [&](const char* name) {
        const auto* value = field(object, name);
        return value == nullptr ? 0 : quantity_param(*value, name);
    };
    return {number("index"), number("validatorIndex"),
            address_param(object.value("address", Json()), "address"), number("amount")};
}

}  // namespace

BlockOverrides block_overrides(const Json& object) {
    if (!object.is_object()) bad_param("blockOverrides", "object expected");
    BlockOverrides out;
    const auto read = [&](const char* name, auto reader, auto& into) {
        if (const auto* value = field(object, name)) into = reader(*value, name);
    };
    read("number", quantity_param, out.number);
    read("time", quantity_param, out.time_s);
    read("gasLimit", quantity_param, out.gas_limit);
    read("feeRecipient", address_param, out.fee_recipient);
    read("prevRandao", hash_param, out.prev_randao);
    read("difficulty", wide_quantity_param, out.difficulty);
    read("baseFeePerGas", wide_quantity_param, out.base_fee);
    read("blobBaseFee", wide_quantity_param, out.blob_base_fee);
    read("beaconRoot", hash_param, out.beacon_root);
    if (const auto* list = field(object, "withdrawals")) {
        if (!list->is_array()) bad_param("withdrawals", "array expected");
        for (const auto& item : *list) out.withdrawals.push_back(withdrawal(item));
    }
    return out;
}

BlockOverrides call_block_overrides(const Json& object) {
    if (object.is_null()) return {};
    auto out = block_overrides(object);
    for (const auto* name : {"beaconRoot", "withdrawals"})
        if (field(object, name) != nullptr)
            throw RpcError{rpc_server_error, std::string("block override \"") + name +
                                                 "\" is not supported for this RPC method"};
    return out;
}

evm::BlockContext apply_overrides(const BlockOverrides& overrides, const chain::ChainView& chain,
                                  evm::BlockContext context) {
    const auto set = [](const auto& from, auto& to) {
        if (from) to = *from;
    };
    set(overrides.number, context.number);
    set(overrides.time_s, context.timestamp);
    set(overrides.gas_limit, context.gas_limit);
    set(overrides.fee_recipient, context.coinbase);
    set(overrides.prev_randao, context.prev_randao);
    set(overrides.difficulty, context.difficulty);
    set(overrides.base_fee, context.base_fee);
    set(overrides.blob_base_fee, context.blob_base_fee);
    if (!overrides.number && !overrides.time_s && !overrides.difficulty) return context;
    proto::Header named;
    named.number = context.number;
    named.timestamp = context.timestamp;
    named.difficulty = context.difficulty;
    context.fork = chain.rules_of(named).fork;
    return context;
}

}  // namespace lucid::blockchain::rpc
