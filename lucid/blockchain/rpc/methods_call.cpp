// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call_request.hpp>

// Calls, estimates, and transactions on their way in.

namespace lucid::blockchain::rpc {
namespace {

using proto::Transaction;
using proto::TransactionType;

Json call_at(const Call& call) {
    const auto request = call_request(call.at(0, "transaction"));
    const auto tag = call.optional(1);
    auto view = state_for(call, tag);
    const auto applied = run_request(call, view, request, tag, request.transaction.gas_limit);
    throw_on_failure(applied);
    return hex_data(applied.output);
}

Json estimate(const Call& call) {
    return hex_quantity(
        estimate_gas(call, call_request(call.at(0, "transaction")), call.optional(1)));
}

Json send_raw(const Call& call) {
    const auto bytes = data_param(call.at(0, "data"), "data");
    auto transaction = Transaction::decode(bytes);
    if (!transaction) throw RpcError{rpc_server_error, transaction.error().message()};
    const auto hash = call.chain.submit(std::move(*transaction));
    if (!hash) throw RpcError{rpc_server_error, hash.error().context};
    return hex_data(*hash);
}

/// Fills in what a wallet would have asked for: nonce, prices, gas, chain id.
Json fill(const Call& call) {
    auto request = call_request(call.at(0, "transaction"));
    auto& t = request.transaction;
    const Json pending = "pending";
    if (!request.has_price) t.max_fee_per_gas = call.chain.next_context().base_fee;
    if (!request.has_nonce) {
        const auto view = state_for(call, pending);
        const auto head = view.state->account(request.from);
        t.nonce = head ? head->nonce : 0;
        call.chain.with_pool(
            [&](const chain::Pool& pool) { t.nonce = pool.next_nonce(request.from, t.nonce); });
    }
    if (!request.has_gas) t.gas_limit = estimate_gas(call, request, pending);
    t.chain_id = call.chain.chain_id();
    auto json = pending_json(t, request.from, t.max_fee_per_gas);
    if (t.type != TransactionType::legacy && t.type != TransactionType::access_list)
        json["gasPrice"] = nullptr;
    return {{"raw", hex_data(t.encode())}, {"tx", std::move(json)}};
}

}  // namespace

const Methods& call_methods() {
    static const Methods table = {
        {"eth_call", call_at},
        {"eth_estimateGas", estimate},
        {"eth_fillTransaction", fill},
        {"eth_sendRawTransaction", send_raw},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
