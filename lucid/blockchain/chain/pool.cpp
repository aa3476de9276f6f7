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

Result<Hash32> Pool::add(proto::Transaction transaction, const proto::Address& sender,
                         state::World& world, const evm::BlockContext& block) {
    PooledTransaction entry{std::move(transaction), sender, {}};
    entry.hash = entry.transaction.hash();
    const auto checked =
        state::check_transaction(world, block, entry.transaction, sender, block.gas_limit);
    // A gap in the nonces is no mistake: it may be filled.
    if (!checked && std::string_view(checked.error().context) != state::nonce_too_high)
        return fail(checked.error());
    const auto hash = entry.hash;
    const auto size = entry.transaction.data.size();
    const auto nonce = entry.transaction.nonce;
    const auto known = queues_.find(sender);
    if (known != queues_.end()) {
        if (const auto found = known->second.find(nonce); found != known->second.end()) {
            const auto& before = found->second;
            if (before.hash == hash) return fail(Errc::already_exists, "already known");
            if (!outbids(entry.transaction, before.transaction))
                return fail(Errc::refused, "replacement transaction underpriced");
            const auto freed = before.transaction.data.size();
            if (sender != own_ && bytes_ - freed + size > bytes_max)
                return fail(Errc::limit_exceeded, "txpool is full", bytes_);
            bytes_ = bytes_ - freed + size;
            found->second = std::move(entry);
            return hash;
        }
    }
    const auto waiting = known == queues_.end() ? 0 : known->second.size();
    if (sender != own_ &&
        (count_ >= transactions_max || waiting >= per_sender_max || bytes_ + size > bytes_max))
        return fail(Errc::limit_exceeded, "txpool is full", count_);
    queues_[sender].emplace(nonce, std::move(entry));
    ++count_;
    bytes_ += size;
    return hash;
}

std::vector<PooledTransaction> Pool::ready(state::World& world) const {
    std::vector<PooledTransaction> out;
    const auto take = [&](const proto::Address& sender, const Queue& queue) {
        auto nonce = world.nonce(sender);
        for (auto entry = queue.find(nonce); entry != queue.end() && entry->first == nonce;
             ++entry, ++nonce)
            out.push_back(entry->second);
    };
    if (const auto own = queues_.find(own_); own != queues_.end()) take(own->first, own->second);
    for (const auto& [sender, queue] : queues_)
        if (sender != own_) take(sender, queue);
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

void Pool::erase(Queue& queue, Queue::iterator first, Queue::iterator last) {
    for (auto entry = first; entry != last; ++entry) {
        --count_;
        bytes_ -= entry->second.transaction.data.size();
    }
    queue.erase(first, last);
}

void Pool::drop_used(state::World& world) {
    for (auto item = queues_.begin(); item != queues_.end();) {
        auto& queue = item->second;
        erase(queue, queue.begin(), queue.lower_bound(world.nonce(item->first)));
        item = queue.empty() ? queues_.erase(item) : std::next(item);
    }
}

void Pool::drop_from(const proto::Address& sender, std::uint64_t nonce) {
    const auto found = queues_.find(sender);
    if (found == queues_.end()) return;
    erase(found->second, found->second.lower_bound(nonce), found->second.end());
    if (found->second.empty()) queues_.erase(found);
}

}  // namespace lucid::blockchain::chain
