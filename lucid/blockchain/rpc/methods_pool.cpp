// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <functional>

// txpool_*: what waits, by sender and nonce; behind a gap in the nonces it is queued.

namespace lucid::blockchain::rpc {
namespace {

using chain::PooledTransaction;

/// EIP-55.
std::string checksummed(const proto::Address& address) {
    auto text = to_hex(address);
    const auto hash = to_hex(crypto::keccak256(as_bytes(text)));
    for (std::size_t i = 0; i < text.size(); ++i)
        if (hash[i] >= '8' && text[i] >= 'a') text[i] = static_cast<char>(text[i] - 'a' + 'A');
    return "0x" + text;
}

using Show = std::function<Json(const PooledTransaction&)>;

/// Splits one sender's transactions; gives how many there are of each.
std::pair<std::size_t, std::size_t> split(const chain::Pool::Queue& queue, std::uint64_t nonce,
                                          const Show& show, Json& pending, Json& queued) {
    std::pair<std::size_t, std::size_t> counts;
    for (const auto& [at, entry] : queue) {
        const bool ready = at == nonce;
        if (ready) ++nonce;
        ++(ready ? counts.first : counts.second);
        if (show) (ready ? pending : queued)[std::to_string(at)] = show(entry);
    }
    return counts;
}

std::uint64_t nonce_of(const StateView& view, const proto::Address& sender) {
    const auto head = view.state->account(sender);
    return head ? head->nonce : 0;
}

Json all(const Call& call, const Show& show) {
    const auto view = state_for(call, Json());
    Json out = {{"pending", Json::object()}, {"queued", Json::object()}};
    call.chain.with_pool([&](const chain::Pool& pool) {
        for (const auto& [sender, queue] : pool.queues()) {
            Json pending = Json::object();
            Json queued = Json::object();
            split(queue, nonce_of(view, sender), show, pending, queued);
            if (!pending.empty()) out["pending"][checksummed(sender)] = pending;
            if (!queued.empty()) out["queued"][checksummed(sender)] = queued;
        }
    });
    return out;
}

Show full(const Call& call) {
    return [base_fee = call.chain.next_context().base_fee](const PooledTransaction& entry) {
        return pending_json(entry.transaction, entry.sender, base_fee);
    };
}

Json content_from(const Call& call) {
    const auto sender = address_param(call.at(0, "address"), "address");
    const auto view = state_for(call, Json());
    const auto show = full(call);
    Json pending = Json::object();
    Json queued = Json::object();
    call.chain.with_pool([&](const chain::Pool& pool) {
        const auto found = pool.queues().find(sender);
        if (found != pool.queues().end())
            split(found->second, nonce_of(view, sender), show, pending, queued);
    });
    return {{"pending", pending}, {"queued", queued}};
}

Json status(const Call& call) {
    const auto view = state_for(call, Json());
    std::size_t ready = 0;
    std::size_t waiting = 0;
    call.chain.with_pool([&](const chain::Pool& pool) {
        Json none;
        for (const auto& [sender, queue] : pool.queues()) {
            const auto counts = split(queue, nonce_of(view, sender), {}, none, none);
            ready += counts.first;
            waiting += counts.second;
        }
    });
    return {{"pending", hex_quantity(ready)}, {"queued", hex_quantity(waiting)}};
}

/// "0x…: value wei + gas gas × price wei", as geth writes it.
Json inspected(const PooledTransaction& entry) {
    const auto& t = entry.transaction;
    const auto to = t.to ? checksummed(*t.to) : std::string("contract creation");
    return to + ": " + to_decimal(t.value) + " wei + " + std::to_string(t.gas_limit) +
           " gas \xc3\x97 " + to_decimal(t.max_fee_per_gas) + " wei";
}

}  // namespace

const Methods& pool_methods() {
    static const Methods table = {
        {"txpool_content", [](const Call& c) { return all(c, full(c)); }},
        {"txpool_contentFrom", content_from},
        {"txpool_inspect", [](const Call& c) { return all(c, inspected); }},
        {"txpool_status", status},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
