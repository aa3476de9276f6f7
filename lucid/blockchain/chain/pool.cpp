// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/pool.hpp>

namespace lucid::blockchain::chain {
namespace {

/// A replacement pays at least a tenth more, as geth wants it.
bool outbids(const proto::Transaction& next, const proto::Transaction& before) {
    const auto raised = [](const proto::Uint256& price) {
        return price + divide(price, proto::Uint256(10)).quotient;
    };
    return next.max_fee_per_gas >= raised(before.max_fee_per_gas) &&
           next.max_priority_fee_per_gas >= raised(before.max_priority_fee_per_gas) &&
           next.max_fee_per_gas > before.max_fee_per_gas;
}

}  // namespace

Result<Hash32> Pool::add(proto::Transaction transaction, state::World& world,
                         const evm::BlockContext& block) {
    LUCID_TRY(const auto sender, transaction.sender());
    PooledTransaction entry{std::move(transaction), sender, {}};
    entry.hash = entry.transaction.hash();
    const auto checked =
        state::check_transaction(world, block, entry.transaction, sender, block.gas_limit);
    // A gap in the nonces is no mistake: it may be filled.
    if (!checked && std::string_view(checked.error().context) != "nonce too high")
        return fail(checked.error());
    auto& queue = queues_[sender];
    const auto nonce = entry.transaction.nonce;
    if (const auto found = queue.find(nonce); found != queue.end()) {
        if (found->second.hash == entry.hash) return fail(Errc::already_exists, "already known");
        if (!outbids(entry.transaction, found->second.transaction))
            return fail(Errc::refused, "replacement transaction underpriced");
        const auto hash = entry.hash;
        found->second = std::move(entry);
        return hash;
    }
    if (count_ >= transactions_max || queue.size() >= per_sender_max)
        return fail(Errc::limit_exceeded, "txpool is full", count_);
    const auto hash = entry.hash;
    queue.emplace(nonce, std::move(entry));
    ++count_;
    return hash;
}

std::vector<PooledTransaction> Pool::ready(state::World& world) const {
    std::vector<PooledTransaction> out;
    for (const auto& [sender, queue] : queues_) {
        auto nonce = world.nonce(sender);
        for (auto entry = queue.find(nonce); entry != queue.end() && entry->first == nonce;
             ++entry, ++nonce)
            out.push_back(entry->second);
    }
    return out;
}

const PooledTransaction* Pool::find(const Hash32& hash) const {
    for (const auto& [sender, queue] : queues_)
        for (const auto& [nonce, entry] : queue)
            if (entry.hash == hash) return &entry;
    return nullptr;
}

std::uint64_t Pool::next_nonce(const proto::Address& sender, std::uint64_t state_nonce) const {
    const auto queue = queues_.find(sender);
    if (queue == queues_.end()) return state_nonce;
    auto nonce = state_nonce;
    while (queue->second.contains(nonce)) ++nonce;
    return nonce;
}

void Pool::remove(const PooledTransaction& transaction) {
    const auto queue = queues_.find(transaction.sender);
    if (queue == queues_.end()) return;
    count_ -= queue->second.erase(transaction.transaction.nonce);
    if (queue->second.empty()) queues_.erase(queue);
}

}  // namespace lucid::blockchain::chain
