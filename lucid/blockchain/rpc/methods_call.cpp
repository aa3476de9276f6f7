// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/blockchain/proto/blob_sidecar.hpp>
#include <lucid/blockchain/rpc/call_request.hpp>
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/tracers.hpp>

// Calls, estimates, and transactions on their way in.

namespace lucid::blockchain::rpc {
namespace {

using proto::TransactionType;

Json call_at(const Call& call) {
    auto request = call_request(call.at(0, "transaction"));
    const auto tag = call.optional(1);
    request.overrides = state_overrides(call.optional(2));
    request.block = call_block_overrides(call.optional(3));
    auto view = state_for(call, tag);
    const auto applied = run_request(call, view, request, tag, request.transaction.gas_limit);
    throw_on_failure(applied);
    return hex_data(applied.output);
}

Json estimate(const Call& call) {
    auto request = call_request(call.at(0, "transaction"));
    request.overrides = state_overrides(call.optional(2));
    request.block = call_block_overrides(call.optional(3));
    return hex_quantity(estimate_gas(call, request, call.optional(1)));
}

Json send_raw(const Call& call) {
    const auto bytes = data_param(call.at(0, "data"), "data");
    auto transaction = proto::decode_sent(bytes);
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

/// What needs no entry of its own: it is warm anyway, or made by the call.
std::set<proto::Address> warm_without_list(const CallRequest& request, std::uint64_t nonce,
                                           proto::Fork fork) {
    const auto& t = request.transaction;
    std::set<proto::Address> warm = {request.from,
                                     t.to ? *t.to : evm::create_address(request.from, nonce)};
    const auto precompiles = evm::precompiles_of(fork);
    warm.insert(precompiles.begin(), precompiles.end());
    for (const auto& authorization : t.authorizations)
        if (const auto authority = authorization.authority()) warm.insert(*authority);
    return warm;
}

std::vector<proto::AccessListEntry> list_of(const TouchedState& touched,
                                            const std::set<proto::Address>& warm) {
    std::vector<proto::AccessListEntry> list;
    for (const auto& [address, slots] : touched) {
        if (slots.empty() && warm.contains(address)) continue;
        auto& entry = list.emplace_back();
        entry.address = address;
        for (const auto& slot : slots) entry.storage_keys.push_back(slot.to_be());
    }
    return list;
}

/// The list of one run goes into the next until it stays the same.
Json create_access_list(const Call& call) {
    auto request = call_request(call.at(0, "transaction"));
    const auto tag = call.optional(1);
    request.overrides = state_overrides(call.optional(2));
    auto& t = request.transaction;
    if (t.type == TransactionType::legacy) t.type = TransactionType::access_list;
    auto view = state_for(call, tag);
    auto context = context_for(call, view, request, tag);
    evm::Precompiles precompiles;
    for (int round = 0; round < access_list_rounds_max; ++round) {
        call.check_time();
        AccessTracer tracer;
        state::Applied applied;
        std::set<proto::Address> warm;
        run_on_state(view, [&](state::World& world) {
            apply_overrides(request.overrides, world, context, precompiles);
            warm = warm_without_list(request, world.nonce(request.from), context.fork);
            applied = state::simulate_transaction(world, context, t, request.from, &tracer);
        });
        auto list = list_of(tracer.touched(), warm);
        const bool same = access_list_json(list) == access_list_json(t.access_list);
        t.access_list = std::move(list);
        if (!same) continue;
        Json out = {{"accessList", access_list_json(t.access_list)},
                    {"gasUsed", hex_quantity(applied.gas_used)}};
        if (applied.status != evm::Status::success) out["error"] = evm::text_of(applied.halt);
        return out;
    }
    throw RpcError{rpc_server_error, "the access list does not settle"};
}

}  // namespace

const Methods& call_methods() {
    static const Methods table = {
        {"eth_call", call_at},
        {"eth_createAccessList", create_access_list},
        {"eth_estimateGas", estimate},
        {"eth_fillTransaction", fill},
        {"eth_sendRawTransaction", send_raw},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
