// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/pool.hpp>

#include <algorithm>

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
    PooledTransaction entry{std::move(transaction), sender, {}, 0};
    entry.hash = entry.transaction.hash();
    if (entry.transaction.gas_limit > block.gas_limit)
        return fail(Errc::refused, "exceeds block gas limit", block.gas_limit);
    const auto checked =
        state::check_transaction(world, block, entry.transaction, sender, block.gas_limit);
    // A gap in the nonces is no mistake: it may be filled.
    if (!checked && std::string_view(checked.error().context) != state::nonce_too_high)
        return fail(checked.error());
    const auto nonce = entry.transaction.nonce;
    auto& queue = queues_[sender];
    const auto found = queue.find(nonce);
    const auto* before = found == queue.end() ? nullptr : &found->second;
    auto placed = check_room(queue, entry, before, world.nonce(sender));
    if (queue.empty() && !placed) queues_.erase(sender);
    if (!placed) return fail(placed.error());
    const auto hash = entry.hash;
    place(queue, std::move(entry), before);
    return hash;
}

Result<void> Pool::check_room(const Queue& queue, const PooledTransaction& entry,
                              const PooledTransaction* before, std::uint64_t state_nonce) const {
    if (before != nullptr && before->hash == entry.hash)
        return fail(Errc::already_exists, "already known");
    if (before != nullptr && !outbids(entry.transaction, before->transaction))
        return fail(Errc::refused, "replacement transaction underpriced");
    if (entry.sender == own_) return {};
    const auto freed = before == nullptr ? 0 : before->transaction.data.size();
    if (bytes_ - freed + entry.transaction.data.size() > bytes_max)
        return fail(Errc::limit_exceeded, "txpool is full", bytes_);
    if (before != nullptr) return {};
    if (size() >= transactions_max) return fail(Errc::limit_exceeded, "txpool is full", size());
    if (queue.size() >= per_sender_max)
        return fail(Errc::limit_exceeded, "txpool is full", queue.size());
    const auto next = next_nonce(entry.sender, state_nonce);
    const auto queued =
        static_cast<std::size_t>(std::distance(queue.upper_bound(next), queue.end()));
    if (entry.transaction.nonce > next && queued >= queued_per_sender_max)
        return fail(Errc::limit_exceeded, "txpool is full", queued);
    return {};
}

void Pool::place(Queue& queue, PooledTransaction entry, const PooledTransaction* before) {
    if (before != nullptr) {
        by_hash_.erase(before->hash);
        bytes_ -= before->transaction.data.size();
    }
    entry.arrival = arrivals_end();
    arrivals_.push_back(entry.hash);
    if (arrivals_.size() > arrivals_max) {
        arrivals_.pop_front();
        ++first_arrival_;
    }
    bytes_ += entry.transaction.data.size();
    const auto nonce = entry.transaction.nonce;
    by_hash_[entry.hash] = {entry.sender, nonce};
    queue.insert_or_assign(nonce, std::move(entry));
}

std::vector<Hash32> Pool::arrivals_since(std::uint64_t first) const {
    const auto skipped = first > first_arrival_ ? first - first_arrival_ : 0;
    if (skipped >= arrivals_.size()) return {};
    return {arrivals_.begin() + static_cast<std::ptrdiff_t>(skipped), arrivals_.end()};
}

std::vector<PooledTransaction> Pool::ready(state::World& world) const {
    std::vector<PooledTransaction> out;
    // The next one of each sender, best first.
    const auto worse = [](Queue::const_iterator a, Queue::const_iterator b) {
        const auto& x = a->second;
        const auto& y = b->second;
        if (x.transaction.max_priority_fee_per_gas != y.transaction.max_priority_fee_per_gas)
            return x.transaction.max_priority_fee_per_gas < y.transaction.max_priority_fee_per_gas;
        return x.arrival > y.arrival;
    };
    std::vector<Queue::const_iterator> heads;
    const auto follow = [&](const Queue& queue, Queue::const_iterator at) {
        const auto next = std::next(at);
        return next != queue.end() && next->first == at->first + 1 ? next : queue.end();
    };
    for (const auto& [sender, queue] : queues_) {
        auto head = queue.find(world.nonce(sender));
        if (sender != own_ && head != queue.end()) heads.push_back(head);
        for (; sender == own_ && head != queue.end(); head = follow(queue, head))
            out.push_back(head->second);
    }
    std::make_heap(heads.begin(), heads.end(), worse);
    while (!heads.empty()) {
        std::pop_heap(heads.begin(), heads.end(), worse);
        const auto best = heads.back();
        heads.pop_back();
        out.push_back(best->second);
        const auto& queue = queues_.at(best->second.sender);
        if (const auto next = follow(queue, best); next != queue.end()) {
            heads.push_back(next);
            std::push_heap(heads.begin(), heads.end(), worse);
        }
    }
    return out;
}

const PooledTransaction* Pool::find(const Hash32& hash) const {
    const auto found = by_hash_.find(hash);
    if (found == by_hash_.end()) return nullptr;
    return &queues_.at(found->second.first).at(found->second.second);
}

std::uint64_t Pool::next_nonce(const proto::Address& sender, std::uint64_t state_nonce) const {
    const auto found = queues_.find(sender);
    if (found == queues_.end() || found->second.empty()) return state_nonce;
    const auto& queue = found->second;
    const auto first = queue.begin()->first;
    const auto last = queue.rbegin()->first;
    // Mostly there is no gap.
    if (first <= state_nonce && last >= state_nonce && last - first + 1 == queue.size())
        return last + 1;
    auto nonce = state_nonce;
    while (queue.contains(nonce)) ++nonce;
    return nonce;
}

void Pool::erase(Queue& queue, Queue::iterator first, Queue::iterator last) {
    for (auto entry = first; entry != last; ++entry) {
        by_hash_.erase(entry->second.hash);
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
